import { IsoflopError } from '../core/errors.ts';
import { chiSquareSurvival, fisherSurvival } from '../core/special.ts';
import { createWarning, type Warning } from '../core/warnings.ts';
import type { LawFit } from '../fit/fitLaw.ts';
import { adjustLikelihood, designEffectOf, type Adjustment } from './adjustment.ts';
import { groupRows, type Groups } from './groups.ts';
import { likelihoodOf } from './likelihood.ts';

/** A likelihood-ratio test. */
export interface RatioTest {
  /** Twice the gain in log-likelihood. */
  readonly statistic: number;
  /** Parameters that the null hypothesis takes away. */
  readonly degreesOfFreedom: number;
  /** Probability of so large a statistic under the null hypothesis, by the chi-square (mixed with a point at 0 on a boundary). */
  readonly pValue: number;
  /** The same with the statistic divided by the design effect, by the F distribution; `null` where no adjustment is made. */
  readonly adjusted: {
    readonly designEffect: number;
    readonly statistic: number;
    /** Degrees of freedom of the denominator. */
    readonly denominator: number;
    readonly pValue: number;
  } | null;
}

/** Options of the tests. */
export interface RatioOptions {
  /** Rows that vary together; default by run where rows carry runs. */
  readonly groups?: Groups;
  /** As for profiles; default `sandwich` where rows are clustered or the penalty is Huber's, else `none`. */
  readonly adjust?: Adjustment;
}

/** Two nested laws compared by their likelihoods on the same rows. */
export interface NestedComparison extends RatioTest {
  /** What the small law holds, in words. */
  readonly restrictions: readonly string[];
  /** Amplitudes that are 0 under the null hypothesis, where it lies on the boundary. */
  readonly onBoundary: readonly string[];
  readonly warnings: readonly Warning[];
}

/** A gain in twice the log-likelihood below this is rounding: the large law found nothing better. */
const nothing = 1e-6;

/** Laws of the list that are another one with a parameter held. */
const nestings: readonly { small: string; large: string; held: Readonly<Record<string, number>> }[] = [
  { small: 'chinchilla', large: 'skaling', held: { k: 1 } },
  { small: 'multiplicative', large: 'multiplicative-irreducible', held: { E: 0 } },
  { small: 'params', large: 'params-irreducible', held: { E: 0 } },
  { small: 'tokens', large: 'tokens-irreducible', held: { E: 0 } },
  { small: 'flops', large: 'flops-irreducible', held: { E: 0 } },
];

/**
 * Compares a law with a larger one of which it is a special case, fitted to the same rows with the same objective: the large
 * law with parameters fixed or tied, or a law of the list that is known to be nested in it (chinchilla in the coupled law).
 *
 * Where the null hypothesis holds an amplitude at 0 it lies on the boundary, and the statistic is 0 half of the time: its
 * probability comes from the mixture of chi-squares. Where an exponent means nothing under the null hypothesis no chi-square
 * holds; the warning says so.
 *
 * @throws {@link IsoflopError} `NOT_NESTED`
 * @see Self and Liang (1987), "Asymptotic properties of maximum likelihood estimators under nonstandard conditions"
 * @example
 * ```ts
 * const tied = fitLaw(chinchilla, runs, { tied: { alpha: 'beta' } });
 * compareNested(tied, fitLaw(chinchilla, runs)).degreesOfFreedom; // 1
 * ```
 */
export function compareNested(small: LawFit, large: LawFit, options: RatioOptions = {}): NestedComparison {
  checkSameData(small, large);
  const { gradients, restrictions, onBoundary, lost } = difference(small, large);
  const q = gradients.length;
  if (q === 0) throw new IsoflopError('NOT_NESTED', { reason: 'the two laws have the same free parameters' });
  const groups = options.groups ?? groupRows(large);
  const likelihood = likelihoodOf(large);
  const gain = likelihood.deviance(small.minimum.value);
  const warnings = boundaryWarnings(onBoundary, lost);
  if (gain < -nothing)
    warnings.push(
      createWarning(
        'NESTED_FIT_LOWER',
        `The small law reached an objective of ${small.minimum.value.toPrecision(8)}, below the ${large.minimum.value.toPrecision(8)} of the large one that contains it.`,
      ),
    );
  const half = onBoundary.length === 1;
  const tail = (statistic: number, df: number): number => (df === 0 ? 0 : chiSquareSurvival(statistic, df));
  const statistic = gain > nothing ? gain : 0;
  const pValue = half
    ? 0.5 * (tail(statistic, q - 1) + chiSquareSurvival(statistic, q))
    : chiSquareSurvival(statistic, q);
  return {
    ...adjust(large, groups, gradients, statistic, options.adjust, half ? 0.5 : 1),
    statistic,
    degreesOfFreedom: q,
    pValue: half && statistic === 0 ? 1 : pValue,
    restrictions,
    onBoundary,
    warnings,
  };
}

/** The adjusted form of a test of some linear combinations of the coordinates of a fit. */
export function adjust(
  fit: LawFit,
  groups: Groups,
  gradients: readonly Float64Array[],
  statistic: number,
  wanted: Adjustment | undefined,
  share = 1,
): Pick<RatioTest, 'adjusted'> {
  const adjustment = adjustLikelihood(fit, groups, likelihoodOf(fit), wanted);
  const designEffect = adjustment.adjust === 'none' ? null : designEffectOf(adjustment, gradients);
  if (designEffect === null) return { adjusted: null };
  const q = gradients.length;
  const denominator = adjustment.degreesOfFreedom;
  const scaled = statistic / designEffect;
  const pValue = share * fisherSurvival(scaled / q, q, denominator);
  return { adjusted: { designEffect, statistic: scaled, denominator, pValue: statistic === 0 ? 1 : pValue } };
}

function checkSameData(small: LawFit, large: LawFit): void {
  const refuse = (reason: string): never => {
    throw new IsoflopError('NOT_NESTED', { reason });
  };
  if (small.objective.id !== large.objective.id || small.delta !== large.delta)
    refuse(`they were fitted with different objectives (${small.objective.id} and ${large.objective.id})`);
  const [a, b] = [small.rows.data, large.rows.data];
  const isSame = (x: Float64Array | undefined, y: Float64Array | undefined): boolean =>
    x === y || (x?.length === y?.length && x?.every((value, i) => value === y?.[i]) === true);
  if (a.rows !== b.rows || !isSame(a.observed, b.observed) || !isSame(a.weights, b.weights))
    refuse(`they were fitted to different rows (${String(a.rows)} and ${String(b.rows)})`);
}

interface Difference {
  /** Gradients of what the small law holds in the coordinates of the large one. */
  readonly gradients: readonly Float64Array[];
  readonly restrictions: readonly string[];
  readonly onBoundary: readonly string[];
  /** Exponents that mean nothing where the amplitudes on the boundary are 0. */
  readonly lost: readonly string[];
}

/** What the small law holds that the large one leaves free. */
function difference(small: LawFit, large: LawFit): Difference {
  const { law } = large;
  const nesting = nestings.find((entry) => entry.small === small.law.id && entry.large === law.id);
  if (small.law.id !== law.id && nesting === undefined)
    throw new IsoflopError('NOT_NESTED', {
      reason: `${small.law.id} is not known to be a special case of ${law.id}`,
    });
  const fixed = { ...nesting?.held, ...small.restrictions.fixed };
  const { tied } = small.restrictions;
  for (const name of Object.keys({ ...large.restrictions.fixed, ...large.restrictions.tied }))
    if (!(name in fixed) && !(name in tied))
      throw new IsoflopError('NOT_NESTED', { reason: `the large law holds ${name}, which the small one leaves free` });
  const isFree = (name: string): boolean => !(name in large.restrictions.fixed) && !(name in large.restrictions.tied);
  const direction = (entries: Readonly<Record<string, number>>): Float64Array =>
    Float64Array.from(law.params, ({ name }) => (entries as Readonly<Record<string, number | undefined>>)[name] ?? 0);
  const heldNames = Object.keys(fixed).filter(isFree);
  const tiedNames = Object.keys(tied).filter(isFree);
  const onBoundary = heldNames.filter(
    (name) => fixed[name] === 0 && law.params.find((param) => param.name === name)?.transform === 'log',
  );
  const lost = (law.separable ?? []).flatMap(({ amplitude, power }) =>
    power !== undefined && onBoundary.includes(amplitude) ? [power.exponent] : [],
  );
  return {
    gradients: [
      ...heldNames.map((name) => direction({ [name]: 1 })),
      ...tiedNames.map((name) => direction({ [name]: 1, [tied[name]]: -1 })),
    ],
    restrictions: [
      ...heldNames.map((name) => `${name} = ${String(fixed[name])}`),
      ...tiedNames.map((name) => `${name} = ${tied[name]}`),
    ],
    onBoundary,
    lost,
  };
}

function boundaryWarnings(onBoundary: readonly string[], lost: readonly string[]): Warning[] {
  if (onBoundary.length === 0) return [];
  const where = onBoundary.map((name) => `${name} = 0`).join(', ');
  if (lost.length > 0)
    return [
      createWarning(
        'NULL_ON_BOUNDARY',
        `Under the null hypothesis (${where}) ${lost.join(', ')} means nothing, so the chi-square holds only roughly.`,
      ),
    ];
  return [
    createWarning(
      'NULL_ON_BOUNDARY',
      onBoundary.length === 1
        ? `The null hypothesis (${where}) lies on the boundary: p is that of a mixture of chi-squares.`
        : `The null hypothesis (${where}) lies on the boundary, so p is larger than it should be.`,
      { level: onBoundary.length === 1 ? 'info' : 'warning' },
    ),
  ];
}
