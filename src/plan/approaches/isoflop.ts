import { fitLine } from './line.ts';
import { findMinimum, type BudgetMinimum, type MinimumMethod, type SampledMinimum } from './minima.ts';
import type { LogNoise } from './seedNoise.ts';
import type { Slice } from './slices.ts';
import { adviceIntervals, adviceOf, type Advice, type AdviceIntervals, type Trends } from './trend.ts';

/** What the minima say about a target. */
export interface IsoflopAdvice {
  /** Of parabolas with all budgets alike, of interpolated minima weighted by 1 / deviation^2. */
  readonly advice: Advice;
  readonly intervals: AdviceIntervals;
  /** With all budgets alike, and weighted. */
  readonly ordinary: Advice;
  readonly weighted: Advice;
}

/** What the minima of isoFLOP curves say. */
export interface IsoflopEstimate {
  readonly budgets: readonly BudgetMinimum[];
  /** The advice for a compute in FLOP; `null` with a reason where fewer than two budgets have a minimum. */
  readonly at: ((flops: number) => IsoflopAdvice) | null;
  /** How many times as far as seed noise explains the minima lie from their line; intervals are widened by it when above 1. */
  readonly scatter: number | null;
  readonly reason: string | null;
}

/** Options of {@link estimateIsoflop}. */
export interface IsoflopOptions {
  readonly noise: LogNoise;
  readonly resamples: number;
  readonly seed: number;
  readonly confidence: number;
}

/**
 * Approach 2: the best size of each budget, and a power law of compute through them. Budgets without a minimum among their
 * sizes are dropped and say why.
 *
 * @param slices - losses at each budget
 * @see arXiv 2203.15556, section 3.2 (parabola); arXiv 2406.19146 (interpolation, seed noise, weights)
 */
export function estimateIsoflop(
  slices: readonly Slice[],
  method: MinimumMethod,
  options: IsoflopOptions,
): IsoflopEstimate {
  const sampled = slices.map((slice, stream) => findMinimum(slice, method, { ...options, stream }));
  const budgets = sampled.map((one) => one.summary);
  const used = sampled.filter((one) => one.summary.isUsed);
  const none = (reason: string): IsoflopEstimate => ({ budgets, at: null, scatter: null, reason });
  if (used.length < 2)
    return none(
      `${used.length === 0 ? 'no budget has' : 'only one budget has'} a minimum among its sizes, and a trend needs two`,
    );
  const weights = used.map((one) => 1 / (one.summary.deviation ?? NaN) ** 2);
  const minima = used.map((one) => Math.log(one.summary.params ?? NaN));
  const [ordinary, weighted] = [trendsOf(used, minima), trendsOf(used, minima, weights)];
  if (ordinary === null || weighted === null) return none('its budgets have the same compute');
  // How a parabola misses its minimum is the same in every budget, however noisy; an interpolation only has its noise.
  const isWeighted = method === 'akima';
  const trends = isWeighted ? weighted : ordinary;
  const resampled = Array.from({ length: options.resamples }, (_, draw) => {
    const there = used.flatMap((one, k) => (Number.isNaN(one.draws[draw]) ? [] : [k]));
    return trendsOf(
      there.map((k) => used[k]),
      there.map((k) => used[k].draws[draw]),
      isWeighted ? there.map((k) => weights[k]) : undefined,
    );
  }).filter((one) => one !== null);
  const scatter = scatterOf(used, minima, isWeighted ? weights : weights.map(() => 1), trends);
  const at = (flops: number): IsoflopAdvice => {
    const advice = adviceOf(trends, flops);
    const others = resampled.map((one) => adviceOf(one, flops));
    const intervals = adviceIntervals(advice, others, options.confidence, { widen: Math.max(1, scatter ?? 1) });
    return { advice, intervals, ordinary: adviceOf(ordinary, flops), weighted: adviceOf(weighted, flops) };
  };
  return { budgets, at, scatter, reason: null };
}

/** Lines of ln N* and ln D* against ln C. */
function trendsOf(
  used: readonly SampledMinimum[],
  logN: readonly number[],
  weights?: readonly number[],
): Trends | null {
  if (used.length < 2) return null;
  const logC = used.map((one) => Math.log(one.summary.flops));
  const logD = used.map((one, k) => one.logProduct(logN[k]) - logN[k]);
  const [params, tokens] = [fitLine(logC, logN, weights), fitLine(logC, logD, weights)];
  return params === null || tokens === null ? null : { params, tokens };
}

/** How far the minima lie from their line, as a multiple of what their noise explains. */
function scatterOf(
  used: readonly SampledMinimum[],
  logN: readonly number[],
  weights: readonly number[],
  { params }: Trends,
): number | null {
  if (used.length < 3) return null;
  let [observed, explained] = [0, 0];
  for (const [k, { summary, noiseDeviation }] of used.entries()) {
    const expected = params.intercept + params.slope * Math.log(summary.flops);
    observed += (weights[k] * (logN[k] - expected) ** 2) / (used.length - 2);
    explained += (weights[k] * noiseDeviation ** 2) / used.length;
  }
  return Math.sqrt(observed / explained);
}
