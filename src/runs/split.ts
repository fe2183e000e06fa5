import { IsoflopError } from '../core/errors.ts';
import { nearestName } from '../core/nearest.ts';
import type { Runs } from './runs.ts';
import { takeRows } from './select.ts';

/** The runs of one family. */
export interface NamedRuns {
  readonly name: string;
  readonly runs: Runs;
}

/**
 * Splits runs by the values of a column of names or numbers, in the order in which these first occur; rows without a value
 * are left out.
 *
 * @throws {@link IsoflopError} `COLUMN_UNKNOWN`
 * @example
 * ```ts
 * const gadre = await readRuns('data/gadre.csv', { columns: 'params=N,tokens=D,loss=loss_c4_val,family=dataset' });
 * splitRuns(gadre, 'family').map(({ name }) => name); // ['c4_original', 'rpj']
 * ```
 */
export function splitRuns(runs: Runs, column: string): NamedRuns[] {
  const rows = new Map<string, number[]>();
  const labelOf = labels(runs, column);
  for (let row = 0; row < runs.rows; row++) {
    const name = labelOf(row);
    if (name === '') continue;
    const own = rows.get(name);
    if (own === undefined) rows.set(name, [row]);
    else own.push(row);
  }
  return [...rows].map(([name, own]) => ({ name, runs: takeRows(runs, own) }));
}

function labels(runs: Runs, column: string): (row: number) => string {
  const category = runs.categories[column];
  if (category !== undefined) return (row) => (category.codes[row] < 0 ? '' : category.labels[category.codes[row]]);
  const quantity = runs.quantities[column];
  if (quantity !== undefined) return (row) => (Number.isNaN(quantity[row]) ? '' : String(quantity[row]));
  const columns = [...Object.keys(runs.categories), ...Object.keys(runs.quantities)];
  const file = runs.sources[0]?.name ?? 'the data';
  throw new IsoflopError('COLUMN_UNKNOWN', { file, column, nearest: nearestName(column, columns), columns });
}
