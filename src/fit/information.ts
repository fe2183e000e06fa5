import type { Linearization, Problem } from './problem.ts';
import { addOuterProducts } from './rowAlgebra.ts';

/** The reweighted least-squares information matrix of a point, scaled to unit diagonal. */
export interface ScaledInformation {
  /** Row-major size x size, symmetric, with ones on the diagonal. */
  readonly matrix: Float64Array;
  /** Square roots of the diagonal before scaling; zero for a coordinate without influence. */
  readonly scale: Float64Array;
}

/**
 * Information matrix sum_i w_i j_i j_i' with the weights w_i = psi_i / r_i of reweighted least squares: the curvature of
 * the objective over distances at which the kinks of a robust penalty average out.
 */
export function scaledInformation(problem: Problem, at: Linearization): ScaledInformation {
  const { size } = problem.free;
  const { rows } = problem.data;
  const weight = new Float64Array(rows);
  for (let i = 0; i < rows; i++) weight[i] = at.residual[i] === 0 ? at.slope[i] : at.psi[i] / at.residual[i];
  const matrix = new Float64Array(size * size);
  addOuterProducts(at.jacobian, weight, rows, size, matrix);
  const scale = Float64Array.from({ length: size }, (_, k) => Math.sqrt(matrix[k * size + k]));
  for (let i = 0; i < size; i++)
    for (let j = 0; j <= i; j++) {
      matrix[i * size + j] /= scale[i] * scale[j];
      matrix[j * size + i] = matrix[i * size + j];
    }
  return { matrix, scale };
}
