/**
 * What is used of simple-statistics: the package keeps its tables in a page that uses one of its functions.
 *
 * @param values - length at least 2
 * @returns the standard deviation of a sample, with n - 1 in the denominator
 * @example
 * ```ts
 * sampleStandardDeviation([1, 2, 3, 4]); // 1.2909944487358056
 * ```
 */
export function sampleStandardDeviation(values: readonly number[]): number {
  let mean = 0;
  for (const value of values) mean += value / values.length;
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  return Math.sqrt(squares / (values.length - 1));
}
