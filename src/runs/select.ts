import { IsoflopError } from '../core/errors.ts';
import { createWarning } from '../core/warnings.ts';
import { runCodes } from './runCodes.ts';
import type { Category, Runs } from './runs.ts';

/**
 * The rows with the given indices, in that order; a row may occur several times.
 *
 * @throws {@link RangeError} for an index that is not a row
 * @example
 * ```ts
 * takeRows(runs, [0, 0, 2]).rows; // 3
 * ```
 */
export function takeRows(runs: Runs, indices: ArrayLike<number>): Runs {
  const rows = indices.length;
  for (let i = 0; i < rows; i++) {
    if (!Number.isInteger(indices[i]) || indices[i] < 0 || indices[i] >= runs.rows) {
      throw new RangeError(`There is no row ${indices[i]} among ${runs.rows}.`);
    }
  }
  const pick = <A extends Float64Array | Int32Array | Uint32Array | Uint16Array>(from: A, to: A): A => {
    for (let i = 0; i < rows; i++) to[i] = from[indices[i]];
    return to;
  };
  const quantities: Record<string, Float64Array> = {};
  for (const [name, column] of Object.entries(runs.quantities)) {
    if (column !== undefined) quantities[name] = pick(column, new Float64Array(rows));
  }
  const categories: Record<string, Category> = {};
  for (const [name, category] of Object.entries(runs.categories)) {
    if (category === undefined) continue;
    categories[name] = { codes: pick(category.codes, new Int32Array(rows)), labels: category.labels };
  }
  const lines = pick(runs.lines, new Uint32Array(rows));
  const files = pick(runs.files, new Uint16Array(rows));
  return { ...runs, rows, quantities, categories, lines, files };
}

/**
 * Leaves out the early checkpoints of each run: those at or before the fraction `fraction` of the largest number of
 * tokens that the run reaches. {@link runCodes} says what a run is; rows of which it cannot tell are one run for each size.
 *
 * @param fraction - 0 (nothing is left out) to less than 1
 * @throws {@link IsoflopError} `OPTION_INVALID`, `QUANTITY_MISSING` when there are no tokens
 * @example
 * ```ts
 * fromFraction(runs, 0.1); // without the first 10% of each run
 * ```
 */
export function fromFraction(runs: Runs, fraction: number): Runs {
  if (!(fraction >= 0 && fraction < 1)) {
    const expected = 'a number of at least 0 and less than 1, such as 0.1';
    throw new IsoflopError('OPTION_INVALID', { option: '--from-fraction', value: String(fraction), expected });
  }
  if (fraction === 0) return runs;
  const { tokens } = runs.quantities;
  if (tokens === undefined) {
    const hint = ', which --from-fraction counts';
    const file = runs.sources[0].name;
    throw new IsoflopError('QUANTITY_MISSING', {
      file,
      quantity: 'tokens',
      columns: Object.keys(runs.quantities),
      hint,
    });
  }
  const groups = runCodes(runs, { unnamed: 'size' }).codes;
  const last = new Float64Array(runs.rows);
  for (let i = 0; i < runs.rows; i++) last[groups[i]] = Math.max(last[groups[i]], tokens[i]);
  const kept = Int32Array.from(groups.keys()).filter((i) => tokens[i] > fraction * last[groups[i]]);
  const rows = runs.rows - kept.length;
  if (rows === 0) return runs;
  const why = `--from-fraction ${fraction}`;
  const warnings = [...runs.warnings];
  if (runs.categories.run === undefined)
    warnings.push(
      createWarning('FRACTION_BY_SIZE', 'Rows carry no run, so all rows of one model size counted as one run.'),
    );
  return { ...takeRows(runs, kept), dropped: [...runs.dropped, { rows, why }], warnings };
}

/**
 * The rows in which a quantity is at least a share of its largest value.
 *
 * @throws {@link IsoflopError} `QUANTITY_MISSING`
 * @example
 * ```ts
 * largestRows(runs, 'params', 0.5).rows; // 10
 * ```
 */
export function largestRows(runs: Runs, quantity: string, share: number): Runs {
  const column = runs.quantities[quantity];
  if (column === undefined)
    throw new IsoflopError('QUANTITY_MISSING', {
      file: runs.sources[0]?.name ?? 'the data',
      quantity,
      columns: Object.keys(runs.quantities),
      hint: '',
    });
  let largest = -Infinity;
  for (const value of column) if (value > largest) largest = value;
  const kept = Int32Array.from(column.keys()).filter((i) => column[i] >= share * largest);
  const rows = runs.rows - kept.length;
  if (rows === 0) return runs;
  const why = `${quantity} below ${String(share)} of its largest value`;
  return { ...takeRows(runs, kept), dropped: [...runs.dropped, { rows, why }] };
}
