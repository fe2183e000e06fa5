import { Command } from 'commander';
import { parseBytes } from '../../core/sizes.ts';
import { IsoflopError } from '../../core/errors.ts';
import type { Fit } from '../../fit/result.ts';
import type { Machine, PlanRequest } from '../../plan/budget/request.ts';
import { addFigureOptions, checkFigureFlags, type FigureFlags } from '../figureOptions.ts';
import { outputWidth, useColor, writeJson, writeResult, writeWarnings } from '../output.ts';
import { count, positive, probability, quantity } from '../parse.ts';
import { strictStatus } from '../exit.ts';
import { writeFiguresBeside } from '../writeFigures.ts';

/** What the options of `plan` parse to. */
interface PlanFlags extends FigureFlags {
  flops?: number;
  acceleratorHours?: number;
  money?: number;
  days?: number;
  targetLoss?: number;
  matchParams?: number;
  inferenceTokens?: number;
  uniqueTokens?: number;
  maxEpochs?: number;
  minParams?: number;
  maxParams?: number;
  minTokens?: number;
  maxTokens?: number;
  servingMemory?: number;
  bytesPerParam?: number;
  accelerator?: string;
  accelerators?: string;
  count?: number;
  mfu?: number;
  inferenceMfu?: number;
  price?: number;
  tokensPerAccelerator?: number;
  context?: number;
  batchFit?: string;
  learningRateFit?: string;
  criticalBatchFit?: string;
  shapes?: string;
  within?: number;
  confidence?: number;
  json?: boolean;
  strict?: boolean;
}

/** Options that mean something with an accelerator only. */
const ofMachine = ['count', 'mfu', 'inferenceMfu', 'price', 'tokensPerAccelerator', 'accelerators'] as const;

const command = new Command('plan')
  .summary('plan a run under limits of compute, time, money, data and size')
  .description(
    'Plans the next run from a saved fit: size, tokens, batch and learning rate with the least loss within limits, or a loss at the least cost of training and serving.',
  )
  .argument('<fit>', 'a saved fit of a law of params and tokens')
  .option('--flops <quantity>', 'most compute, of training and serving together', quantity('--flops'))
  .option('--accelerator-hours <quantity>', 'most hours of one accelerator', quantity('--accelerator-hours'))
  .option('--money <quantity>', 'most money, in the currency of --price', quantity('--money'))
  .option('--days <number>', 'longest training, in days of wall-clock time', positive('--days'))
  .option('--target-loss <loss>', 'reach this loss at the least cost', positive('--target-loss'))
  .option(
    '--match-params <quantity>',
    'reach the loss of the compute-optimal model of this size at the least cost',
    quantity('--match-params'),
  )
  .option(
    '--inference-tokens <quantity>',
    'tokens to be served in its life, counted into the cost',
    quantity('--inference-tokens'),
  )
  .option('--unique-tokens <quantity>', 'distinct tokens there are; more are repetitions', quantity('--unique-tokens'))
  .option('--max-epochs <number>', 'most times the distinct tokens are seen', positive('--max-epochs'))
  .option('--min-params <quantity>', 'smallest model', quantity('--min-params'))
  .option('--max-params <quantity>', 'largest model', quantity('--max-params'))
  .option('--min-tokens <quantity>', 'fewest tokens', quantity('--min-tokens'))
  .option('--max-tokens <quantity>', 'most tokens', quantity('--max-tokens'))
  .option('--serving-memory <size>', 'memory for the weights where it is served, such as 80GB', (text) =>
    parseBytes(text, '--serving-memory'),
  )
  .option('--bytes-per-param <number>', 'bytes of a parameter there (default: 2)', positive('--bytes-per-param'))
  .option('--accelerator <name>', 'what it is trained on, such as h100-sxm')
  .option('--accelerators <file>', 'your own list of accelerators; data/accelerators.json shows how it is written')
  .option('--count <number>', 'accelerators at hand (default: as many as the batch allows)', count('--count'))
  .option('--mfu <share>', 'share of the peak that training reaches (default: that of the list)', positive('--mfu'))
  .option('--inference-mfu <share>', 'the same of serving', positive('--inference-mfu'))
  .option('--price <number>', 'money for an hour of one accelerator', positive('--price'))
  .option(
    '--tokens-per-accelerator <number>',
    'fewest tokens of a step that keep one busy (default: one sequence)',
    quantity('--tokens-per-accelerator'),
  )
  .option('--context <number>', 'tokens in a sequence (default: 4096)', count('--context'))
  .option('--batch-fit <fit>', 'a fit of the best batch (default: the published Step Law)')
  .option('--learning-rate-fit <fit>', 'a fit of the best learning rate (default: the published Step Law)')
  .option('--critical-batch-fit <fit>', 'a fit of critical-batch (default: that of Kaplan et al.)')
  .option('--shapes <family>', 'layers, width and heads: llama-2, llama-3, gpt-3, small, or a JSON file')
  .option('--within <share>', 'what counts as near-optimal (default: 0.01 of the loss)', positive('--within'))
  .option(
    '--confidence <probability>',
    'probability of the intervals (default: that of the fit)',
    probability('--confidence'),
  )
  .option('--strict', 'end with status 3 when a warning of level error was raised')
  .option('--json', 'print JSON')
  .addHelpText(
    'before',
    'Example:\n  isoflop plan fits/chinchilla.json --money 2e6 --price 2.5 --accelerator h100-sxm --count 1024 --days 30\n',
  );

/** `isoflop plan`: the next run under real constraints. */
export const planCommand = addFigureOptions(command, 'the figure').action(async (path: string, flags: PlanFlags) => {
  await checkFigureFlags(flags);
  const [{ loadFit }, { planRun }] = await Promise.all([
    import('../../node/savedFits.ts'),
    import('../../plan/budget/plan.ts'),
  ]);
  const fit = await loadFit(path);
  const plan = planRun(fit, await requestOf(flags, loadFit));
  if (flags.json === true) writeJson(plan);
  else {
    const { formatPlan } = await import('../../report/planRunText.ts');
    writeResult(formatPlan(plan, { color: useColor(), width: outputWidth() }));
  }
  writeWarnings(plan.warnings, flags.json !== true);
  if (flags.out !== undefined || flags.terminal === true) {
    const { planFigure, planFigureTitle } = await import('../../plots/plan.ts');
    await writeFiguresBeside(flags, planFigureTitle.title, [{ ...planFigureTitle, figure: planFigure(plan) }]);
  }
  process.exitCode = strictStatus(plan.warnings, flags.strict);
});

/** What is asked for, with the files that the options name. */
async function requestOf(flags: PlanFlags, load: (path: string) => Promise<Fit>): Promise<PlanRequest> {
  const { days, servingMemory, bytesPerParam, batchFit, learningRateFit, criticalBatchFit, shapes, ...rest } = flags;
  if (bytesPerParam !== undefined && servingMemory === undefined)
    throw new IsoflopError('USAGE', {
      message: '--bytes-per-param needs --serving-memory.',
      remedy: 'Add --serving-memory, such as 80GB.',
    });
  const fitOf = async (file: string | undefined): Promise<Fit | undefined> =>
    file === undefined ? undefined : load(file);
  const { flops, acceleratorHours, money, targetLoss, matchParams, inferenceTokens, uniqueTokens, maxEpochs } = rest;
  const { minParams, maxParams, minTokens, maxTokens, context, within, confidence } = rest;
  return {
    ...{ flops, acceleratorHours, money, targetLoss, matchParams, inferenceTokens, uniqueTokens, maxEpochs },
    ...{ minParams, maxParams, minTokens, maxTokens, context, within, confidence },
    wallClock: days === undefined ? undefined : days * 86_400,
    serving: servingMemory === undefined ? undefined : { memory: servingMemory, bytesPerParam },
    machine: await machineOf(flags),
    batchFit: await fitOf(batchFit),
    learningRateFit: await fitOf(learningRateFit),
    criticalBatchFit: await fitOf(criticalBatchFit),
    shapes: shapes === undefined ? undefined : await (await import('../../node/accelerators.ts')).loadShapes(shapes),
  };
}

async function machineOf(flags: PlanFlags): Promise<Machine | undefined> {
  if (flags.accelerator === undefined) {
    const alone = ofMachine.find((name) => flags[name] !== undefined);
    if (alone === undefined) return undefined;
    throw new IsoflopError('USAGE', {
      message: `--${alone.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} needs --accelerator.`,
      remedy: 'Name what it is trained on, such as --accelerator h100-sxm.',
    });
  }
  const [{ loadAccelerators }, { acceleratorOf }] = await Promise.all([
    import('../../node/accelerators.ts'),
    import('../../plan/budget/accelerator.ts'),
  ]);
  return {
    accelerator: acceleratorOf(await loadAccelerators(flags.accelerators), flags.accelerator),
    count: flags.count,
    trainingMfu: flags.mfu,
    inferenceMfu: flags.inferenceMfu,
    pricePerHour: flags.price,
    tokensPerAccelerator: flags.tokensPerAccelerator,
  };
}
