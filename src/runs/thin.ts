import type { Timeline } from './timeline.ts';
import type { Runs } from './runs.ts';

/**
 * Thins the rows of each run to at most `most`, as evenly in the logarithm of their progress as they allow. The first and
 * the last stay (of `most` = 1 the last). Which rows are kept does not depend on their order in the table.
 *
 * @param kept - indices of the rows to choose from
 * @returns 1 for each row that stays, length of all rows
 */
export function thinRuns(runs: Runs, { codes, count, progress }: Timeline, kept: Int32Array, most: number): Uint8Array {
  const stays = new Uint8Array(runs.rows);
  const ends = new Int32Array(count);
  for (const i of kept) ends[codes[i]]++;
  for (let run = 1; run < count; run++) ends[run] += ends[run - 1];
  // The rows of each run beside each other, in one array: millions of them would be slow as lists.
  const order = new Int32Array(kept.length);
  for (let k = kept.length - 1; k >= 0; k--) order[--ends[codes[kept[k]]]] = kept[k];
  for (let run = 0; run < count; run++) {
    const rows = order.subarray(ends[run], run + 1 < count ? ends[run + 1] : order.length);
    if (rows.length <= most) {
      for (const i of rows) stays[i] = 1;
      continue;
    }
    rows.sort((a, b) => progress[a] - progress[b] || runs.lines[a] - runs.lines[b]);
    for (const k of spread(
      Float64Array.from(rows, (i) => progress[i]),
      most,
    ))
      stays[rows[k]] = 1;
  }
  return stays;
}

/** Indices of at most `most` of some ascending numbers that lie as evenly as possible in their logarithm. */
function spread(values: Float64Array, most: number): number[] {
  const { length } = values;
  if (length <= most) return Array.from(values.keys());
  if (most === 1) return [length - 1];
  // Step 0 has no logarithm; half of the first positive value stands for it.
  const smallest = (values.find((value) => value > 0) ?? 1) / 2;
  const logs = values.map((value) => Math.log(Math.max(value, smallest)));
  const picked = [0];
  for (let j = 1, k = 1; j < most - 1; j++, k++) {
    const target = logs[0] + ((logs[length - 1] - logs[0]) * j) / (most - 1);
    // Those that are still to be picked need a row each.
    const last = length - most + j;
    while (k < last && Math.abs(logs[k + 1] - target) <= Math.abs(logs[k] - target)) k++;
    picked.push(k);
  }
  return [...picked, length - 1];
}
