import type { Linearization, Problem } from './problem.ts';

/** What a point has to show to be certified; sums over all rows. */
export type PointSums = Pick<Linearization, 'value' | 'point' | 'gradient' | 'gradientScale' | 'scale'>;

/** Largest decrease, relative to the objective, that a certified optimum may still promise. */
const certifiedDecrease = 1e-12;
/** Largest gradient of a certified optimum, relative to the sum of its terms' sizes. */
export const certifiedGradient = 1e-9;
/** A relative gradient below this is rounding. */
export const finalGradient = 1e-11;

/** A promised decrease below this share of the objective is too small to be checked by values. */
const unresolvedShare = 1e-12;

/**
 * The change of the objective below which its values tell nothing: a share of it, or the rounding of its residuals.
 *
 * @param rounding - that of one residual
 */
export function unresolved(problem: Problem, value: number, rounding: number): number {
  return Math.max(unresolvedShare * value, 4 * rounding * Math.sqrt(2 * value * problem.data.rows));
}

/** Whether a coordinate sits at a bound and the objective pushes it outwards. */
export function isHeld(problem: Problem, at: PointSums, k: number): boolean {
  const { lower, upper } = problem.free;
  return (at.point[k] <= lower[k] && at.gradient[k] > 0) || (at.point[k] >= upper[k] && at.gradient[k] < 0);
}

/** Largest component of the gradient among the coordinates that are not held at a bound. */
export function gradientNorm(problem: Problem, at: PointSums): number {
  let norm = 0;
  for (let k = 0; k < at.gradient.length; k++)
    if (!isHeld(problem, at, k)) norm = Math.max(norm, Math.abs(at.gradient[k]));
  return norm;
}

/**
 * The same with each component relative to the sum of the sizes of its terms, so that rounding is about 1e-16.
 *
 * @param rounding - that of one residual
 */
export function relativeGradient(problem: Problem, at: PointSums, rounding: number): number {
  const { rows } = problem.data;
  let relative = 0;
  for (let k = 0; k < at.gradient.length; k++) {
    if (!Number.isFinite(at.gradient[k])) return Infinity;
    // Residuals near their own rounding, as on data written with few digits, leave a gradient that is rounding as well.
    const g = Math.abs(at.gradient[k]) - rounding * Math.sqrt(rows * at.scale[k]);
    // A coordinate that hardly moves the objective at all (a term that is all but off) cannot spoil the optimum.
    if (g > certifiedDecrease * at.value && !isHeld(problem, at, k))
      relative = Math.max(relative, g / at.gradientScale[k]);
  }
  return relative;
}

/**
 * Whether the gradient vanishes to rounding and the curvature says that no more than a relative 1e-12 of the objective is
 * left to gain.
 *
 * @param left - the decrease that the best step promises
 */
export function isCertified(problem: Problem, at: PointSums, left: number, rounding: number): boolean {
  if (!Number.isFinite(at.value)) return false;
  const { floor } = problem;
  const isSmall = left <= Math.max(certifiedDecrease * at.value, floor);
  return at.value <= floor || (isSmall && relativeGradient(problem, at, rounding) <= certifiedGradient);
}
