import { levenbergMarquardt } from 'ml-levenberg-marquardt';
import { Newton } from '../newton.ts';
import type { Solver } from './solver.ts';

/** Most iterations, and those of one round: the package has no test of convergence, so a round that gains nothing ends it. */
const maxIterations = 500;
const roundIterations = 25;

/**
 * The ml-levenberg-marquardt package as an independent cross-check for unweighted least squares. Its 5.1.0 mishandles
 * weights, has no stopping status and gives no covariance, so weights are refused and the end point is certified here.
 */
export const levenbergMarquardtSolver: Solver = {
  id: 'ml-levenberg-marquardt',
  title: 'Levenberg-Marquardt of the package ml-levenberg-marquardt (unweighted least squares only)',
  refuses: ({ objective, data }) => {
    if (objective.delta !== null) return `it minimises squares, and ${objective.id} is not a sum of squares`;
    if (data.weights !== undefined) return 'version 5.1.0 mishandles weights';
    return undefined;
  },
  prepare: (problem) => {
    const newton = new Newton(problem);
    const { rows, observed, logObserved } = problem.data;
    const { lower, upper, size } = problem.free;
    // The package asks for one row at a time, of two sets of parameters in turn: each set is evaluated once, for all rows.
    const predict = (params: number[]) => {
      const predicted = problem.predict(Float64Array.from(params)).slice();
      return (row: number) => predicted[row];
    };
    const data = {
      x: Array.from({ length: rows }, (_, i) => i),
      y: Array.from((problem.objective.residual === 'raw' ? observed : logObserved).subarray(0, rows)),
    };
    const finite = (bound: Float64Array, replacement: number): number[] =>
      Array.from(bound, (value) => (Number.isFinite(value) ? value : replacement));
    return (start) => {
      let point = Array.from({ length: size }, (_, k) => Math.min(upper[k], Math.max(lower[k], start[k])));
      let error = Infinity;
      let iterations = 0;
      while (iterations < maxIterations) {
        const result = attempt(data, predict, {
          initialValues: point,
          minValues: finite(lower, -1e6),
          maxValues: finite(upper, 1e6),
          // The default step of 0.1 is far too wide for exponents; this one is near the cube root of rounding.
          gradientDifference: 1e-6,
          centralDifference: true,
          damping: iterations === 0 ? 1e-3 : 1e-6,
          maxIterations: roundIterations,
          errorTolerance: 0,
        });
        if (result === undefined) break;
        iterations += result.iterations;
        point = result.parameterValues;
        const gained = error - result.parameterError;
        error = result.parameterError;
        if (!(gained > 1e-13 * error)) break;
      }
      return { ...newton.certifyAt(Float64Array.from(point)), iterations };
    };
  },
};

/** One round of the package, or nothing where its matrix is singular, which it throws. */
function attempt(...args: Parameters<typeof levenbergMarquardt>): ReturnType<typeof levenbergMarquardt> | undefined {
  try {
    return levenbergMarquardt(...args);
  } catch {
    return undefined;
  }
}
