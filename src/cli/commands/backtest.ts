import { Command, Option } from 'commander';
import type { BacktestRequest, RequestedBacktest } from '../../node/request/backtests.ts';
import { addDataOptions, addLawOptions, addParamsOption } from '../dataOptions.ts';
import { addFigureOptions, checkFigureFlags, type FigureFlags } from '../figureOptions.ts';
import { strictStatus } from '../exit.ts';
import { outputWidth, useColor, writeJson, writeResult, writeWarnings } from '../output.ts';
import { names, number, numbers, probability } from '../parse.ts';
import { createProgress, type Progress } from '../progress.ts';
import { readFiles } from '../readFiles.ts';
import { writeFiguresBeside } from '../writeFigures.ts';

/** What the options of `backtest` parse to. */
interface BacktestFlags extends BacktestRequest, FigureFlags {
  json?: boolean;
  strict?: boolean;
}

const command = new Command('backtest')
  .summary('measure how well laws predict larger runs')
  .description(
    'Fits laws to the runs below a cut and compares what they predict with the runs beyond it. With --matrix, shows how many models and how much of their training would have been enough.',
  )
  .argument('[file...]', 'files of runs (or checkpoints), folders of them, or patterns such as runs/**')
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
addParamsOption(addDataOptions(command));
addLawOptions(command);

/** `isoflop backtest`: how well laws predict the runs beyond a cut. */
export const backtestCommand = addFigureOptions(command, 'the figures')
  .option('--json', 'print JSON instead of the report')
  .option('--strict', 'exit with 3 when a warning of level error is raised')
  .addHelpText(
    'before',
    "Example:\n  isoflop backtest data/chinchilla.csv --where 'loss < 3.44' --laws chinchilla,skaling --cut 1e20,3e20,1e21\n",
  )
  .action(async (files: string[], flags: BacktestFlags) => {
    await checkFigureFlags(flags);
    await show(await run(files, flags), flags);
  });

async function run(files: string[], flags: BacktestFlags): Promise<RequestedBacktest> {
  const [{ backtestRequested }, { filesNamed }, threads] = await Promise.all([
    import('../../node/request/backtests.ts'),
    import('../../node/request/read.ts'),
    import('../../node/threads.ts'),
  ]);
  let bar: { readonly stage: string; readonly progress: Progress } | undefined;
  try {
    return await backtestRequested(filesNamed(files, flags.sql), flags, readFiles, {
      backtests: threads.backtestInThreads,
      cells: threads.matrixInThreads,
      onProgress: (stage, done, total) => {
        if (bar?.stage !== stage) {
          bar?.progress.stop();
          bar = { stage, progress: createProgress(stage, total) };
        }
        bar.progress.update(done, total);
      },
    });
  } finally {
    bar?.progress.stop();
    await threads.stopThreads();
  }
}

async function show(found: RequestedBacktest, flags: BacktestFlags): Promise<void> {
  const { backtest, matrix, runs, warnings: about } = found;
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
  if (flags.out !== undefined || flags.terminal === true) {
    const { backtestFigures } = await import('../../node/request/backtests.ts');
    const title = `Backtest: ${runs.sources.map((source) => source.name).join(', ')}`;
    await writeFiguresBeside(flags, title, backtestFigures(found));
  }
  process.exitCode = strictStatus(warnings, flags.strict);
}
