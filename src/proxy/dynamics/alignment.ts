import { settled } from '../../plots/dynamics/alignment.ts';

/** Activations of n samples, row-major `n x width`. */
export interface Activations {
  readonly values: Float32Array;
  readonly rows: number;
  readonly width: number;
}

/** Columns with their means taken off, in float64. */
function centred({ values, rows, width }: Activations): Float64Array {
  const result = Float64Array.from(values);
  for (let j = 0; j < width; j++) {
    let mean = 0;
    for (let i = 0; i < rows; i++) mean += result[i * width + j];
    mean /= rows;
    for (let i = 0; i < rows; i++) result[i * width + j] -= mean;
  }
  return result;
}

/** Squared Frobenius norm of `A' B`, for row-major `n x p` and `n x q`. */
function crossNorm(a: Float64Array, p: number, b: Float64Array, q: number, rows: number): number {
  let total = 0;
  const product = new Float64Array(q);
  for (let j = 0; j < p; j++) {
    product.fill(0);
    for (let i = 0; i < rows; i++) {
      const x = a[i * p + j];
      for (let k = 0; k < q; k++) product[k] += x * b[i * q + k];
    }
    for (const value of product) total += value * value;
  }
  return total;
}

/**
 * Linear centred kernel alignment of two sets of activations of the same samples, 0 to 1; NaN where one of them does not
 * vary. It is the same under rotations and scalings of either side.
 *
 * @see arXiv 1905.00414, section 3
 */
export function linearAlignment(a: Activations, b: Activations): number {
  if (a.rows !== b.rows) throw new RangeError(`${String(a.rows)} samples beside ${String(b.rows)}`);
  const [x, y] = [centred(a), centred(b)];
  const cross = crossNorm(x, a.width, y, b.width, a.rows);
  const own = Math.sqrt(crossNorm(x, a.width, x, a.width, a.rows) * crossNorm(y, b.width, y, b.width, a.rows));
  return own > 0 ? cross / own : NaN;
}

/**
 * The first checkpoint from which on a layer's alignment with its final state stays at 0.9 or above; null where only the
 * final state itself does.
 *
 * @param alignments - by checkpoint, the last of them the final state's with itself
 */
export function convergedAt(alignments: readonly number[]): number | null {
  let first = alignments.length;
  while (first > 0 && alignments[first - 1] >= settled) first -= 1;
  return first < alignments.length - 1 ? first : null;
}
