import { Command, Option } from 'commander';
import { IsoflopError } from '../../core/errors.ts';
import { tryParseQuantity } from '../../core/quantity.ts';
import type { NextOptions, NextTarget, RunShape } from '../../plan/next/types.ts';
import { outputWidth, useColor, writeError, writeJson, writeResult, writeWarnings } from '../output.ts';
import { count, fileName, probability, quantities, quantity } from '../parse.ts';

/** What the options of `next` parse to. */
interface NextFlags {
  targetFlops?: number;
  targetParams?: number;
  targetTokens?: number;
  budget: number;
  criterion?: 'loss' | 'params';
  errors?: 'calibrated' | 'coefficients';
  minParams?: number;
  maxParams?: number;
  maxRunFlops?: number;
  tokensPerParam?: [number, number];
  maxRuns?: number;
  sizes?: number[];
  candidates?: string;
  seeds?: number;
  batch?: number;
  confidence?: number;
  out?: string;
  figure?: string;
  json?: boolean;
}

/** `isoflop next`: which runs to train so that the target is known best. */
export const nextCommand = new Command('next')
  .summary('choose the runs that tell most about a target')
  .description(
    'Chooses sizes, tokens and seeds of the runs to train next, so that for a budget the interval of the loss at a target becomes as narrow as it can.',
  )
  .argument('<fit>', 'a saved fit of a law of params and tokens')
  .option('--target-flops <quantity>', 'the target: the best model for this compute, FLOP', quantity('--target-flops'))
  .option('--target-params <quantity>', 'or a model of this size', quantity('--target-params'))
  .option('--target-tokens <quantity>', 'and these tokens', quantity('--target-tokens'))
  .requiredOption('--budget <quantity>', 'FLOP that all runs together may cost', quantity('--budget'))
  .addOption(new Option('--criterion <what>', 'what shall be known better (default: loss)').choices(['loss', 'params']))
  .option('--min-params <quantity>', 'smallest model (default: that of the data)', quantity('--min-params'))
  .option('--max-params <quantity>', 'largest model', quantity('--max-params'))
  .option(
    '--max-run-flops <quantity>',
    'most FLOP of one run (default: half of the budget)',
    quantity('--max-run-flops'),
  )
  .option('--tokens-per-param <range>', 'such as 5..100 (default: those of the data)', range('--tokens-per-param'))
  .option('--max-runs <count>', 'most runs, seeds counted (default: 16)', count('--max-runs'))
  .option('--sizes <list>', 'the sizes that can be trained, such as 100M,300M,1B', quantities('--sizes'))
  .option(
    '--candidates <file>',
    'a file with the runs that can be trained: columns params, tokens and, where it is not 6 N D, flops',
    fileName('--candidates'),
  )
  .option('--seeds <count>', 'most runs of one shape (default: 1)', count('--seeds'))
  .option('--batch <count>', 'runs that start together (default: all)', count('--batch'))
  .addOption(
    new Option(
      '--errors <kind>',
      'which errors count (default: calibrated for a fit that was, else coefficients)',
    ).choices(['calibrated', 'coefficients']),
  )
  .option(
    '--confidence <probability>',
    'probability of the intervals (default: that of the fit)',
    probability('--confidence'),
  )
  .option('--out <file>', 'write the runs as CSV', fileName('--out'))
  .option('--figure <file>', 'draw the plan: .html, .svg, .png, .pdf or .json', fileName('--figure'))
  .option('--json', 'print JSON')
  .addHelpText(
    'before',
    'Example:\n  isoflop next fits/chinchilla.json --target-flops 1e24 --budget 1e22 --out runs.csv --figure next.svg\n',
  )
  .action(async (path: string, flags: NextFlags) => {
    const target = targetOf(flags);
    if (flags.figure !== undefined) {
      const { formatsOf } = await import('../../node/figures/targets.ts');
      formatsOf(flags.figure, undefined);
    }
    const [{ loadFit }, { nextRuns }] = await Promise.all([
      import('../../node/savedFits.ts'),
      import('../../plan/next/nextRuns.ts'),
    ]);
    const fit = await loadFit(path);
    const candidates = flags.candidates === undefined ? undefined : await readShapes(flags.candidates);
    const plan = nextRuns(fit, { ...optionsOf(flags), target, ...(candidates === undefined ? {} : { candidates }) });
    if (flags.out !== undefined) {
      const [{ atomicWrite }, { nextRunsCsv }] = await Promise.all([
        import('../../node/atomicWrite.ts'),
        import('../../report/nextText.ts'),
      ]);
      await atomicWrite(flags.out, nextRunsCsv(plan));
      writeError(`wrote ${flags.out}`);
    }
    if (flags.figure !== undefined) {
      const [{ nextRunsFigure }, { writeFiguresBeside }] = await Promise.all([
        import('../../plots/nextRuns.ts'),
        import('../writeFigures.ts'),
      ]);
      const figure = { id: 'next', description: 'Runs to train next.', figure: nextRunsFigure(fit, plan) };
      await writeFiguresBeside({ out: flags.figure, style: 'screen' }, 'Which runs next', [figure]);
    }
    if (flags.json === true) writeJson(plan);
    else {
      const { formatNextRuns } = await import('../../report/nextText.ts');
      writeResult(formatNextRuns(plan, { color: useColor(), width: outputWidth() }));
    }
    writeWarnings(plan.warnings, flags.json !== true);
  });

/** The target of the options: compute, or size and tokens. */
function targetOf({ targetFlops, targetParams, targetTokens }: NextFlags): NextTarget {
  if (targetFlops !== undefined && targetParams === undefined && targetTokens === undefined)
    return { flops: targetFlops };
  if (targetFlops === undefined && targetParams !== undefined && targetTokens !== undefined)
    return { params: targetParams, tokens: targetTokens };
  throw new IsoflopError('USAGE', {
    message: 'The target is either --target-flops, or --target-params with --target-tokens.',
    remedy: 'Add --target-flops 1e24 for the best model of that compute, or size and tokens.',
  });
}

/** The options of the library: those that were given. */
function optionsOf(flags: NextFlags): Omit<NextOptions, 'target'> {
  const { budget, criterion, errors, minParams, maxParams, maxRunFlops, tokensPerParam } = flags;
  const { maxRuns, sizes, seeds, batch, confidence } = flags;
  const asked = { criterion, errors, minParams, maxParams, maxRunFlops, tokensPerParam, maxRuns, sizes, seeds, batch };
  const given = Object.entries({ ...asked, confidence }).filter(([, value]) => value !== undefined);
  return { budget, ...Object.fromEntries(given) };
}

/** Option parser for LOW..HIGH. */
function range(option: string): (text: string) => [number, number] {
  return (text) => {
    const [low, high, ...more] = text.split('..').map((part) => tryParseQuantity(part.trim()));
    if (low !== undefined && high !== undefined && more.length === 0) return [low, high];
    throw new IsoflopError('OPTION_INVALID', { option, value: text, expected: 'two numbers such as 5..100' });
  };
}

/** The runs of a file that can be trained. */
async function readShapes(path: string): Promise<RunShape[]> {
  const { readRuns } = await import('../../runs/files.ts');
  const { quantities: columns, rows } = await readRuns(path, { needs: ['params', 'tokens'] }).catch(
    (error: unknown) => {
      // Columns are recognised by their names alone here, so the remedy of other commands does not help.
      if (!(error instanceof IsoflopError) || error.code !== 'QUANTITY_MISSING') throw error;
      throw new IsoflopError('USAGE', {
        message: error.statement,
        remedy: 'Name the columns params, tokens and, where the cost is not 6 N D, flops.',
      });
    },
  );
  const { params, tokens, flops } = columns;
  if (params === undefined || tokens === undefined) throw new RangeError('columns that are needed were read');
  return Array.from({ length: rows }, (_, row) => ({
    params: params[row],
    tokens: tokens[row],
    ...(flops === undefined || Number.isNaN(flops[row]) ? {} : { flops: flops[row] }),
  }));
}
