import { studentQuantile } from '../../core/special.ts';
import { IsoflopError } from '../../core/errors.ts';
import type { Fit } from '../../fit/result.ts';
import { lawOf } from '../../laws/index.ts';
import { coordinateDraws, coordinatesOf, percentiles, quadraticForm } from '../../uncertainty/predict.ts';
import { allocate, allocateEach, type Allocation } from '../allocate.ts';
import { findOptima, findOptimum } from '../optimum.ts';
import type { Interval } from './trend.ts';

/** What the fitted law itself says. */
export interface ParametricEstimate {
  readonly allocation: Allocation | null;
  /** Exponents of N* and D* at the target, and their intervals. */
  readonly exponents: { readonly params: number; readonly interval: Interval } | null;
  readonly reason: string | null;
}

/** Half the step in ln C over which the exponent is taken; for power laws any step gives the same. */
const step = 0.05;

/** Share of the draws that must have an optimum for an interval to be given. */
const enoughOptima = 0.95;

/**
 * Approach 3: the compute-optimal point of the fitted law, and the exponent of N* at the target with the interval of its
 * draws, or by the delta method.
 *
 * @see arXiv 2203.15556, section 3.3
 */
export function estimateParametric(fit: Fit, flops: number, confidence: number): ParametricEstimate {
  const allocation = allocationOrFault(fit, flops, confidence);
  if ('fault' in allocation) return { allocation: null, exponents: null, reason: allocation.fault };
  const exponentAt = exponentOf(fit, flops);
  const params = exponentAt(coordinatesOf(fit));
  if (params === null) return { allocation, exponents: null, reason: null };
  return {
    allocation,
    exponents: { params, interval: exponentInterval(fit, exponentAt, params, confidence) },
    reason: null,
  };
}

/** N* of the law with its interval at several budgets; `null` where it has none. */
export function sizesOrNull(
  fit: Fit,
  budgets: readonly number[],
  confidence: number,
): ({ readonly params: number; readonly interval: Interval } | null)[] {
  const law = lawOf(fit);
  const factor = fit.data.conventions.flopsPerParamToken;
  // A law that is searched may have an optimum at some budgets only.
  const optima = budgets.map((flops) => findOptimum(law, coordinatesOf(fit), Math.log(flops / factor)));
  const answered = budgets.filter((_, k) => !('fault' in optima[k]));
  const plans = allocateEach(fit, answered, { confidence, intervals: ['params'] });
  return optima.map((optimum, k) => {
    if ('fault' in optimum) return null;
    const { params, intervals } = plans[answered.indexOf(budgets[k])];
    return { params, interval: intervals.params };
  });
}

/** The law's own allocation, or why it has none. */
function allocationOrFault(fit: Fit, flops: number, confidence: number): Allocation | { readonly fault: string } {
  try {
    return allocate(fit, flops, { confidence });
  } catch (error) {
    if (!(error instanceof IsoflopError) || error.code !== 'NO_OPTIMUM') throw error;
    return { fault: (error as IsoflopError<'NO_OPTIMUM'>).details.reason };
  }
}

/** d ln N* / d ln C at the target as a function of the law's coordinates; `null` where there is no optimum. */
function exponentOf(fit: Fit, flops: number): (theta: Float64Array) => number | null {
  const law = lawOf(fit);
  const logBudget = Math.log(flops / fit.data.conventions.flopsPerParamToken);
  const ends = Float64Array.of(logBudget + step, logBudget - step);
  return (theta) => {
    const [[above, below]] = findOptima(law, theta, ends);
    return Number.isNaN(above + below) ? null : (above - below) / (2 * step);
  };
}

function exponentInterval(
  fit: Fit,
  exponentAt: (theta: Float64Array) => number | null,
  center: number,
  confidence: number,
): Interval {
  if (fit.bootstrap !== null) {
    const draws = Array.from(coordinateDraws(fit), exponentAt).filter((value) => value !== null);
    if (draws.length < Math.max(2, enoughOptima * fit.bootstrap.certified)) return null;
    return percentiles(Float64Array.from(draws), confidence);
  }
  const { matrix, degreesOfFreedom } = fit.covariance;
  if (matrix === null) return null;
  const theta = coordinatesOf(fit);
  const gradient = Array.from(theta, (value, k) => {
    // Coordinates that do not vary (fixed, off) have zero covariance; minus infinity must not reach a difference.
    if (!Number.isFinite(value) || matrix[k * theta.length + k] === 0) return 0;
    const moved = (shift: number): number => {
      const other = theta.slice();
      other[k] += shift;
      return exponentAt(other) ?? center;
    };
    return (moved(1e-4) - moved(-1e-4)) / 2e-4;
  });
  const error = studentQuantile(0.5 + confidence / 2, degreesOfFreedom) * Math.sqrt(quadraticForm(matrix, gradient));
  return [center - error, center + error];
}
