/** Losses of one model over learning rates that are spaced evenly in their logarithm. */
export interface RateSweep {
  readonly rates: readonly number[];
  /** Final losses; NaN or Infinity for a run that diverged. */
  readonly losses: readonly number[];
  /** Loss before training, which a diverged run counts as. */
  readonly startLoss: number;
}

/**
 * Learning-rate sensitivity: how much loss is lost on average over the learning rates of the grid beside the best of them.
 *
 * @see arXiv 2309.14322, section 2.1
 * @example
 * ```ts
 * learningRateSensitivity({ rates: [1e-3, 1e-2, 1e-1], losses: [4.5, 4, 9], startLoss: 7 }); // 1.16667
 * ```
 */
export function learningRateSensitivity({ losses, startLoss }: RateSweep): number {
  const counted = losses.map((loss) => (Number.isFinite(loss) ? Math.min(loss, startLoss) : startLoss));
  const best = Math.min(...counted);
  return counted.reduce((sum, loss) => sum + loss - best, 0) / counted.length;
}

/** The learning rate of the least loss; null where all runs diverged. */
export function bestRate({ rates, losses }: RateSweep): number | null {
  let best: number | null = null;
  let least = Infinity;
  for (const [k, loss] of losses.entries())
    if (loss < least) {
      least = loss;
      best = rates[k];
    }
  return best;
}
