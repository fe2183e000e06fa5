import { Matrix, solve } from 'ml-matrix';

/** Attention logits from which training has been seen to break down. @see arXiv 2309.14322, section 3.4 */
export const unstableLogit = 1e4;

/** How a quantity grows with the size of models trained alike. */
export interface GrowthFit {
  /** Coefficients of 1, log10 N and its square for log10 of the quantity; the last is 0 with two sizes. */
  readonly coefficients: readonly [number, number, number];
  /** The quantity at a size. */
  readonly at: (params: number) => number;
  /**
   * The smallest size beyond the data at which it has passed a threshold; null when it does not within a million times.
   *
   * @param side - where training breaks down
   */
  readonly sizeWhere: (threshold: number, side?: 'above' | 'below') => number | null;
}

const farthest = 6;
const scan = 2400;

/**
 * Fits a quantity, such as the largest attention logit, by a parabola in log N, and extrapolates it.
 *
 * @param params - sizes, at least two different ones
 * @param values - positive
 * @returns null with fewer than two sizes
 * @see arXiv 2309.14322, section 3.4
 */
export function fitGrowth(params: readonly number[], values: readonly number[]): GrowthFit | null {
  const points = params.flatMap((size, k) =>
    values[k] > 0 ? [[Math.log10(size), Math.log10(values[k])] as const] : [],
  );
  const sizes = new Set(points.map(([x]) => x)).size;
  if (sizes < 2) return null;
  const degree = Math.min(2, sizes - 1);
  // Centred, so that the square is not nearly the line.
  const centre = points.reduce((sum, [x]) => sum + x, 0) / points.length;
  const design = new Matrix(points.map(([x]) => Array.from({ length: degree + 1 }, (_, j) => (x - centre) ** j)));
  const [c0, c1, c2 = 0] = solve(design, Matrix.columnVector(points.map(([, y]) => y)), true).to1DArray();
  const value = (x: number): number => c0 + c1 * (x - centre) + c2 * (x - centre) ** 2;
  const last = Math.max(...points.map(([x]) => x));
  return {
    coefficients: [c0 - c1 * centre + c2 * centre * centre, c1 - 2 * c2 * centre, c2],
    at: (size) => 10 ** value(Math.log10(size)),
    sizeWhere: (threshold, side = 'above') => {
      const target = Math.log10(threshold);
      for (let k = 0; k <= scan; k++) {
        const x = last + (farthest * k) / scan;
        if (side === 'above' ? value(x) >= target : value(x) <= target) return 10 ** x;
      }
      return null;
    },
  };
}
