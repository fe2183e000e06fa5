/**
 * Standard deviation of a sample, with n - 1 in the denominator.
 *
 * @param values - length at least 2
 * @example
 * ```ts
 * sampleDeviation([1, 2, 3, 4]); // 1.2909944487358056
 * ```
 */
export function sampleDeviation(values: Iterable<number>): number {
  const sample = Float64Array.from(values);
  let mean = 0;
  for (const value of sample) mean += value / sample.length;
  let squares = 0;
  for (const value of sample) squares += (value - mean) ** 2;
  return Math.sqrt(squares / (sample.length - 1));
}
