import { selectInPlace } from './select.ts';

/**
 * Quantile of a sample that is sorted in ascending order, interpolated linearly (type 7 of Hyndman and Fan 1996, as in
 * numpy). Unlike that of simple-statistics it takes typed arrays and samples that hold infinities, as the
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
  return between(sorted[Math.floor(at)], sorted[Math.ceil(at)], at - Math.floor(at), p);
}

/** What lies between two neighbours of a sorted sample, `share` of the way. */
export function between(low: number, high: number, share: number, p: number): number {
  if (low === high) return low;
  if (Number.isFinite(low) && Number.isFinite(high)) return low + share * (high - low);
  // Of two infinities the outer one, which makes an interval too wide rather than none.
  return Number.isFinite(low) || (high === Infinity && p >= 0.5) ? high : low;
}

/**
 * The two quantiles between which the central share of a sample lies, as {@link quantileSorted} gives them, by selection
 * instead of sorting.
 *
 * @param sample - length at least 1, reordered in place
 * @param share - share of the sample between the two, from 0 to 1
 * @param out - receives the lower quantile and the upper one, from index 0
 * @example
 * ```ts
 * const out = new Float64Array(2);
 * centralQuantiles(Float64Array.of(4, 0, 1, 3, 2), 0.5, out);
 * out; // [1, 3]
 * ```
 */
export function centralQuantiles(sample: Float64Array, share: number, out: Float64Array): void {
  const last = sample.length - 1;
  // NaN has no place in an order of comparisons; a sort puts it last.
  for (let i = 0; i <= last; i++)
    if (Number.isNaN(sample[i])) {
      sample.sort();
      out[0] = quantileSorted(sample, 0.5 - share / 2);
      out[1] = quantileSorted(sample, 0.5 + share / 2);
      return;
    }
  const at = last * (0.5 - share / 2);
  const first = Math.floor(at);
  const low = selectInPlace(sample, first);
  let next = low;
  if (Math.ceil(at) > first) {
    next = Infinity;
    for (let i = first + 1; i <= last; i++) if (sample[i] < next) next = sample[i];
  }
  out[0] = between(low, next, at - first, 0.5 - share / 2);

  // What is left of the lower quantile is out of the way now.
  const upAt = last * (0.5 + share / 2);
  const end = Math.ceil(upAt);
  const high = selectInPlace(sample, end, first);
  let previous = high;
  if (Math.floor(upAt) < end) {
    previous = -Infinity;
    for (let i = first; i < end; i++) if (sample[i] > previous) previous = sample[i];
  }
  out[1] = between(previous, high, upAt - Math.floor(upAt), 0.5 + share / 2);
}
