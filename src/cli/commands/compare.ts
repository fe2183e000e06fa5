import { basename, extname } from 'node:path';
import { Command, Option } from 'commander';
import { IsoflopError } from '../../core/errors.ts';
import { nearestName } from '../../core/nearest.ts';
import type { LawFit } from '../../fit/fitLaw.ts';
import type { Law } from '../../laws/law.ts';
import type { FamilyComparison } from '../../plan/compare/result.ts';
import type { NamedRuns } from '../../runs/index.ts';
import { addDataOptions, addLawOptions, type DataFlags, type LawFlags } from '../dataOptions.ts';
import { strictStatus } from '../exit.ts';
import { optionsOf } from '../fitFiles.ts';
import { outputWidth, useColor, writeError, writeJson, writeResult, writeWarnings } from '../output.ts';
import { fileName, names, number, probability, quantities, quantity } from '../parse.ts';
import { createProgress } from '../progress.ts';
import { readFiles } from '../readFiles.ts';
import { checkHtmlName, writeFigures } from '../writeFigures.ts';

/** What the options of `compare` parse to. */
interface CompareFlags extends DataFlags, LawFlags {
  family?: string;
  baseline?: string;
  path?: string;
  at?: number[];
  params?: number;
  tokens?: number;
  share?: string[];
  pair?: string;
  resampling: 'wild' | 'cases';
  bootstrap: number;
  confidence: number;
  equalWithin: number;
  seed: number;
  out?: string;
  json?: boolean;
  strict?: boolean;
}

const command = new Command('compare')
  .summary('compare two families of runs: does an intervention scale?')
  .description(
    'Compares families of runs, such as two optimisers: by what factor the first needs more compute for the loss that the other reaches, how that changes with scale, and whether it is settled.',
  )
  .argument('<file...>', 'one CSV file for each family, the baseline first; or one file with --family')
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
export const compareCommand = addLawOptions(addDataOptions(command))
  .option('--out <file>', 'write the figure to this HTML file', fileName('--out'))
  .option('--json', 'print JSON instead of the report')
  .option('--strict', 'exit with 3 when a warning of level error is raised')
  .addHelpText(
    'before',
    'Examples:\n  isoflop compare adamw.csv muon.csv --at 1e22 --out muon.html\n  isoflop compare runs.csv --family optimizer --baseline adamw\n',
  )
  .action(async (files: string[], flags: CompareFlags) => {
    checkUsage(flags);
    const { law, families } = await readFamilies(files, flags);
    const [baseline, ...others] = baselineFirst(families, flags.baseline);
    const comparisons = await compareAll(law, baseline, others, flags);
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
    if (flags.out !== undefined) await draw(flags.out, comparisons);
    process.exitCode = strictStatus(warnings, flags.strict);
  });

function checkUsage({ params, tokens, out }: CompareFlags): void {
  if ((params === undefined) !== (tokens === undefined))
    throw new IsoflopError('USAGE', {
      message: `--${params === undefined ? 'tokens' : 'params'} is given alone.`,
      remedy: 'A design has both --params and --tokens.',
    });
  if (out !== undefined) checkHtmlName(out);
}

/** The runs of each family, from one file each or from a column. */
async function readFamilies(
  files: string[],
  flags: CompareFlags,
): Promise<{ law: Law; families: readonly NamedRuns[] }> {
  const [{ lawOfFile, neededBy }, { splitRuns }] = await Promise.all([
    import('../../node/lawOption.ts'),
    import('../../runs/index.ts'),
  ]);
  const law = await lawOfFile(fitOptions(flags), files[0], flags.columns);
  const pair = flags.pair === undefined ? [] : [flags.pair];
  if (flags.family !== undefined || files.length === 1) {
    const column = flags.family ?? 'family';
    const runs = await readFiles(files, flags, neededBy(law), [...pair, ...(column === 'family' ? [] : [column])]);
    if (flags.family === undefined && runs.categories.family === undefined)
      throw new IsoflopError('USAGE', {
        message: `${files[0]} is one file, and nothing says which of its runs belong to which family.`,
        remedy: 'Name the column with --family, or give one file for each family.',
      });
    return { law, families: splitRuns(runs, column) };
  }
  const short = files.map((file) => basename(file, extname(file)));
  const families: NamedRuns[] = [];
  for (const [k, file] of files.entries()) {
    const name = short.filter((other) => other === short[k]).length > 1 ? file : short[k];
    families.push({ name, runs: await readFiles([file], flags, neededBy(law), pair) });
  }
  return { law, families };
}

function baselineFirst(families: readonly NamedRuns[], baseline: string | undefined): readonly NamedRuns[] {
  const known = families.map(({ name }) => name);
  if (families.length < 2)
    throw new IsoflopError('USAGE', {
      message: `There is only one family${known.length === 0 ? '' : `, ${known[0]}`}.`,
      remedy: 'Give two files, or a column with two values or more.',
    });
  if (baseline === undefined) return families;
  const first = families.find(({ name }) => name === baseline);
  if (first === undefined) {
    const nearest = nearestName(baseline, known);
    throw new IsoflopError('OPTION_INVALID', {
      option: '--baseline',
      value: baseline,
      expected: `one of ${known.join(', ')}${nearest === undefined ? '' : ` (did you mean ${nearest}?)`}`,
    });
  }
  return [first, ...families.filter((family) => family !== first)];
}

async function compareAll(
  law: Law,
  baseline: NamedRuns,
  others: readonly NamedRuns[],
  flags: CompareFlags,
): Promise<FamilyComparison[]> {
  const [{ fitLaw }, { compareFamilies }] = await Promise.all([
    import('../../fit/fitLaw.ts'),
    import('../../plan/compare/families.ts'),
  ]);
  const fit = ({ name, runs }: NamedRuns): LawFit => {
    try {
      return fitLaw(law, runs, fitOptions(flags));
    } catch (error) {
      if (!(error instanceof IsoflopError)) throw error;
      throw new IsoflopError('USAGE', { message: `${name}: ${error.statement}`, remedy: error.remedy });
    }
  };
  const { params, tokens } = flags;
  const first = fit(baseline);
  const fits = others.map((family) => ({ name: family.name, fit: fit(family) }));
  const bar = createProgress('resampling', fits.length * flags.bootstrap);
  const comparisons: FamilyComparison[] = [];
  try {
    for (const [k, other] of fits.entries())
      comparisons.push(
        await compareFamilies(first, other.fit, {
          names: [baseline.name, other.name],
          path: flags.path,
          targets: flags.at ?? [],
          ...(params === undefined || tokens === undefined ? {} : { designs: [{ params, tokens }] }),
          shared: flags.share?.join() === 'none' ? [] : flags.share,
          pair: flags.pair,
          group: flags.group,
          resampling: flags.resampling,
          resamples: flags.bootstrap,
          confidence: flags.confidence,
          equalWithin: flags.equalWithin,
          seed: flags.seed,
          onProgress: (done) => {
            bar.update(k * flags.bootstrap + done);
          },
        }),
      );
  } finally {
    bar.stop();
  }
  return comparisons;
}

const fitOptions = (flags: CompareFlags): ReturnType<typeof optionsOf> => ({
  ...optionsOf({ ...flags, covariance: 'sandwich' }),
  ...(flags.law === undefined ? {} : { law: flags.law }),
});

async function draw(out: string, comparisons: readonly FamilyComparison[]): Promise<void> {
  const { multiplierFigure } = await import('../../plots/multiplier.ts');
  const figures = comparisons.map((comparison, k) => ({
    id: `multiplier-${String(k + 1)}`,
    description: comparison.verdict.sentences.join(' '),
    figure: multiplierFigure(comparison),
  }));
  const [{ baseline }] = comparisons;
  const title = `${baseline.name} against ${comparisons.map(({ candidate }) => candidate.name).join(', ')}`;
  await writeFigures(out, title, figures);
  writeError(`wrote ${out}`);
}
