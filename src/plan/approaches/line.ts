/** A straight line y = intercept + slope x. */
export interface Line {
  readonly slope: number;
  readonly intercept: number;
  /** Standard error of the line at a place, from the scatter of the points about it; `null` without degrees of freedom. */
  readonly errorAt: ((x: number) => number) | null;
  /** Standard error of the slope; `null` without degrees of freedom. */
  readonly slopeError: number | null;
}

/**
 * The line of least squares, weighted where weights are given, or `null` for fewer than two different places.
 *
 * @param x - length n
 * @param y - length n
 * @param weights - length n, positive; all equal unless given
 * @example
 * ```ts
 * fitLine([0, 1, 2], [1, 3, 5])?.slope; // 2
 * ```
 */
export function fitLine(x: ArrayLike<number>, y: ArrayLike<number>, weights?: ArrayLike<number>): Line | null {
  const n = x.length;
  let [total, meanX, meanY] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    const w = weights?.[i] ?? 1;
    total += w;
    meanX += w * x[i];
    meanY += w * y[i];
  }
  meanX /= total;
  meanY /= total;
  let [xx, xy] = [0, 0];
  for (let i = 0; i < n; i++) {
    const w = weights?.[i] ?? 1;
    xx += w * (x[i] - meanX) ** 2;
    xy += w * (x[i] - meanX) * (y[i] - meanY);
  }
  if (!(xx > 1e-20 * total)) return null;
  const slope = xy / xx;
  const intercept = meanY - slope * meanX;
  if (n < 3) return { slope, intercept, errorAt: null, slopeError: null };
  let squares = 0;
  for (let i = 0; i < n; i++) squares += (weights?.[i] ?? 1) * (y[i] - intercept - slope * x[i]) ** 2;
  const variance = squares / (n - 2);
  return {
    slope,
    intercept,
    errorAt: (place) => Math.sqrt(variance * (1 / total + (place - meanX) ** 2 / xx)),
    slopeError: Math.sqrt(variance / xx),
  };
}
