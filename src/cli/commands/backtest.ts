import { Command, Option } from 'commander';
import type { Backtest } from '../../backtest/backtest.ts';
import type { BacktestMatrix } from '../../backtest/matrix.ts';
import type { Experiment } from '../../backtest/matrixPlan.ts';
import type { Holdout } from '../../backtest/splits.ts';
import { IsoflopError } from '../../core/errors.ts';
import type { Law } from '../../laws/law.ts';
import type { Runs } from '../../runs/runs.ts';
import type { TitledFigure } from '../../plots/html.ts';
import { addDataOptions, addLawOptions, type DataFlags, type LawFlags } from '../dataOptions.ts';
import { strictStatus } from '../exit.ts';
import { outputWidth, useColor, writeError, writeJson, writeResult, writeWarnings } from '../output.ts';
import { fileName, names, number, numbers, probability } from '../parse.ts';
import { createProgress } from '../progress.ts';
import { readFiles } from '../readFiles.ts';
import { resolveLaws, type AskedFit } from '../resolveLaws.ts';
import { checkHtmlName, writeFigures } from '../writeFigures.ts';

/** What the options of `backtest` parse to. */
interface BacktestFlags extends DataFlags, LawFlags {
  laws?: string[];
  holdout: Holdout;
  cut?: number[];
  confidence: number;
  matrix?: boolean;
  experiment: Experiment;
  models?: number[];
  window?: number;
  shares?: number[];
  fractionOf?: 'run' | 'family';
  testFrom: number;
  out?: string;
  json?: boolean;
  strict?: boolean;
}

const command = new Command('backtest')
  .summary('measure how well laws predict larger runs')
  .description(
    'Fits laws to the runs below a cut and compares what they predict with the runs beyond it. With --matrix, shows how many models and how much of their training would have been enough.',
  )
  .argument('<file...>', 'CSV files with one row for each run (or checkpoint)')
  .option(
    '--law <law>',
    "a law (see isoflop laws; default: chinchilla) or a formula, such as 'loss ~ E + A/params^alpha'",
  )
  .option('--laws <list>', 'several laws, with commas between: which one predicts best', names('--laws'))
  .addOption(
    new Option('--holdout <quantity>', 'what is held out: flops, size (params) or tokens')
      .choices(['flops', 'size', 'tokens'])
      .default('flops'),
  )
  .option(
    '--cut <values>',
    'fit below each of these values and predict from it on, such as 1e20,3e20 (default: at wide gaps in the data)',
    numbers('--cut'),
  )
  .option('--confidence <probability>', 'probability of the intervals', probability('--confidence'), 0.9)
  .option('--matrix', 'errors by number of sizes and share of training (arXiv 2410.11840)')
  .addOption(
    new Option(
      '--experiment <name>',
      'rows of the matrix: grow (the smallest sizes predict the largest), window (neighbours), shrink (the largest predict the smallest), own (a run predicts its own end)',
    )
      .choices(['grow', 'window', 'shrink', 'own'])
      .default('grow'),
  )
  .option('--models <counts>', 'numbers of sizes in the rows of the matrix, such as 3,5', numbers('--models'))
  .option('--window <count>', 'sizes in a window of the matrix (default: 4)', number)
  .option('--shares <list>', 'shares of training in its columns (default: 0.1,0.2,...,1)', numbers('--shares'))
  .addOption(
    new Option(
      '--fraction-of <what>',
      'shares of the tokens of each run, or of the most tokens of the fitted sizes (family)',
    ).choices(['run', 'family']),
  )
  .option('--test-from <share>', "the target's training that is predicted begins here", number, 0.7);
addDataOptions(command);
addLawOptions(command);

/** `isoflop backtest`: how well laws predict the runs beyond a cut. */
export const backtestCommand = command
  .option('--out <file>', 'write the figures to one HTML file', fileName('--out'))
  .option('--json', 'print JSON instead of the report')
  .option('--strict', 'exit with 3 when a warning of level error is raised')
  .addHelpText(
    'before',
    "Example:\n  isoflop backtest data/chinchilla.csv --where 'loss < 3.44' --laws chinchilla,skaling --cut 1e20,3e20,1e21\n",
  )
  .action(async (files: string[], flags: BacktestFlags) => {
    checkUsage(flags);
    const { laws, options } = await resolveLaws(files[0], flags, flags.laws ?? [flags.law ?? 'chinchilla']);
    const { neededBy } = await import('../../node/lawOption.ts');
    const runs = await readFiles(files, flags, laws.flatMap(neededBy));
    const { stopThreads } = await import('../../node/threads.ts');
    try {
      // The matrix first: what is wrong with its options is told before the longer work.
      const matrix = flags.matrix === true ? await fillMatrix(runs, laws[0], flags, options) : undefined;
      const backtest = await runBacktest(runs, laws, flags, options);
      await show(backtest, matrix, runs, flags);
    } finally {
      await stopThreads();
    }
  });

/** Refuses options that do not go together before any work is done. */
function checkUsage(flags: BacktestFlags): void {
  if (flags.laws !== undefined && flags.law !== undefined)
    throw new IsoflopError('USAGE', {
      message: '--laws and --law do not go together.',
      remedy: 'Name all laws in --laws.',
    });
  if (flags.matrix === true && (flags.laws?.length ?? 1) > 1)
    throw new IsoflopError('USAGE', {
      message: '--matrix is of one law, and --laws names several.',
      remedy: 'Name one with --law.',
    });
  if (flags.out !== undefined) checkHtmlName(flags.out);
}

async function runBacktest(
  runs: Runs,
  laws: readonly Law[],
  { holdout, cut, confidence }: BacktestFlags,
  fit: AskedFit,
): Promise<Backtest> {
  const [{ backtestLaws }, { backtestInThreads }] = await Promise.all([
    import('../../backtest/backtest.ts'),
    import('../../node/threads.ts'),
  ]);
  const progress = createProgress('backtest', 1);
  try {
    return await backtestLaws(runs, laws, {
      holdout,
      confidence,
      fit,
      ...(cut === undefined ? {} : { cuts: cut }),
      execute: backtestInThreads,
      onProgress: (done, fits) => {
        progress.update(done, fits);
      },
    });
  } finally {
    progress.stop();
  }
}

async function fillMatrix(runs: Runs, law: Law, flags: BacktestFlags, fit: AskedFit): Promise<BacktestMatrix> {
  const [{ backtestMatrix }, { matrixInThreads }] = await Promise.all([
    import('../../backtest/matrix.ts'),
    import('../../node/threads.ts'),
  ]);
  const { experiment, models, window, shares, fractionOf, testFrom } = flags;
  const progress = createProgress('matrix', 1);
  try {
    return await backtestMatrix(law, runs, {
      experiment,
      testFrom,
      fit,
      ...(models === undefined ? {} : { models }),
      ...(window === undefined ? {} : { window }),
      ...(shares === undefined ? {} : { shares }),
      ...(fractionOf === undefined ? {} : { fractionOf }),
      execute: matrixInThreads,
      onProgress: (done, cells) => {
        progress.update(done, cells);
      },
    });
  } finally {
    progress.stop();
  }
}

async function show(
  backtest: Backtest,
  matrix: BacktestMatrix | undefined,
  runs: Runs,
  flags: BacktestFlags,
): Promise<void> {
  const { backtestWarnings } = await import('../../backtest/findings.ts');
  const about = [...runs.warnings, ...backtestWarnings(backtest, runs)];
  if (flags.json === true) {
    const { backtestToJson } = await import('../../report/backtestJson.ts');
    writeJson(backtestToJson(backtest, about, matrix));
  } else {
    const [{ formatBacktest }, { formatMatrix }] = await Promise.all([
      import('../../report/backtestText.ts'),
      import('../../report/matrixText.ts'),
    ]);
    const style = { color: useColor(), width: outputWidth() };
    writeResult(
      [formatBacktest(backtest, about, style), ...(matrix === undefined ? [] : ['', formatMatrix(matrix, style)])].join(
        '\n',
      ),
    );
  }
  const warnings = [...about, ...(matrix?.warnings ?? [])];
  writeWarnings(warnings, flags.json !== true);
  if (flags.out !== undefined) {
    await draw(flags.out, backtest, matrix, runs);
    writeError(`saved ${flags.out}`);
  }
  process.exitCode = strictStatus(warnings, flags.strict);
}

/** Writes one figure for each law that could be backtested, and one of the matrix. */
async function draw(out: string, backtest: Backtest, matrix: BacktestMatrix | undefined, runs: Runs): Promise<void> {
  const [{ backtestFigure, matrixFigure }, { rankLaws }] = await Promise.all([
    import('../../plots/index.ts'),
    import('../../report/backtestText.ts'),
  ]);
  const figures: TitledFigure[] = rankLaws(backtest.laws)
    .filter(({ splits }) => splits.length > 0)
    .map((law, k) => ({
      id: `backtest-${String(k + 1)}`,
      description:
        'Runs beyond each cut: what was predicted against what came, and the error by how far beyond the cut they lie.',
      figure: backtestFigure(backtest, law, runs),
    }));
  if (matrix !== undefined)
    figures.push({
      id: 'matrix',
      description: 'Error of the prediction by the number of sizes and the share of their training that is fitted.',
      figure: matrixFigure(matrix),
    });
  const title = `Backtest: ${runs.sources.map((source) => source.name).join(', ')}`;
  await writeFigures(out, title, figures);
}
