import { Command, Option } from 'commander';
import type { CompareRequest } from '../../node/request/families.ts';
import type { FamilyComparison } from '../../plan/compare/result.ts';
import { addDataOptions, addLawOptions } from '../dataOptions.ts';
import { addFigureOptions, checkFigureFlags, type FigureFlags } from '../figureOptions.ts';
import { strictStatus } from '../exit.ts';
import { outputWidth, useColor, writeJson, writeResult, writeWarnings } from '../output.ts';
import { names, number, probability, quantities, quantity } from '../parse.ts';
import { createProgress } from '../progress.ts';
import { readFiles } from '../readFiles.ts';
import { writeFiguresBeside } from '../writeFigures.ts';

/** What the options of `compare` parse to. */
interface CompareFlags extends CompareRequest, FigureFlags {
  bootstrap: number;
  json?: boolean;
  strict?: boolean;
}

const command = new Command('compare')
  .summary('compare two families of runs: does an intervention scale?')
  .description(
    'Compares families of runs, such as two optimisers: by what factor the first needs more compute for the loss that the other reaches, how that changes with scale, and whether it is settled.',
  )
  .argument('<file...>', 'one file or folder for each family, the baseline first; or one with --family')
  .option('--law <law>', 'a law of params and tokens, or of one quantity (default: chinchilla), or a formula')
  .option('--family <column>', 'column that tells the families of one file apart (default: family)')
  .option('--baseline <name>', 'the family that the others are compared with (default: the first)')
  .option('--path <path>', 'frontier or tokens-per-param=RATIO (default: frontier, where the data have it)')
  .option('--at <list>', 'compute at which the multiplier is wanted, such as 1e22,1e24', quantities('--at'))
  .option('--params <quantity>', 'with --tokens: a design at which multipliers are wanted', quantity('--params'))
  .option('--tokens <quantity>', 'with --params: a design at which multipliers are wanted', quantity('--tokens'))
  .option(
    '--share <names>',
    'parameters that both families have in common in the second fit, or none (default: E)',
    names('--share'),
  )
  .option('--pair <column>', 'column whose equal values pair runs of both (default: params, tokens and seed)')
  .option('--group <column>', 'rows to resample together (default: run, where rows carry runs, else row)')
  .option('--bootstrap <resamples>', 'refits of resampled runs', number, 1000)
  .addOption(
    new Option('--resampling <kind>', 'random signs of residuals, or whole runs drawn anew')
      .choices(['wild', 'cases'])
      .default('wild'),
  )
  .option('--confidence <probability>', 'probability of the intervals', probability('--confidence'), 0.95)
  .option('--equal-within <share>', 'share of 1 within which a multiplier counts as equal', number, 0.05)
  .option('--seed <number>', 'seed of the bootstrap', number, 0);

/** `isoflop compare`: the compute multiplier of a family of runs over another. */
export const compareCommand = addFigureOptions(addLawOptions(addDataOptions(command)), 'the figures')
  .option('--json', 'print JSON instead of the report')
  .option('--strict', 'exit with 3 when a warning of level error is raised')
  .addHelpText(
    'before',
    'Examples:\n  isoflop compare adamw.csv muon.csv --at 1e22 --out muon.html\n  isoflop compare runs.csv --family optimizer --baseline adamw\n',
  )
  .action(async (files: string[], flags: CompareFlags) => {
    await checkFigureFlags(flags);
    const comparisons = await compareAll(files, flags);
    const warnings = comparisons.flatMap((comparison) => comparison.warnings);
    if (flags.json === true) {
      const { familiesToJson } = await import('../../report/familiesJson.ts');
      writeJson(familiesToJson(comparisons));
    } else {
      const { formatFamilies } = await import('../../report/familiesText.ts');
      const options = { color: useColor(), width: outputWidth() };
      writeResult(comparisons.map((comparison) => formatFamilies(comparison, options)).join('\n\n'));
    }
    writeWarnings(warnings, flags.json !== true);
    if (flags.out !== undefined || flags.terminal === true) await draw(flags, comparisons);
    process.exitCode = strictStatus(warnings, flags.strict);
  });

async function compareAll(files: string[], flags: CompareFlags): Promise<FamilyComparison[]> {
  const [{ compareRequested }, { filesNamed }] = await Promise.all([
    import('../../node/request/families.ts'),
    import('../../node/request/read.ts'),
  ]);
  const bar = createProgress('resampling', flags.bootstrap);
  const onProgress = (done: number, total: number): void => {
    bar.update(done, total);
  };
  try {
    return await compareRequested(filesNamed(files), flags, readFiles, onProgress);
  } finally {
    bar.stop();
  }
}

async function draw(flags: FigureFlags, comparisons: readonly FamilyComparison[]): Promise<void> {
  const { comparisonFigures } = await import('../../node/request/families.ts');
  const [{ baseline }] = comparisons;
  const title = `${baseline.name} against ${comparisons.map(({ candidate }) => candidate.name).join(', ')}`;
  await writeFiguresBeside(flags, title, comparisonFigures(comparisons));
}
