import { studentQuantile } from '../../core/special.ts';
import { percentiles } from '../../uncertainty/predict.ts';
import type { Line } from './line.ts';

/** An interval, or `null` where there is none to give. */
export type Interval = readonly [number, number] | null;

/** Powers of compute: N* = N1 C^a and D* = D1 C^b as lines in ln C. */
export interface Trends {
  readonly params: Line;
  readonly tokens: Line;
}

/** What an approach says about a target. */
export interface Advice {
  /** Exponent a of N* ~ C^a. */
  readonly paramsExponent: number;
  /** Exponent b of D* ~ C^b. */
  readonly tokensExponent: number;
  readonly params: number;
  readonly tokens: number;
  readonly tokensPerParam: number;
}

/** An interval for each number of an {@link Advice}. */
export type AdviceIntervals = Readonly<Record<keyof Advice, Interval>>;

/** No intervals at all. */
export const noIntervals: AdviceIntervals = {
  paramsExponent: null,
  tokensExponent: null,
  params: null,
  tokens: null,
  tokensPerParam: null,
};

/** What lines in ln C say about a target. */
export function adviceOf({ params, tokens }: Trends, flops: number): Advice {
  const logC = Math.log(flops);
  const [logN, logD] = [params.intercept + params.slope * logC, tokens.intercept + tokens.slope * logC];
  return {
    paramsExponent: params.slope,
    tokensExponent: tokens.slope,
    params: Math.exp(logN),
    tokens: Math.exp(logD),
    tokensPerParam: Math.exp(logD - logN),
  };
}

/** Resamples that an interval needs. */
const enoughResamples = 20;

const isExponent = (name: keyof Advice): boolean => name === 'paramsExponent' || name === 'tokensExponent';

/**
 * Intervals of an advice from its resamples: percentiles, widened where the points lie farther from their line than the noise
 * of the resamples explains.
 *
 * @param advice - the estimate
 * @param resampled - the same from resampled points
 * @param options - `widen`: factor on the distance from the estimate (in logarithms for all but exponents), 1 or more;
 *   `floor`: smallest half-width of each, in the same scale
 */
export function adviceIntervals(
  advice: Advice,
  resampled: readonly Advice[],
  confidence: number,
  { widen = 1, floor }: { readonly widen?: number; readonly floor?: Readonly<Record<keyof Advice, number>> } = {},
): AdviceIntervals {
  if (resampled.length < enoughResamples) return noIntervals;
  const interval = (name: keyof Advice): Interval => {
    const scale = isExponent(name) ? (x: number): number => x : Math.log;
    const back = isExponent(name) ? (x: number): number => x : Math.exp;
    const center = scale(advice[name]);
    const [low, high] = percentiles(
      Float64Array.from(resampled, (one) => scale(one[name])),
      confidence,
    );
    const least = floor?.[name] ?? 0;
    return [
      back(Math.min(center - least, center + widen * Math.min(0, low - center))),
      back(Math.max(center + least, center + widen * Math.max(0, high - center))),
    ];
  };
  return {
    paramsExponent: interval('paramsExponent'),
    tokensExponent: interval('tokensExponent'),
    params: interval('params'),
    tokens: interval('tokens'),
    tokensPerParam: interval('tokensPerParam'),
  };
}

/** Half-widths of the intervals that the scatter of the points about their lines alone gives, for `floor`. */
export function scatterWidths(
  { params, tokens }: Trends,
  flops: number,
  points: number,
  confidence: number,
): Readonly<Record<keyof Advice, number>> {
  const t = points < 3 ? 0 : studentQuantile(0.5 + confidence / 2, points - 2);
  const logC = Math.log(flops);
  const [n, d] = [params.errorAt?.(logC) ?? 0, tokens.errorAt?.(logC) ?? 0];
  return {
    paramsExponent: t * (params.slopeError ?? 0),
    tokensExponent: t * (tokens.slopeError ?? 0),
    params: t * n,
    tokens: t * d,
    // N* and D* err against each other: their product is the compute.
    tokensPerParam: t * (n + d),
  };
}
