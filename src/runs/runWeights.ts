import { runCodes } from './runCodes.ts';
import type { Runs } from './runs.ts';

/**
 * Weights under which every run counts the same, however many checkpoints it has: the rows of a run share its weight
 * equally, and the mean weight of all rows is 1, so the value of an objective stays comparable with that of a fit without
 * weights. Rows that {@link runCodes} takes for runs of their own count as such.
 *
 * @param runs - the rows that are fitted, after every selection
 * @returns Float64Array, length rows
 * @example
 * ```ts
 * const table = createRuns({
 *   params: [1e9, 1e9, 1e9, 2e9],
 *   tokens: [1e9, 2e9, 3e9, 3e9],
 *   loss: [4, 3.5, 3.3, 3.1],
 *   run: ['a', 'a', 'a', 'b'],
 * });
 * runWeights(table); // Float64Array [0.6666666666666666, 0.6666666666666666, 0.6666666666666666, 2]
 * ```
 */
export function runWeights(runs: Runs): Float64Array {
  const { codes, count } = runCodes(runs);
  const sizes = new Float64Array(count);
  for (const code of codes) sizes[code]++;
  return Float64Array.from(codes, (code) => runs.rows / (count * sizes[code]));
}
