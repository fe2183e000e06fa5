import { createRandom } from './random.ts';

/**
 * Indices of a seeded sample of rows, one from each stretch of equal length: spread over the whole table, and yet out of step
 * with whatever repeats itself in it.
 *
 * @param rows - of the table
 * @param most - indices at most
 * @returns ascending; all rows where there are no more than `most`
 * @example
 * ```ts
 * sampleIndices(3, 10); // Uint32Array [0, 1, 2]
 * ```
 */
export function sampleIndices(rows: number, most: number): Uint32Array {
  const stride = Math.ceil(rows / most);
  const random = createRandom(20_261_129, rows);
  return new Uint32Array(Math.ceil(rows / stride)).map((_, k) =>
    stride === 1 ? k : k * stride + random.integer(Math.min(stride, rows - k * stride)),
  );
}
