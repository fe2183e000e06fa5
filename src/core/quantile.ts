/**
 * Quantile of a sample that is sorted in ascending order, interpolated linearly (type 7 of Hyndman and Fan 1996, as in
 * numpy). Unlike `quantileSorted` of simple-statistics it takes typed arrays and samples that hold infinities, as the
 * logarithms of amplitudes that are zero in some draws do: between an infinite and a finite value lies the infinite one.
 *
 * @param sorted - length at least 1; infinities are allowed, NaN is not
 * @param p - share of the sample that lies below, from 0 to 1
 * @example
 * ```ts
 * quantileSorted([1, 2, 4], 0.75); // 3
 * ```
 */
export function quantileSorted(sorted: ArrayLike<number>, p: number): number {
  const at = (sorted.length - 1) * p;
  const low = sorted[Math.floor(at)];
  const high = sorted[Math.ceil(at)];
  if (low === high) return low;
  if (Number.isFinite(low) && Number.isFinite(high)) return low + (at - Math.floor(at)) * (high - low);
  // Of two infinities the outer one, which makes an interval too wide rather than none.
  return Number.isFinite(low) || (high === Infinity && p >= 0.5) ? high : low;
}
