import { Command } from 'commander';
import { addFigureOptions, checkFigureFlags, type FigureFlags } from '../figureOptions.ts';
import { strictStatus } from '../exit.ts';
import { outputWidth, useColor, writeJson, writeResult, writeWarnings } from '../output.ts';
import { count, names, number, positive, probability, quantities, quantity, share, ties } from '../parse.ts';
import { writeFiguresBeside } from '../writeFigures.ts';

/** What the options of `observe` parse to. */
interface ObserveFlags extends FigureFlags {
  columns?: Record<string, string>;
  benchmarks?: string[];
  task?: string;
  cutoff?: number;
  components: number;
  floor?: readonly [number, number];
  huber?: number;
  reference?: string;
  family?: string[];
  predictFlops?: number[];
  figure?: string[];
  bootstrap: number;
  confidence: number;
  seed: number;
  json?: boolean;
  strict?: boolean;
}

const command = new Command('observe')
  .summary('scaling laws of public models, from their benchmarks')
  .description(
    'Reads a table of public models with their benchmarks: principal capabilities, how families turn compute into them, and a task predicted from them, with models above a cutoff of compute held out.',
  )
  .argument(
    '<file>',
    'a CSV with a row for each model: name, family, compute where known, and a column for each benchmark',
  )
  .option(
    '--columns <pairs>',
    'what columns hold: model, family, params, tokens, flops, such as flops=C',
    ties('--columns'),
  )
  .option(
    '--benchmarks <names>',
    'columns that are benchmarks (default: all other columns of numbers)',
    names('--benchmarks'),
  )
  .option('--task <name>', 'a benchmark to predict from the others')
  .option('--cutoff <quantity>', 'with --task: hold out models with more compute, in FLOP', quantity('--cutoff'))
  .option('--components <number>', 'capabilities that the task depends on', count('--components'), 3)
  .option('--floor <range>', 'score of models that know nothing, or a range of it (default: 0:0.2)', share('--floor'))
  .option('--huber <width>', "Huber's penalty of this width in place of squares, such as 0.1", positive('--huber'))
  .option('--reference <family>', 'the family in whose compute others are counted (default: the best determined)')
  .option('--family <names>', 'with --predict-flops: families to predict', names('--family'))
  .option(
    '--predict-flops <list>',
    'with --family: compute of models to predict, such as 1e25',
    quantities('--predict-flops'),
  )
  .option('--figure <list>', 'capability, sigmoid, scree (default: all that there are)', names('--figure'))
  .option('--bootstrap <resamples>', 'draws of families for the errors', number, 200)
  .option('--confidence <probability>', 'probability of the intervals', probability('--confidence'), 0.95)
  .option('--seed <number>', 'seed of the draws', number, 0);

/** `isoflop observe`: observational scaling laws of a table of public models. */
export const observeCommand = addFigureOptions(command, 'the figures')
  .option('--json', 'print JSON instead of the report')
  .option('--strict', 'exit with 3 when a warning of level error is raised')
  .addHelpText(
    'before',
    'Examples:\n  isoflop observe data/benchmarks.csv --task GSM8K --cutoff 8.4e22\n  isoflop observe data/benchmarks.csv --family Llama-2 --predict-flops 1e25\n',
  )
  .action(async (path: string, flags: ObserveFlags) => {
    await checkFigureFlags(flags);
    const [{ readBenchmarks }, { observe }] = await Promise.all([
      import('../../node/benchmarks.ts'),
      import('../../observational/observe.ts'),
    ]);
    const { columns, benchmarks, bootstrap, predictFlops, family, ...options } = flags;
    const table = await readBenchmarks(path, {
      ...(columns === undefined ? {} : { columns }),
      ...(benchmarks === undefined ? {} : { benchmarks: await withTask(benchmarks, options.task) }),
    });
    const observation = observe(table, { ...options, resamples: bootstrap, flops: predictFlops, families: family });
    if (flags.json === true) {
      const { observationToJson } = await import('../../report/observationJson.ts');
      writeJson(observationToJson(observation));
    } else {
      const { formatObservation } = await import('../../report/observationText.ts');
      writeResult(formatObservation(observation, { color: useColor(), width: outputWidth() }));
    }
    writeWarnings(observation.warnings, flags.json !== true);
    if (flags.out !== undefined || flags.terminal === true || flags.figure !== undefined) {
      const { observationFigures } = await import('../../plots/observational/index.ts');
      await writeFiguresBeside(flags, `Models of ${path}`, observationFigures(observation, flags.figure));
    }
    process.exitCode = strictStatus(observation.warnings, flags.strict);
  });

/** The task is read too, whether or not it is listed; it takes no part in the capabilities. */
async function withTask(benchmarks: readonly string[], task: string | undefined): Promise<readonly string[]> {
  const { normaliseName } = await import('../../runs/columns.ts');
  const isListed = benchmarks.some((name) => normaliseName(name) === normaliseName(task ?? name));
  return task === undefined || isListed ? benchmarks : [...benchmarks, task];
}
