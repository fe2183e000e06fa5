import { Command } from 'commander';
import { IsoflopError } from '../../core/errors.ts';
import type { Fit } from '../../fit/result.ts';
import { strictStatus } from '../exit.ts';
import { outputWidth, useColor, writeError, writeJson, writeResult, writeWarnings } from '../output.ts';
import { addDataOptions, addErrorOptions, addLawOptions, addParamsOption } from '../dataOptions.ts';
import { commandLine } from '../../node/commandLine.ts';
import { fileName, names } from '../parse.ts';
import { fitFiles, type FitFlags } from '../fitFiles.ts';

const command = new Command('fit')
  .summary('fit a law to runs')
  .description(
    'Fits a law to the runs of one or more files and prints the report. Their formats are recognised; isoflop inspect shows what is read of them.',
  )
  .argument('[file...]', 'files of runs (or checkpoints), folders of them, or patterns such as runs/**')
  .option(
    '--law <law>',
    "a law (see isoflop laws; default: chinchilla) or a formula, such as 'loss ~ E + A/params^alpha'",
  )
  .option(
    '--laws <list>',
    'several laws, with commas between: fits each and prints them side by side',
    names('--laws'),
  );

/** `isoflop fit`: fits a law to the runs of one or more files. */
export const fitCommand = addErrorOptions(addLawOptions(addParamsOption(addDataOptions(command))))
  .option('--out <file>', 'save the fit as JSON', fileName('--out'))
  .option(
    '--no-calibration',
    'make no backtests, which take longer than the fit; predictions then have plain intervals only',
  )
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
