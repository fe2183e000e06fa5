import type { Weights } from '../model/weights.ts';

/** Sum of squares of all gradients. */
export function squaredNorm(gradients: Weights): number {
  let sum = 0;
  for (const values of gradients.values()) for (const value of values) sum += value * value;
  return sum;
}

/** Noise of gradients. */
export interface NoiseScale {
  /** Squared norm of the true gradient, without bias. */
  readonly signal: number;
  /** Trace of the covariance of the gradient of one row. */
  readonly noise: number;
  /** Their ratio in rows: a batch of so many has as much noise as signal. */
  readonly rows: number;
}

/**
 * The simple noise scale from mean squared norms of gradients of small and of large batches.
 *
 * @param small - rows of a small batch, and the mean of its squared norms
 * @param large - of a large one
 * @see arXiv 1812.06162, appendix A.1
 */
export function noiseScale(
  small: { readonly rows: number; readonly squares: number },
  large: { readonly rows: number; readonly squares: number },
): NoiseScale {
  const signal = (large.rows * large.squares - small.rows * small.squares) / (large.rows - small.rows);
  const noise = (small.squares - large.squares) / (1 / small.rows - 1 / large.rows);
  return { signal, noise, rows: noise / signal };
}
