import { Matrix, SingularValueDecomposition } from 'ml-matrix';

/**
 * Proportional effective rank of singular values: the exponential of the entropy of their shares, over their number. 1 where
 * all are equal, 1/n where one is left; 0 for a matrix of zeros.
 *
 * @see arXiv 2410.11451, section 3.2
 * @example
 * ```ts
 * proportionalEffectiveRank([1, 1, 1, 1]); // 1
 * proportionalEffectiveRank([1, 0, 0, 0]); // 0.25
 * ```
 */
export function proportionalEffectiveRank(singularValues: ArrayLike<number>): number {
  const values = Array.from(singularValues);
  const total = values.reduce((sum, value) => sum + value, 0);
  if (!(total > 0)) return 0;
  const entropy = values.reduce((sum, value) => {
    const p = value / total;
    // The limit of p ln p at 0 is 0.
    return p > 0 ? sum - p * Math.log(p) : sum;
  }, 0);
  return Math.exp(entropy) / values.length;
}

/** Singular values of a row-major matrix, largest first. */
export function singularValues(values: Float32Array, rows: number, columns: number): number[] {
  const matrix = Matrix.from1DArray(rows, columns, Array.from(values));
  return new SingularValueDecomposition(matrix, {
    computeLeftSingularVectors: false,
    computeRightSingularVectors: false,
    autoTranspose: true,
  }).diagonal;
}
