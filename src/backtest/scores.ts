/** Predictions for held-out runs beside what came, with intervals for a new run; each of length rows. */
export interface HeldOut {
  /** Observed response, positive. */
  readonly observed: Float64Array;
  readonly predicted: Float64Array;
  /** Ends of the intervals, or `null` where there are none. */
  readonly lower: Float64Array | null;
  readonly upper: Float64Array | null;
}

/** How good predictions of held-out runs are; every number is relative to the loss or in its logarithm. */
export interface Scores {
  /** Mean of |predicted - observed| / observed: the absolute relative error. */
  readonly are: number;
  readonly medianAre: number;
  /** Largest absolute relative error. */
  readonly worst: number;
  /** Mean of (predicted - observed) / observed; above zero the predictions were too high. */
  readonly bias: number;
  /** Share of the intervals that hold what came. */
  readonly coverage: number | null;
  /** Mean of ln upper - ln lower. */
  readonly width: number | null;
  /** Mean interval score in log loss: the width, and 2 / (1 - confidence) times the distance of what lies outside. */
  readonly winkler: number | null;
}

/**
 * Scores predictions of held-out runs.
 *
 * @param confidence - probability that the intervals are meant to cover
 * @see Winkler (1972), "A decision-theoretic approach to interval estimation"; Gneiting and Raftery (2007), section 6.2
 * @example
 * ```ts
 * const one = (x: number): Float64Array => Float64Array.of(x);
 * scorePredictions({ observed: one(2), predicted: one(2.02), lower: one(1.9), upper: one(2.1) }, 0.9).are; // 0.01
 * ```
 */
export function scorePredictions({ observed, predicted, lower, upper }: HeldOut, confidence: number): Scores {
  const rows = observed.length;
  const errors = Float64Array.from(observed, (y, i) => (predicted[i] - y) / y);
  const sizes = errors.map(Math.abs).sort();
  const mean = (values: Float64Array): number => values.reduce((sum, x) => sum + x, 0) / rows;
  const middle = rows >> 1;
  const point = {
    are: mean(sizes),
    medianAre: rows % 2 === 1 ? sizes[middle] : (sizes[middle - 1] + sizes[middle]) / 2,
    worst: sizes[rows - 1],
    bias: mean(errors),
  };
  if (lower === null || upper === null) return { ...point, coverage: null, width: null, winkler: null };
  const widths = lower.map((low, i) => Math.log(upper[i] / low));
  const outside = lower.map((low, i) => Math.max(0, Math.log(low / observed[i]), Math.log(observed[i] / upper[i])));
  const penalty = 2 / (1 - confidence);
  return {
    ...point,
    coverage: mean(outside.map((distance) => (distance === 0 ? 1 : 0))),
    width: mean(widths),
    winkler: mean(widths.map((width, i) => width + penalty * outside[i])),
  };
}
