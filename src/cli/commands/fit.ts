import { Command, Option } from 'commander';
import type { Fit } from '../../fit/result.ts';
import type { FitRunsOptions } from '../../node/fitRuns.ts';
import { strictStatus } from '../exit.ts';
import { outputWidth, useColor, writeError, writeJson, writeResult, writeWarnings } from '../output.ts';
import { assignments, commandLine, fileName, number, probability, ranges, ties } from '../parse.ts';
import { createProgress } from '../progress.ts';

/** What the options of `fit` parse to. */
interface FitFlags {
  law: string;
  columns?: string;
  objective: string;
  delta?: number;
  where?: string;
  fromFraction?: number;
  flopsPerToken?: number;
  start?: Record<string, number>;
  fix?: Record<string, number>;
  tie?: Record<string, string>;
  bounds?: Record<string, readonly [number, number]>;
  covariance: 'sandwich' | 'classical';
  bootstrap: number;
  group?: string;
  confidence: number;
  seed: number;
  solver: string;
  out?: string;
  json?: boolean;
  strict?: boolean;
}

/** `isoflop fit`: fits a law to the runs of one or more CSV files. */
export const fitCommand = new Command('fit')
  .summary('fit a law to a CSV of runs')
  .description('Fits a law to the runs of one or more CSV files and prints the report.')
  .argument('<file...>', 'CSV files with one row for each run (or checkpoint)')
  .option('--law <id>', 'the law (see isoflop laws)', 'chinchilla')
  .option('--columns <map>', 'which columns hold the quantities, such as params=N,tokens=D,loss=L')
  .option('--objective <name>', 'log-huber, huber, log-mse or mse', 'log-huber')
  .option('--delta <number>', 'width of the quadratic zone of a Huber objective (default: 1e-3)', number)
  .option('--where <condition>', `keep the rows that fulfil it, such as 'loss < 4 and family == "opt"'`)
  .option('--from-fraction <number>', "leave out this first fraction of each run's tokens", number)
  .option('--flops-per-token <number>', 'FLOP per parameter and token, the k of C = k N D (default: 6)', number)
  .option('--start <values>', 'a further starting point, such as alpha=0.3,beta=0.3', assignments('--start'))
  .option('--fix <values>', 'parameters held at a value, such as alpha=0.34', assignments('--fix'))
  .option('--tie <names>', 'parameters that share a value, such as alpha=beta', ties('--tie'))
  .option('--bounds <ranges>', 'ranges of parameters, such as alpha=0.1:0.6', ranges('--bounds'))
  .addOption(
    new Option('--covariance <kind>', 'errors without a bootstrap')
      .choices(['sandwich', 'classical'])
      .default('sandwich'),
  )
  .option('--bootstrap <resamples>', 'refits of resampled runs for the intervals, such as 4000', number, 0)
  .option('--group <column>', 'rows to resample together (default: run, where rows carry runs, else row)')
  .option('--confidence <probability>', 'probability of the intervals', probability('--confidence'), 0.95)
  .option('--seed <number>', 'seed of the bootstrap', number, 0)
  .option('--solver <name>', 'newton or ml-levenberg-marquardt', 'newton')
  .option('--out <file>', 'save the fit as JSON', fileName('--out'))
  .option('--json', 'print JSON instead of the report')
  .option('--strict', 'exit with 3 when a warning of level error is raised')
  .addHelpText(
    'before',
    "Example:\n  isoflop fit data/chinchilla.csv --where 'loss < 3.44' --bootstrap 4000 --out fits/mine.json\n",
  )
  .action(async (files: string[], flags: FitFlags) => {
    const fit = await fitFiles(files, flags);
    // A fit may have taken an hour: where it cannot be saved, it is told before the error is.
    const unsaved = await save(fit, flags.out).then(
      () => null,
      (error: unknown) => ({ error }),
    );
    if (flags.json === true) {
      const { fitToJson } = await import('../../report/json.ts');
      writeJson(fitToJson(fit));
    } else {
      const { formatReport } = await import('../../report/text.ts');
      writeResult(formatReport(fit, { color: useColor(), width: outputWidth() }));
    }
    writeWarnings(fit.warnings, flags.json !== true);
    if (unsaved !== null) throw unsaved.error;
    if (flags.out !== undefined) writeError(`saved ${flags.out}`);
    process.exitCode = strictStatus(fit.warnings, flags.strict);
  });

async function save(fit: Fit, path: string | undefined): Promise<void> {
  if (path === undefined) return;
  const { saveFit } = await import('../../node/savedFits.ts');
  await saveFit(path, fit, { command: commandLine(process.argv.slice(2)) });
}

async function fitFiles(files: string[], flags: FitFlags) {
  const [{ readRuns }, { fitRuns }, { findLaw }] = await Promise.all([
    import('../../runs/index.ts'),
    import('../../node/fitRuns.ts'),
    import('../../laws/index.ts'),
  ]);
  const law = findLaw(flags.law);
  const reading = createProgress('reading', await totalBytes(files));
  const runs = await readRuns(files, {
    columns: flags.columns,
    where: flags.where,
    fromFraction: flags.fromFraction,
    flopsPerParamToken: flags.flopsPerToken,
    needs: [...law.inputs.map((input) => input.name), 'loss'],
    extra: flags.group === undefined || flags.group === 'row' ? [] : [flags.group],
    onProgress: (bytes) => {
      reading.update(bytes);
    },
  }).finally(() => {
    reading.stop();
  });

  const refitting = createProgress('bootstrap', flags.bootstrap);
  const options: FitRunsOptions = {
    law: flags.law,
    objective: flags.objective,
    covariance: flags.covariance,
    bootstrap: flags.bootstrap,
    confidence: flags.confidence,
    seed: flags.seed,
    solver: flags.solver,
    ...(flags.delta === undefined ? {} : { delta: flags.delta }),
    ...(flags.start === undefined ? {} : { start: flags.start }),
    ...(flags.fix === undefined ? {} : { fixed: flags.fix }),
    ...(flags.tie === undefined ? {} : { tied: flags.tie }),
    ...(flags.bounds === undefined ? {} : { bounds: flags.bounds }),
    ...(flags.group === undefined ? {} : { group: flags.group }),
    onProgress: (done) => {
      refitting.update(done);
    },
  };
  try {
    return await fitRuns(runs, options);
  } finally {
    refitting.stop();
    const { stopThreads } = await import('../../node/threads.ts');
    await stopThreads();
  }
}

/** Bytes of the files that exist; missing ones get their message from the reader. */
async function totalBytes(files: readonly string[]): Promise<number> {
  const { stat } = await import('node:fs/promises');
  const sizes = await Promise.all(
    files.map((file) =>
      stat(file).then(
        (s) => s.size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
