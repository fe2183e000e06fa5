import { IsoflopError } from '../core/errors.ts';
import { studentQuantile } from '../core/special.ts';
import { paramValues, type Fit } from '../fit/result.ts';
import { lawOf } from '../laws/index.ts';
import { toCoordinates, type Law } from '../laws/law.ts';
import { findOptima, findOptimum, type LogOptimum } from './optimum.ts';
import { checkConfidence, coordinateDraws, coordinatesOf, percentiles, quadraticForm } from '../uncertainty/predict.ts';

type Interval = readonly [number, number] | null;

/** How to split a compute budget between model size and training tokens. */
export interface Allocation {
  readonly flops: number;
  readonly params: number;
  readonly tokens: number;
  readonly tokensPerParam: number;
  /** Predicted loss at the optimum. */
  readonly loss: number;
  /** Intervals from the bootstrap draws, or by the delta method; `null` where the fit has no error estimate. */
  readonly intervals: {
    readonly params: Interval;
    readonly tokens: Interval;
    readonly tokensPerParam: Interval;
    readonly loss: Interval;
  };
}

/** Share of the draws that must have an optimum for an interval to be given. */
const enoughOptima = 0.95;

/**
 * The compute-optimal model size and number of tokens for a budget C = k N D: for sums of power laws in closed form,
 * N* = G (C/k)^a with G = (alpha A / (beta B))^(1/(alpha+beta)) and a = beta / (alpha + beta), for other laws of params and
 * tokens by a search over sizes.
 *
 * @param flops - compute budget C in FLOP
 * @throws {@link IsoflopError} `NO_OPTIMUM`, `QUANTITY_NOT_POSITIVE`
 * @see arXiv 2203.15556, section 3.3, equation 4
 * @example
 * ```ts
 * allocate(fit, 5.76e23).params; // 7.32e10
 * ```
 */
export function allocate(fit: Fit, flops: number, options: { confidence?: number } = {}): Allocation {
  return allocateEach(fit, [flops], options)[0];
}

/** Quantities of an allocation that have intervals. */
const quantities = ['params', 'tokens', 'tokensPerParam', 'loss'] as const;

/** Options of {@link allocateEach}. */
export interface AllocateEachOptions {
  /** Probability of the intervals; that of the fit unless given. */
  readonly confidence?: number;
  /** Of what intervals from a bootstrap are wanted; of everything unless given. */
  readonly intervals?: readonly (typeof quantities)[number][];
}

/**
 * {@link allocate} for several budgets. A bootstrap is gone through once for all of them.
 *
 * @param budgets - compute budgets in FLOP
 * @throws {@link IsoflopError} `NO_OPTIMUM`, `QUANTITY_NOT_POSITIVE`
 * @example
 * ```ts
 * allocateEach(fit, [1e21, 1e22]).map((plan) => plan.flops); // [1e21, 1e22]
 * ```
 */
export function allocateEach(fit: Fit, budgets: readonly number[], options: AllocateEachOptions = {}): Allocation[] {
  for (const flops of budgets)
    if (typeof flops !== 'number' || !(flops > 0 && flops < Infinity))
      throw new IsoflopError('QUANTITY_NOT_POSITIVE', { what: 'flops', value: flops });
  const law = lawOf(fit);
  const confidence = checkConfidence(options.confidence ?? fit.confidence);
  const k = fit.data.conventions.flopsPerParamToken;
  const theta = toCoordinates(law, paramValues(fit));
  const best = budgets.map((flops): LogOptimum => {
    const found = findOptimum(law, theta, Math.log(flops / k));
    if ('fault' in found) throw new IsoflopError('NO_OPTIMUM', { law: law.id, reason: found.fault });
    return found;
  });
  const intervals =
    fit.bootstrap === null
      ? budgets.map((flops, i) => deltaIntervals(fit, law, flops / k, best[i], confidence))
      : drawIntervals(
          fit,
          law,
          Float64Array.from(budgets, (flops) => Math.log(flops / k)),
          confidence,
          options.intervals,
        );
  return budgets.map((flops, i) => {
    const [params, tokens, loss] = best[i].map(Math.exp);
    return { flops, params, tokens, tokensPerParam: tokens / params, loss, intervals: intervals[i] };
  });
}

function drawIntervals(
  fit: Fit,
  law: Law,
  logBudgets: Float64Array,
  confidence: number,
  wanted: readonly string[] = quantities,
): Allocation['intervals'][] {
  const draws = fit.bootstrap?.certified ?? 0;
  const count = logBudgets.length;
  const found = new Int32Array(count);
  const chosen = quantities.map((quantity) => wanted.includes(quantity));
  // Row-major budgets x draws, one for each quantity.
  const samples = chosen.map((isWanted) => new Float64Array(isWanted ? count * draws : 0));
  for (const theta of coordinateDraws(fit)) {
    const [n, d, loss] = findOptima(law, theta, logBudgets);
    for (let i = 0; i < count; i++) {
      // A draw with a term switched off has no optimum between the two; it says nothing about where one would be.
      if (Number.isNaN(n[i])) continue;
      const at = i * draws + found[i]++;
      if (chosen[0]) samples[0][at] = n[i];
      if (chosen[1]) samples[1][at] = d[i];
      if (chosen[2]) samples[2][at] = d[i] - n[i];
      if (chosen[3]) samples[3][at] = loss[i];
    }
  }
  return Array.from(found, (optima, i) => {
    // An interval of the few draws that have an optimum would hide that the others have none.
    if (optima < Math.max(2, enoughOptima * draws))
      return { params: null, tokens: null, tokensPerParam: null, loss: null };
    const [params, tokens, tokensPerParam, loss] = samples.map((sample, q): Interval => {
      if (!chosen[q]) return null;
      const [low, high] = percentiles(sample.subarray(i * draws, i * draws + optima), confidence);
      return [Math.exp(low), Math.exp(high)];
    });
    return { params, tokens, tokensPerParam, loss };
  });
}

function deltaIntervals(
  fit: Fit,
  law: Law,
  budget: number,
  best: LogOptimum,
  confidence: number,
): Allocation['intervals'] {
  const { matrix, degreesOfFreedom } = fit.covariance;
  if (matrix === null) return { params: null, tokens: null, tokensPerParam: null, loss: null };
  const theta = coordinatesOf(fit);
  // A searched optimum is known to half the digits of the loss, so its differences need a longer step.
  const step = law.allocation === undefined ? 1e-3 : 1e-5;
  const at = (k: number, shift: number): LogOptimum => {
    const moved = theta.slice();
    moved[k] += shift;
    const found = findOptimum(law, moved, Math.log(budget));
    return 'fault' in found ? best : found;
  };
  // Coordinates that do not vary (fixed, off) have zero covariance; minus infinity must not reach a difference.
  const gradients = Array.from(theta, (value, k): readonly number[] => {
    if (!Number.isFinite(value) || matrix[k * theta.length + k] === 0) return [0, 0, 0];
    const [up, down] = [at(k, step), at(k, -step)];
    return up.map((u, j) => (u - down[j]) / (2 * step));
  });
  const t = studentQuantile(0.5 + confidence / 2, degreesOfFreedom);
  const interval = (center: number, pick: (g: readonly number[]) => number): Interval => {
    const error = t * Math.sqrt(quadraticForm(matrix, gradients.map(pick)));
    return [Math.exp(center - error), Math.exp(center + error)];
  };
  return {
    params: interval(best[0], (g) => g[0]),
    tokens: interval(best[1], (g) => g[1]),
    tokensPerParam: interval(best[1] - best[0], (g) => g[1] - g[0]),
    loss: interval(best[2], (g) => g[2]),
  };
}
