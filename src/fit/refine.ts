import { solveColumns } from './linearStart.ts';
import { Newton, type LocalMinimum } from './newton.ts';
import type { Problem } from './problem.ts';
import { timesVector } from './rowAlgebra.ts';

/** Most steps; each wins several digits or is not taken. */
const mostSteps = 8;

/**
 * Sharpens a minimum of least squares to the digits that its condition allows.
 *
 * The search solves with J'J, whose condition is that of J squared: where parameters are nearly exchangeable, as in
 * b1 (b2 + x)^(-1/b3), its gradient is rounding while the parameters still lack digits. Steps from an orthogonalisation of J
 * itself do not lose them. They are taken as long as the part of the residuals that J can explain shrinks.
 */
export function refineSquares(problem: Problem, minimum: LocalMinimum): LocalMinimum {
  const { objective, free, data } = problem;
  const isInside = minimum.point.every((x, k) => x > free.lower[k] && x < free.upper[k]);
  if (objective.delta !== null || !minimum.certified || !isInside) return minimum;
  const { rows, weights } = data;
  const at = problem.createLinearization();
  /** The step at a point, and the length of what it explains. */
  const stepAt = (point: Float64Array): { step: Float64Array; explained: number } => {
    problem.linearize(point, at);
    const root = (i: number): number => Math.sqrt(weights?.[i] ?? 1);
    const columns = Array.from({ length: free.size }, (_, k) =>
      Float64Array.from({ length: rows }, (_unused, i) => root(i) * at.jacobian[i * free.size + k]),
    );
    const step = solveColumns(
      columns,
      Float64Array.from({ length: rows }, (_, i) => -root(i) * at.residual[i]),
    );
    const change = new Float64Array(rows);
    timesVector(at.jacobian, step, rows, free.size, change);
    return { step, explained: Math.sqrt(change.reduce((sum, x, i) => sum + (root(i) * x) ** 2, 0)) };
  };
  let best = minimum.point;
  let found = stepAt(best);
  for (let n = 0; n < mostSteps; n++) {
    const next = best.map((x, k) => x + found.step[k]);
    const after = stepAt(next);
    if (!(after.explained < found.explained)) break;
    [best, found] = [next, after];
  }
  const refined = new Newton(problem).certifyAt(best);
  return refined.certified ? { ...refined, iterations: minimum.iterations } : minimum;
}
