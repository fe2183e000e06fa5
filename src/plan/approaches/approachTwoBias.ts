import type { Fit } from '../../fit/result.ts';
import { lawOf } from '../../laws/index.ts';
import { findOptimum } from '../optimum.ts';
import { coordinatesOf } from '../../uncertainty/predict.ts';
import { akima } from './akima.ts';
import { surfaceOf } from './columns.ts';
import { fitLine } from './line.ts';
import type { MinimumMethod } from './minima.ts';
import { fitParabola } from './parabola.ts';

/** The sizes trained at one compute budget. */
export interface BudgetGrid {
  /** Compute, FLOP. */
  readonly flops: number;
  /** Sizes of the models, parameters. */
  readonly params: ArrayLike<number>;
  /** Weight of the budget in the regression on compute; 1 unless given. */
  readonly weight?: number;
}

/** How far approach 2 misses on a grid of sizes when the surface is known and there is no noise. */
export interface ApproachTwoBias {
  /** Error of N* at the target, a share: 0.05 is 5% too many. */
  readonly params: number;
  /** Error of D* at the target, a share. */
  readonly tokens: number;
  /** Exponents that approach 2 would find, and those of the surface between the outermost budgets. */
  readonly paramsExponent: number;
  readonly tokensExponent: number;
  readonly trueParamsExponent: number;
  readonly trueTokensExponent: number;
  /** Geometric mean over budgets of (middle of the sizes / best size): 1 on centred grids. */
  readonly offCenter: number;
}

/**
 * The error that approach 2 would make on a grid even without noise: the fitted surface is read at the very sizes and budgets
 * of the grid, the minima are found, and their power law is compared with the surface's own optimum. A parabola is symmetric
 * in ln N and a loss is not, so a wide grid, or one whose sizes are not centred on the best, moves its lowest point.
 *
 * @param fit - a fit of a law of params and tokens, which stands for the truth
 * @param grid - sizes at each budget
 * @param flops - target compute, FLOP
 * @returns the bias, or why it cannot be told
 * @see arXiv 2203.15556, section 3.2, for the approach
 * @example
 * ```ts
 * const sizes = [1e8, 2e8, 4e8, 8e8, 1.6e9];
 * const grid = [1e19, 1e20, 1e21].map((flops, k) => ({ flops, params: sizes.map((n) => n * 3 ** k) }));
 * const bias = approachTwoBias(fit, grid, 1e24);
 * 'fault' in bias ? bias.fault : bias.tokens; // -0.02: D* comes out 2% too low
 * ```
 */
export function approachTwoBias(
  fit: Fit,
  grid: readonly BudgetGrid[],
  flops: number,
  method: MinimumMethod = 'parabola',
): ApproachTwoBias | { readonly fault: string } {
  const law = lawOf(fit);
  const surface = surfaceOf(fit, law);
  if (surface === undefined) return { fault: `${law.id} is not a law of the loss in params and tokens` };
  const k = fit.data.conventions.flopsPerParamToken;
  const theta = coordinatesOf(fit);
  const optimumAt = (compute: number): ReturnType<typeof findOptimum> => findOptimum(law, theta, Math.log(compute / k));
  const target = optimumAt(flops);
  if ('fault' in target) return { fault: target.fault };
  const found = grid.flatMap(({ flops: compute, params, weight = 1 }) => {
    const logN = Float64Array.from(params, Math.log).sort();
    const logLoss = logN.map((n) => surface(n, Math.log(compute / k) - n));
    const place = noiseFreeMinimum(method, logN, logLoss);
    const truth = optimumAt(compute);
    if (place === null || 'fault' in truth) return [];
    return [{ logC: Math.log(compute), place, truth: truth[0], center: (logN[0] + logN[logN.length - 1]) / 2, weight }];
  });
  const logC = found.map((one) => one.logC);
  const line =
    found.length < 2
      ? null
      : fitLine(
          logC,
          found.map((one) => one.place),
          found.map((one) => one.weight),
        );
  const exact =
    found.length < 2
      ? null
      : fitLine(
          logC,
          found.map((one) => one.truth),
        );
  if (line === null || exact === null)
    return { fault: 'on the fitted surface fewer than two budgets have their minimum among their sizes' };
  const error = line.intercept + line.slope * Math.log(flops) - target[0];
  return {
    params: Math.expm1(error),
    // At equal compute N* D* is the same, so what N* has too much D* has too little.
    tokens: Math.expm1(-error),
    paramsExponent: line.slope,
    tokensExponent: 1 - line.slope,
    trueParamsExponent: exact.slope,
    trueTokensExponent: 1 - exact.slope,
    offCenter: Math.exp(found.reduce((sum, one) => sum + one.center - one.truth, 0) / found.length),
  };
}

/** ln N of the minimum among the sizes, or `null`. */
function noiseFreeMinimum(method: MinimumMethod, logN: Float64Array, logLoss: Float64Array): number | null {
  if (method === 'akima') {
    if (logN.length < 4) return null;
    const { x, isInside } = akima(logN, logLoss).minimum;
    return isInside ? x : null;
  }
  return fitParabola(logN, logLoss.map(Math.exp))?.vertex ?? null;
}
