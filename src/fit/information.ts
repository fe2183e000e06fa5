import type { Totals } from './blocks.ts';

/** The reweighted least-squares information matrix of a point, scaled to unit diagonal. */
export interface ScaledInformation {
  /** Row-major size x size, symmetric, with ones on the diagonal. */
  readonly matrix: Float64Array;
  /** Square roots of the diagonal before scaling; zero for a coordinate without influence. */
  readonly scale: Float64Array;
}

/** Scales the information matrix of a point. */
export function scaledInformation({ information, point }: Totals): ScaledInformation {
  const size = point.length;
  const matrix = information.slice();
  const scale = Float64Array.from({ length: size }, (_, k) => Math.sqrt(matrix[k * size + k]));
  for (let i = 0; i < size; i++)
    for (let j = 0; j <= i; j++) {
      matrix[i * size + j] /= scale[i] * scale[j];
      matrix[j * size + i] = matrix[i * size + j];
    }
  return { matrix, scale };
}
