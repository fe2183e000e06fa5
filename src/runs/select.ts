import { IsoflopError } from '../core/errors.ts';
import { mapColumns } from './lazyColumns.ts';
import type { Category, Runs } from './runs.ts';

/**
 * The rows with the given indices, in that order; a row may occur several times.
 *
 * @throws RangeError for an index that is not a row
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
  const quantities = mapColumns(runs.quantities, (column) => pick(column, new Float64Array(rows)));
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
 * The rows with the given indices, which ascend, in the memory of all of them: for runs that nobody else has, of which ten
 * million rows in two copies would not fit.
 */
export function keepRows(runs: Runs, indices: Int32Array): Runs {
  const rows = indices.length;
  // The memory of all would stay for the sake of a few.
  if (2 * rows < runs.rows) return takeRows(runs, indices);
  const keep = <A extends Float64Array | Int32Array | Uint32Array | Uint16Array>(column: A): A => {
    for (let i = 0; i < rows; i++) column[i] = column[indices[i]];
    return column.subarray(0, rows) as A;
  };
  const categories: Record<string, Category> = {};
  for (const [name, category] of Object.entries(runs.categories))
    if (category !== undefined) categories[name] = { codes: keep(category.codes), labels: category.labels };
  // A source has all its rows in one place, and where there is one source there is nothing to move.
  const files = runs.sources.length > 1 ? keep(runs.files) : runs.files.subarray(0, rows);
  return { ...runs, rows, quantities: mapColumns(runs.quantities, keep), categories, lines: keep(runs.lines), files };
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
