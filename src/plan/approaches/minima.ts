import { createRandom } from '../../core/random.ts';
import { akima } from './akima.ts';
import { fitParabola } from './parabola.ts';
import type { LogNoise } from './seedNoise.ts';
import type { Slice } from './slices.ts';

/** How the minimum of a budget is found: `parabola` of loss in ln N, or `akima` interpolation of ln L in ln N. */
export type MinimumMethod = 'parabola' | 'akima';

/** The best size at one compute budget. */
export interface BudgetMinimum {
  /** Compute of the budget, FLOP. */
  readonly flops: number;
  /** Runs and distinct sizes at this budget. */
  readonly runs: number;
  readonly sizes: number;
  /** Best size, tokens and loss; `null` where the budget has no minimum between its smallest and its largest size. */
  readonly params: number | null;
  readonly tokens: number | null;
  readonly loss: number | null;
  /** Standard deviation of ln N* under seed noise, at least a third of the distance between sizes. */
  readonly deviation: number | null;
  /** Share of the resamples in which the minimum lies between the smallest and the largest size. */
  readonly insideShare: number;
  /** Whether the budget takes part in the regression on compute. */
  readonly isUsed: boolean;
  /** Why the budget was dropped, or `null`. */
  readonly reason: string | null;
}

/** A minimum with its resamples, for regressions. */
export interface SampledMinimum {
  readonly summary: BudgetMinimum;
  /** ln N* of each resample, NaN where its minimum lies at an edge. Float64Array, length resamples. */
  readonly draws: Float64Array;
  /** Standard deviation of ln N* under seed noise alone. */
  readonly noiseDeviation: number;
  /** ln (N D) at a size, which a budget holds constant up to the way in which compute was counted. */
  readonly logProduct: (logParams: number) => number;
}

/** Sizes that a budget needs. */
const fewestSizes: Readonly<Record<MinimumMethod, number>> = { parabola: 3, akima: 4 };

/** A budget is dropped when fewer than this share of its resamples have their minimum inside. */
const enoughInside = 0.5;

/** Least standard deviation of ln N* for weights, in distances between sizes: nothing is known between the points. */
const leastDeviation = 0.33;

/** The same under noise alone, so that there is something to compare with where there is no noise. */
const leastNoise = 0.01;

/**
 * The best size at one budget, and how far seed noise would move it: the losses are resampled with noise, and the minimum is
 * found again.
 *
 * The parabola's minimum is that of the data, Akima's the median of the resamples: an interpolation follows every point, and
 * its lowest place would jump from run to run.
 *
 * @param slice - sizes and losses at this budget
 * @param options - `noise`: standard deviation of ln L; `stream`: number of the budget, which gives it random numbers of its own
 */
export function findMinimum(
  slice: Slice,
  method: MinimumMethod,
  options: { readonly noise: LogNoise; readonly resamples: number; readonly seed: number; readonly stream: number },
): SampledMinimum {
  const { logParams, logLoss } = slice;
  const n = logParams.length;
  const logProduct = productOf(slice);
  const base = { flops: slice.flops, runs: slice.runs, sizes: n };
  const none = (reason: string, insideShare = 0, deviation: number | null = null): SampledMinimum => ({
    summary: { ...base, params: null, tokens: null, loss: null, deviation, insideShare, isUsed: false, reason },
    draws: new Float64Array(options.resamples).fill(NaN),
    noiseDeviation: NaN,
    logProduct,
  });
  if (n < fewestSizes[method])
    return none(
      `${String(n)} sizes, and ${method === 'akima' ? 'an interpolation' : 'a parabola'} needs ${String(fewestSizes[method])}`,
    );
  const estimate = minimumOf(method, logParams, logLoss);
  if (typeof estimate === 'string') return none(estimate);
  const draws = resampleMinima(slice, method, options);
  const inside = draws.filter((value) => !Number.isNaN(value)).sort();
  const insideShare = options.resamples === 0 ? 1 : inside.length / options.resamples;
  if (insideShare < enoughInside)
    return none(
      `under seed noise only ${String(Math.round(100 * insideShare))}% of its minima lie inside its sizes`,
      insideShare,
    );
  const spacing = (logParams[n - 1] - logParams[0]) / (n - 1);
  const spread = standardDeviation(inside);
  const deviation = Math.max(spread, leastDeviation * spacing) / insideShare;
  const logN = method === 'akima' && inside.length > 0 ? inside[inside.length >> 1] : estimate.logN;
  return {
    summary: {
      ...base,
      params: Math.exp(logN),
      tokens: Math.exp(logProduct(logN) - logN),
      loss: estimate.loss,
      deviation,
      insideShare,
      isUsed: true,
      reason: null,
    },
    draws,
    noiseDeviation: Math.max(spread, leastNoise * spacing),
    logProduct,
  };
}

/** ln N* and the loss there, or why there is no minimum inside. */
function minimumOf(
  method: MinimumMethod,
  logParams: Float64Array,
  logLoss: Float64Array,
): { readonly logN: number; readonly loss: number } | string {
  const [low, high] = [logParams[0], logParams[logParams.length - 1]];
  const edge = (isLow: boolean): string =>
    `the loss is lowest at its ${isLow ? 'smallest' : 'largest'} size: the best lies outside the sizes trained`;
  if (method === 'akima') {
    const { x, y, isInside } = akima(logParams, logLoss).minimum;
    return isInside ? { logN: x, loss: Math.exp(y) } : edge(x <= low);
  }
  const parabola = fitParabola(logParams, logLoss.map(Math.exp));
  if (parabola === null) return 'the loss bends down with size: its parabola has no minimum';
  if (parabola.vertex > low && parabola.vertex < high) return { logN: parabola.vertex, loss: parabola.lowest };
  return edge(parabola.vertex <= low);
}

function resampleMinima(
  { logParams, logLoss, repeats }: Slice,
  method: MinimumMethod,
  {
    noise,
    resamples,
    seed,
    stream,
  }: { readonly noise: LogNoise; readonly resamples: number; readonly seed: number; readonly stream: number },
): Float64Array {
  const random = createRandom(seed, stream);
  const deviations = logLoss.map((value, i) => noise(value) / Math.sqrt(repeats[i]));
  const noisy = new Float64Array(logLoss.length);
  return Float64Array.from({ length: resamples }, () => {
    for (let i = 0; i < noisy.length; i++) noisy[i] = logLoss[i] + deviations[i] * random.normal();
    const found = minimumOf(method, logParams, noisy);
    return typeof found === 'string' ? NaN : found.logN;
  });
}

/** ln N + ln D as a function of ln N, linear between the sizes. */
function productOf({ logParams, logTokens }: Slice): (logN: number) => number {
  return (logN) => {
    let k = 0;
    while (k < logParams.length - 2 && logN > logParams[k + 1]) k++;
    if (logParams.length < 2) return logParams[0] + logTokens[0];
    const share = Math.min(1, Math.max(0, (logN - logParams[k]) / (logParams[k + 1] - logParams[k])));
    const [from, to] = [logParams[k] + logTokens[k], logParams[k + 1] + logTokens[k + 1]];
    return from + share * (to - from);
  };
}

function standardDeviation(values: Float64Array): number {
  if (values.length < 2) return 0;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}
