/**
 * Which family is ahead: one of them, `equal` (within the share asked for), `crosses` (one at the low end and the other at the
 * high end of the range), or `undecided`.
 */
export type Settled = 'baseline' | 'candidate' | 'equal' | 'crosses' | 'undecided';

/**
 * What intervals of the multiplier along a range settle. A family is ahead only where it is at every point, which errs less
 * often than a single interval does.
 *
 * @param intervals - of the multiplier, from the low end of the range to the high end
 * @param equalWithin - share of 1 within which the multiplier counts as equal, such as 0.05
 * @example
 * ```ts
 * settle([[1.2, 1.5], [1.1, 1.4]], 0.05); // 'candidate'
 * ```
 */
export function settle(intervals: readonly (readonly [number, number] | null)[], equalWithin: number): Settled {
  const [first] = intervals;
  const last = intervals.at(-1);
  if (first === null || last === null || last === undefined) return 'undecided';
  const every = (holds: (interval: readonly [number, number]) => boolean): boolean =>
    intervals.every((interval) => interval !== null && holds(interval));
  const candidate = ([low]: readonly [number, number]): boolean => low > 1;
  const baseline = ([, high]: readonly [number, number]): boolean => high < 1;
  if (every(([low, high]) => low >= 1 / (1 + equalWithin) && high <= 1 + equalWithin)) return 'equal';
  if (every(candidate)) return 'candidate';
  if (every(baseline)) return 'baseline';
  if ((candidate(first) && baseline(last)) || (baseline(first) && candidate(last))) return 'crosses';
  return 'undecided';
}
