import { IsoflopError } from '../../core/errors.ts';
import { masterOf } from '../../fit/coordinates.ts';
import type { LawFit } from '../../fit/fitLaw.ts';
import { takesParamsAndTokens } from '../../laws/allocation.ts';
import { toParams } from '../../laws/law.ts';
import { checkConfidence } from '../../uncertainty/predict.ts';
import { cautionsOf } from './cautions.ts';
import { createFrame } from './frame.ts';
import { LossCurve } from './lossCurve.ts';
import { designMultiplier, errorAt, summarizeMultipliers, type Frame } from './multiplier.ts';
import { observeDifferences } from './observed.ts';
import { pairRuns, type PairingOptions } from './pairing.ts';
import { axisOf } from './path.ts';
import type { Resampling } from '../../uncertainty/bootstrap.ts';
import { pairCorrelation, resampleFamilies, type Thetas } from './resample.ts';
import type { FamilyComparison, FamilySummary, SharedFit } from './result.ts';
import { fitTied, irreducibleOf, type TiedFit } from './tiedFit.ts';
import { judgeFamilies } from './judge.ts';

/** Options of {@link compareFamilies}. */
export interface CompareOptions extends PairingOptions {
  /** Names of the families; default `baseline` and `candidate`. */
  readonly names?: readonly [string, string];
  /**
   * `frontier` or `tokens-per-param=20` for laws of params and tokens. By default the frontier, or, where that leads outside
   * the data, their middle ratio of tokens to params.
   */
  readonly path?: string | undefined;
  /** Amounts of the candidate's compute (or of the law's input) at which the multiplier is asked for, inside or beyond the data. */
  readonly targets?: readonly number[];
  /** Designs at which multipliers of tokens and params are asked for; by default the ends of the range. */
  readonly designs?: readonly { readonly params: number; readonly tokens: number }[];
  /** Parameters that the families share in the second model; default the irreducible loss, where the law has one. */
  readonly shared?: readonly string[] | undefined;
  /** Bootstrap resamples; default 1000. */
  readonly resamples?: number;
  readonly seed?: number;
  /** `wild` (default) keeps the design and turns the signs of residuals; `cases` draws whole runs. */
  readonly resampling?: Resampling;
  /** Probability of the intervals; default 0.95. */
  readonly confidence?: number;
  /** A multiplier within this share of 1 counts as equal; default 0.05. */
  readonly equalWithin?: number;
  readonly onProgress?: (done: number) => void;
}

/**
 * Compares two families of runs, such as two optimisers: by what factor the baseline needs more compute for the loss that the
 * candidate reaches, how that changes with scale, and whether it is settled. Each family is fitted by itself and once more
 * with the irreducible loss in common, which runs on the same data have; where the conclusion depends on that, it says so.
 *
 * @param baseline - fit of the family to compare with
 * @param candidate - fit of the other family, of the same law with the same objective
 * @throws {@link IsoflopError} `USAGE`, `OPTION_INVALID`, `PARAM_UNKNOWN`, `COLUMN_UNKNOWN`
 * @see arXiv 2509.02046 for multipliers that shrink with scale; arXiv 2608.11859 for conclusions that flip with a shared E
 * @example
 * ```ts
 * const gadre = await readRuns('data/gadre.csv', { columns: 'params=N,tokens=D,loss=loss_c4_val,family=dataset' });
 * const fits = splitRuns(gadre, 'family').map((family) => fitLaw(chinchilla, family.runs));
 * const comparison = await compareFamilies(fits[0], fits[1], { names: ['C4', 'RedPajama'], resamples: 200 });
 * comparison.free.mean.value; // 0.557
 * ```
 */
export async function compareFamilies(
  baseline: LawFit,
  candidate: LawFit,
  options: CompareOptions = {},
): Promise<FamilyComparison> {
  const fits = [baseline, candidate] as const;
  const { names = ['baseline', 'candidate'], targets = [], resamples = 1000, seed = 0, resampling = 'wild' } = options;
  const confidence = checkConfidence(options.confidence ?? 0.95);
  const equalWithin = options.equalWithin ?? 0.05;
  checkOptions(fits, options);
  const pairing = pairRuns(fits, options);
  const { frame, range, notes } = createFrame(fits, { path: options.path, targets, confidence, equalWithin });

  const shared = sharedNames(fits, options.shared);
  const tied = shared.length === 0 ? undefined : fitTied(fits, shared);
  const draws = await resampleFamilies(fits, tied, pairing, {
    resamples,
    seed,
    resampling,
    onProgress: options.onProgress,
  });
  const estimate: Thetas = [baseline.theta, candidate.theta];
  const free = summarizeMultipliers(frame, [], estimate, draws.free);
  if (free === undefined)
    throw new IsoflopError('USAGE', {
      message: `One of the families has no path for ${baseline.law.id} (a term is switched off).`,
      remedy: 'Compare at a fixed ratio with --path tokens-per-param=20, or use a law of one quantity.',
    });
  const tiedModel = tied === undefined ? undefined : summarizeMultipliers(frame, shared, tied.thetas, draws.tied);
  const sharing = tied === undefined ? null : sharedFit(fits, tied, draws.raised);
  const observed = observeDifferences(fits, pairing, frame.path, confidence, (at) => errorAt(free, at, confidence));
  const verdict = judgeFamilies({ names, frame, range, free, tied: tiedModel ?? null, sharing, observed });
  return {
    law: baseline.law.id,
    axis: axisOf(frame.path),
    path: frame.path,
    confidence,
    equalWithin,
    baseline: summaryOf(baseline, names[0], frame.ranges[0]),
    candidate: summaryOf(candidate, names[1], frame.ranges[1]),
    range,
    free,
    tied: tiedModel ?? null,
    sharing,
    designs: designsOf(fits, frame, options.designs).map((design) =>
      designMultiplier(frame, design, estimate, draws.free),
    ),
    observed,
    pairing: {
      by: pairing.by,
      pairs: pairing.pairs,
      alone: pairing.alone,
      correlation: pairCorrelation(fits, pairing),
    },
    bootstrap: { resamples, certified: draws.free.length, resampling, seed },
    verdict,
    warnings: cautionsOf({
      fits,
      names,
      frame,
      range,
      notes,
      pairing,
      free,
      tied: tiedModel ?? null,
      sharing,
      observed,
      resamples,
      certified: draws.free.length,
    }),
  };
}

function checkOptions(fits: readonly [LawFit, LawFit], options: CompareOptions): void {
  const [first, second] = fits;
  const same =
    first.law.id === second.law.id &&
    first.objective.id === second.objective.id &&
    (first.delta === second.delta || first.law.response.name !== 'loss');
  if (!same)
    throw new IsoflopError('USAGE', {
      message: `The families are fitted with ${first.law.id}, ${first.objective.id} and with ${second.law.id}, ${second.objective.id}.`,
      remedy: 'Fit both with one law, one objective and one delta.',
    });
  const { equalWithin = 0.05, resamples = 1000, targets = [], resampling = 'wild' } = options;
  const refuse = (option: string, value: unknown, expected: string): never => {
    throw new IsoflopError('OPTION_INVALID', { option, value: String(value), expected });
  };
  if (!(equalWithin >= 0 && equalWithin < Infinity)) refuse('--equal-within', equalWithin, 'a share such as 0.05');
  if (!(Number.isInteger(resamples) && resamples >= 0 && resamples <= 100_000))
    refuse('--bootstrap', resamples, 'a whole number from 0 to 100000');
  if (!['wild', 'cases'].includes(resampling)) refuse('--resampling', resampling, 'wild or cases');
  for (const target of targets)
    if (!(target > 0 && target < Infinity)) refuse('--at', target, 'positive amounts of compute, such as 1e24');
}

/** The parameters to share: known, and free in both fits. */
function sharedNames(fits: readonly [LawFit, LawFit], asked: readonly string[] | undefined): string[] {
  const { law, restrictions } = fits[0];
  const irreducible = irreducibleOf(fits[0]);
  const names = asked ?? (irreducible === undefined ? [] : [irreducible]);
  for (const name of names)
    if (!law.params.some((param) => param.name === name))
      throw new IsoflopError('PARAM_UNKNOWN', {
        option: '--share',
        name,
        law: law.id,
        params: law.params.map((param) => param.name),
      });
  const masters = names.map((name) => masterOf(name, restrictions.tied));
  return [...new Set(masters)].filter((name) => !(name in restrictions.fixed));
}

function sharedFit(fits: readonly [LawFit, LawFit], tied: TiedFit, raisedInResamples: readonly number[]): SharedFit {
  const { law, minimum: first } = fits[0];
  const raised = Math.max(0, tied.minimum.value - first.value - fits[1].minimum.value);
  const count = raisedInResamples.filter((value) => value >= raised).length;
  return {
    shared: tied.shared,
    params: [toParams(law, tied.thetas[0]), toParams(law, tied.thetas[1])],
    certified: tied.minimum.certified,
    objective: tied.minimum.value,
    raised,
    probability: raisedInResamples.length === 0 ? null : (1 + count) / (1 + raisedInResamples.length),
  };
}

function summaryOf(fit: LawFit, name: string, [low, high]: readonly [number, number]): FamilySummary {
  return {
    name,
    points: fit.rows.data.rows,
    params: toParams(fit.law, fit.theta),
    status: fit.status,
    objective: fit.minimum.value,
    range: [Math.exp(low), Math.exp(high)],
  };
}

/** The designs asked for; else those of the candidate at both ends of the range. */
function designsOf(
  fits: readonly [LawFit, LawFit],
  frame: Frame,
  asked: CompareOptions['designs'],
): { readonly params: number; readonly tokens: number }[] {
  const { law, path, grid, data, factors } = frame;
  if (!takesParamsAndTokens(law)) return [];
  if (asked !== undefined) return [...asked];
  const place = LossCurve.create(law, fits[1].theta, path, factors[1], data)?.place;
  if (place === undefined) return [];
  const ends = [...new Set([grid[0], grid[grid.length - 1]])];
  return ends.map((x) => ({ params: Math.exp(place.logParams(x)), tokens: Math.exp(place.logTokens(x)) }));
}
