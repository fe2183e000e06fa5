import { fitTradeOff } from '../../laws/tradeOff.ts';
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

/** What a batch size needs to reach a loss. */
export interface BatchPoint {
  /** Tokens a step. */
  readonly batch: number;
  /** Steps until the loss was reached. */
  readonly steps: number;
}

/** The trade between steps and tokens. */
export interface CriticalBatch {
  /** Steps that even the largest batch needs. */
  readonly leastSteps: number;
  /** Tokens that even the smallest batch needs. */
  readonly leastTokens: number;
  /** Tokens a step at which both are twice the least: their ratio. */
  readonly criticalBatch: number;
}

/**
 * The critical batch size from a sweep of batch sizes to one loss: steps are `leastSteps + leastTokens / batch`, which is
 * `(S/S_min - 1)(E/E_min - 1) = 1` solved for S.
 *
 * @returns null with fewer than two batch sizes, or where steps do not fall as that asks
 * @see arXiv 1812.06162, equation 2.7
 */
export function fitCriticalBatch(points: readonly BatchPoint[]): CriticalBatch | null {
  if (new Set(points.map(({ batch }) => batch)).size < 2) return null;
  const [leastSteps, leastTokens] = fitTradeOff(points.map(({ batch, steps }) => ({ steps, tokens: batch * steps })));
  if (!(leastSteps > 0) || !(leastTokens > 0)) return null;
  return { leastSteps, leastTokens, criticalBatch: leastTokens / leastSteps };
}
