import { Command, Option } from 'commander';
import { IsoflopError } from '../../core/errors.ts';
import type { Fit } from '../../fit/result.ts';
import { strictStatus } from '../exit.ts';
import { outputWidth, useColor, writeError, writeJson, writeResult, writeWarnings } from '../output.ts';
import { assignments, commandLine, fileName, names, number, probability, ranges, ties } from '../parse.ts';
import { fitFiles, type FitFlags } from '../fitFiles.ts';

/** `isoflop fit`: fits a law to the runs of one or more CSV files. */
export const fitCommand = new Command('fit')
  .summary('fit a law to a CSV of runs')
  .description('Fits a law to the runs of one or more CSV files and prints the report.')
  .argument('<file...>', 'CSV files with one row for each run (or checkpoint)')
  .option(
    '--law <law>',
    "a law (see isoflop laws; default: chinchilla) or a formula, such as 'loss ~ E + A/params^alpha'",
  )
  .option('--laws <list>', 'several laws, with commas between: fits each and prints them side by side', names('--laws'))
  .option('--positive <names>', 'positive parameters of a formula, such as E,A,B', names('--positive'))
  .option('--columns <map>', 'which columns hold the quantities, such as params=N,tokens=D,loss=L')
  .option('--objective <name>', 'log-huber, huber, log-mse or mse (default: log-huber, unless the law needs another)')
  .option('--delta <number>', 'width of the quadratic zone of a Huber objective (default: 1e-3)', number)
  .option('--where <condition>', `keep the rows that fulfil it, such as 'loss < 4 and family == "opt"'`)
  .option('--from-fraction <number>', "leave out this first fraction of each run's tokens", number)
  .option(
    '--near-optimal <share>',
    'keep the runs within this share of the least loss of equal params and tokens',
    number,
  )
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
    if (flags.laws !== undefined) {
      await compare(files, flags, flags.laws);
      return;
    }
    const [fit] = await fitFiles(files, flags, [flags.law ?? 'chinchilla']);
    if (!('fit' in fit)) throw fit.error;
    await show(fit.fit, flags);
  });

async function show(fit: Fit, flags: FitFlags): Promise<void> {
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
}

/** Fits several laws to the same rows and prints them side by side. */
async function compare(files: string[], flags: FitFlags, laws: string[]): Promise<void> {
  const refused = (['law', 'out', 'positive'] as const).find((name) => flags[name] !== undefined);
  if (refused !== undefined)
    throw new IsoflopError('USAGE', {
      message: `--laws and --${refused} do not go together.`,
      remedy: refused === 'law' ? 'Name all laws in --laws.' : 'Fit that law by itself, with --law.',
    });
  const fits = await fitFiles(files, flags, laws);
  const warnings = fits.flatMap((entry) => ('fit' in entry ? entry.fit.warnings : []));
  if (flags.json === true) {
    const { comparisonToJson } = await import('../../report/comparison.ts');
    writeJson(comparisonToJson(fits));
  } else {
    const { formatComparison } = await import('../../report/comparison.ts');
    writeResult(formatComparison(fits, { color: useColor(), width: outputWidth() }));
  }
  process.exitCode = strictStatus(warnings, flags.strict);
}

async function save(fit: Fit, path: string | undefined): Promise<void> {
  if (path === undefined) return;
  const { saveFit } = await import('../../node/savedFits.ts');
  await saveFit(path, fit, { command: commandLine(process.argv.slice(2)) });
}
