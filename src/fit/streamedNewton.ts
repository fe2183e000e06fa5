import { choleskyInPlace, choleskySolve } from '../core/linalg.ts';
import { totalsAt, type Totals } from './blocks.ts';
import { finalGradient, gradientNorm, isCertified, isHeld, relativeGradient, unresolved } from './certificate.ts';
import { clip, type LocalMinimum } from './newton.ts';
import type { Problem } from './problem.ts';
import { negligible } from './stepModel.ts';

/** Most steps of one search: it begins at the minimum of a large sample, from which a few lead to that of all rows. */
const mostSteps = 50;
/** Steps after which a search that is beaten is given up. */
const enoughSteps = 8;

/**
 * Damped Newton minimisation with exact Hessians that keeps nothing for each row.
 *
 * `Newton` follows the kinks of a Huber penalty row by row, with derivatives of every row in memory. Of a million rows so
 * many lie in the quadratic zone that the objective is smooth over the distance from the minimum of a sample, and plain
 * Newton steps converge; where one gains too little it is damped. The certificate is the same.
 *
 * @param known - certified minima; a search that cannot come below them is given up
 */
export function minimizeStreamed(
  problem: Problem,
  start: Float64Array,
  known: readonly LocalMinimum[] = [],
): LocalMinimum {
  const { lower, upper } = problem.free;
  const { rounding, floor } = problem;
  const totals = (point: Float64Array): Totals => {
    clip(point, lower, upper);
    return totalsAt(problem, point);
  };
  let current = totals(start.slice());
  let damping = 0;
  let iterations = 0;
  for (; iterations < mostSteps && current.value < Infinity; iterations++) {
    const { step, left } = stepFrom(problem, current, damping);
    const relative = relativeGradient(problem, current, rounding);
    // Nothing leads on from where no matrix says anything, and there is no certificate either.
    if (left === Infinity) break;
    if (current.value <= floor || (left <= negligible * current.value && relative <= finalGradient)) break;
    // What is left to gain is no bound far from a minimum; after some steps it is close enough to one.
    if (iterations >= enoughSteps && known.some((other) => other.certified && current.value - 10 * left > other.value))
      break;
    const trial = totals(current.point.map((x, k) => x + step[k]));
    const gained = current.value - trial.value;
    const tooSmall = unresolved(problem, current.value, rounding);
    if (left < tooSmall) {
      // Values no longer tell the points apart, but gradients still do: go on while they shrink.
      if (gained < -tooSmall || relativeGradient(problem, trial, rounding) >= 0.5 * relative) break;
      current = trial;
    } else if (gained > 1e-4 * left) {
      current = trial;
      if (gained > 0.5 * left) damping = damping < 1e-9 ? 0 : damping / 16;
    } else {
      if (damping > 1e12) break;
      damping = Math.max(8 * damping, 1e-4);
    }
  }
  const left = current.value < Infinity ? stepFrom(problem, current, 0).left : Infinity;
  return {
    point: current.point,
    value: current.value,
    gradientNorm: gradientNorm(problem, current),
    certified: isCertified(problem, current, left, rounding),
    iterations,
  };
}

/**
 * The Newton step among the coordinates that are not held at a bound, and the decrease that it promises. Where the Hessian is
 * not positive definite, the reweighted least-squares matrix, which bounds the curvature of the penalties, takes the place
 * of their own, at last without the second derivatives of the residuals.
 */
function stepFrom(problem: Problem, at: Totals, damping: number): { step: Float64Array; left: number } {
  const { size } = problem.free;
  const step = new Float64Array(size);
  const open = Array.from(step.keys()).filter((k) => !isHeld(problem, at, k));
  const bound = at.information.map((x, k) => x + at.secondOrder[k]);
  for (const [matrix, extra] of [
    [at.hessian, damping],
    [bound, damping],
    [at.information, Math.max(damping, 1e-10)],
  ] as const) {
    const factor = new Float64Array(open.length ** 2);
    for (const [a, k] of open.entries())
      for (const [b, l] of open.entries())
        if (b <= a) factor[a * open.length + b] = matrix[k * size + l] + (a === b ? extra * (at.scale[k] || 1) : 0);
    if (!choleskyInPlace(factor, open.length)) continue;
    const packed = Float64Array.from(open, (k) => -at.gradient[k]);
    choleskySolve(factor, open.length, packed);
    let left = 0;
    for (const [a, k] of open.entries()) {
      step[k] = packed[a];
      left -= 0.5 * at.gradient[k] * packed[a];
    }
    return { step, left };
  }
  return { step, left: Infinity };
}
