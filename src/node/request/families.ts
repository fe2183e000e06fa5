import { basename, extname } from 'node:path';
import { IsoflopError } from '../../core/errors.ts';
import { nearestName } from '../../core/nearest.ts';
import { fitLaw, type LawFit } from '../../fit/fitLaw.ts';
import type { Law } from '../../laws/law.ts';
import { compareFamilies } from '../../plan/compare/families.ts';
import type { FamilyComparison } from '../../plan/compare/result.ts';
import type { TitledFigure } from '../../plots/html.ts';
import { multiplierFigure } from '../../plots/multiplier.ts';
import { splitRuns, type NamedRuns } from '../../runs/index.ts';
import { lawOfFile, neededBy } from '../lawOption.ts';
import { given, optionsOf, type DataRequest, type ErrorRequest, type LawRequest } from './options.ts';
import type { readRequested, RunsFile } from './read.ts';

/** A comparison of families as it is asked for, by the names of the flags of `isoflop compare`. */
export interface CompareRequest extends DataRequest, LawRequest, Pick<ErrorRequest, 'confidence' | 'seed'> {
  readonly family?: string;
  readonly baseline?: string;
  readonly path?: string;
  readonly at?: readonly number[];
  readonly params?: number;
  readonly tokens?: number;
  /** Parameters that both families have in common in the second fit; `['none']` for no such fit. */
  readonly share?: readonly string[];
  readonly pair?: string;
  readonly resampling?: 'wild' | 'cases';
  /** Resamples; 1,000 unless given. */
  readonly bootstrap?: number;
  readonly equalWithin?: number;
}

function checkDesign({ params, tokens }: Pick<CompareRequest, 'params' | 'tokens'>): void {
  if ((params === undefined) !== (tokens === undefined))
    throw new IsoflopError('USAGE', {
      message: `--${params === undefined ? 'tokens' : 'params'} is given alone.`,
      remedy: 'A design has both --params and --tokens.',
    });
}

/**
 * Reads the runs of each family, from one file each or from a column of one file, and compares all of them with the
 * baseline, the first family unless the request names one.
 *
 * @param read - reads one table of runs; the command line draws a bar meanwhile
 * @param onProgress - told how many resamples of how many are done, over all comparisons
 * @throws {@link IsoflopError} `USAGE`, `OPTION_INVALID`, and as `readRuns`, `fitLaw` and `compareFamilies`
 */
export async function compareRequested(
  files: readonly RunsFile[],
  request: CompareRequest,
  read: typeof readRequested,
  onProgress?: (done: number, total: number) => void,
): Promise<FamilyComparison[]> {
  checkDesign(request);
  const law = await lawOfFile(fitOptions(request), files[0], request);
  const [baseline, ...others] = baselineFirst(await readFamilies(law, files, request, read), request.baseline);
  const fit = ({ name, runs }: NamedRuns): LawFit => {
    try {
      return fitLaw(law, runs, fitOptions(request));
    } catch (error) {
      if (!(error instanceof IsoflopError)) throw error;
      throw new IsoflopError('USAGE', { message: `${name}: ${error.statement}`, remedy: error.remedy });
    }
  };
  const { params, tokens, path, at = [], share, pair, group, resampling, confidence, equalWithin, seed } = request;
  const resamples = request.bootstrap ?? 1000;
  const first = fit(baseline);
  const fits = others.map((family) => ({ name: family.name, fit: fit(family) }));
  const comparisons: FamilyComparison[] = [];
  for (const [k, other] of fits.entries())
    comparisons.push(
      await compareFamilies(first, other.fit, {
        names: [baseline.name, other.name],
        targets: at,
        resamples,
        ...given({ path, pair, group, resampling, confidence, equalWithin, seed }),
        ...(params === undefined || tokens === undefined ? {} : { designs: [{ params, tokens }] }),
        shared: share?.join() === 'none' ? [] : share,
        onProgress: (done) => onProgress?.(k * resamples + done, fits.length * resamples),
      }),
    );
  return comparisons;
}

/** One figure for each comparison. */
export function comparisonFigures(comparisons: readonly FamilyComparison[]): TitledFigure[] {
  return comparisons.map((comparison, k) => ({
    id: `multiplier-${String(k + 1)}`,
    description: comparison.verdict.sentences.join(' '),
    figure: multiplierFigure(comparison),
  }));
}

const fitOptions = (request: CompareRequest): ReturnType<typeof optionsOf> => ({
  ...optionsOf(request),
  ...(request.law === undefined ? {} : { law: request.law }),
});

async function readFamilies(
  law: Law,
  files: readonly RunsFile[],
  request: CompareRequest,
  read: typeof readRequested,
): Promise<readonly NamedRuns[]> {
  const pair = request.pair === undefined ? [] : [request.pair];
  const needs = neededBy(law);
  if (request.family !== undefined || files.length === 1) {
    const column = request.family ?? 'family';
    const extra = [...pair, ...(column === 'family' ? [] : [column])];
    const runs = await read(files, request, { needs, extra });
    if (request.family === undefined && runs.categories.family === undefined)
      throw new IsoflopError('USAGE', {
        message: `${files[0].name} is one file, and nothing says which of its runs belong to which family.`,
        remedy: 'Name the column with --family, or give one file for each family.',
      });
    return splitRuns(runs, column);
  }
  const short = files.map(({ name }) => basename(name, extname(name)));
  const families: NamedRuns[] = [];
  for (const [k, file] of files.entries()) {
    const name = short.filter((other) => other === short[k]).length > 1 ? file.name : short[k];
    families.push({ name, runs: await read([file], request, { needs, extra: pair }) });
  }
  return families;
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
