/**
 * What a fit minimises: a sum over rows of a penalty of the residual. Sums, never means: a mean of Huber terms is so
 * small that optimisers stop early, a known error in published fits (arXiv 2404.10102).
 */
export interface Objective {
  /** Name on the command line. */
  readonly id: string;
  readonly title: string;
  /** `log`: residual = ln predicted - ln observed; `raw`: residual = predicted - observed. */
  readonly residual: 'log' | 'raw';
  /** Default width of the quadratic zone, or `null` for an objective without one. */
  readonly delta: number | null;
  /**
   * Penalty of all rows at once.
   *
   * @param residual - length rows
   * @param weights - length rows, or `undefined` when all are 1
   * @param delta - width of the quadratic zone
   * @param psi - receives weight * derivative of the penalty, length rows
   * @param slope - receives weight * second derivative, length rows
   * @returns the weighted sum
   */
  readonly penalty: (
    residual: Float64Array,
    weights: Float64Array | undefined,
    rows: number,
    delta: number,
    psi: Float64Array,
    slope: Float64Array,
  ) => number;
  /**
   * The weighted sum of penalties of residual + t * change, and its first and second derivatives in t: the inner loop of
   * the line search, in one pass.
   *
   * @param out - receives value, first and second derivative
   */
  readonly along: (
    residual: Float64Array,
    change: Float64Array,
    t: number,
    weights: Float64Array | undefined,
    rows: number,
    delta: number,
    out: Float64Array,
  ) => void;
}
