import { IsoflopError } from '../core/errors.ts';
import { groupCodes } from './groupCodes.ts';
import { takeRows } from './select.ts';
import type { Runs } from './runs.ts';
import { noSelection } from './selection.ts';

/** Which runs are compared with which, and how close to the best is close. */
export interface NearOptimalOptions {
  /** Quantities or categories whose values make a cell; params and tokens unless given. */
  readonly by?: readonly string[];
  /** Largest excess over the least loss of the cell, relative to it: 0.0025 is a quarter of a percent. */
  readonly within: number;
}

/**
 * Keeps the runs that are nearly as good as the best of their kind: in each cell of equal size and tokens those whose loss is
 * within a share of the cell's least loss. From what is left, laws of learning rate and batch size are fitted. Rows without a
 * loss or without a value of the cell are left out.
 *
 * @throws {@link IsoflopError} `OPTION_INVALID`, `QUANTITY_MISSING`
 * @see arXiv 2503.04715 (Step Law), which keeps the runs within 0.25%
 * @example
 * ```ts
 * const sweep = createRuns({ params: [1e8, 1e8, 1e8], tokens: [1e9, 1e9, 1e9], learningRate: [1, 2, 4], loss: [3, 2.99, 3.2] });
 * nearOptimal(sweep, { within: 0.005 }).quantities.learningRate; // Float64Array [1, 2]
 * ```
 */
export function nearOptimal(runs: Runs, { by = ['params', 'tokens'], within }: NearOptimalOptions): Runs {
  if (!(within >= 0 && within < 1))
    throw new IsoflopError('OPTION_INVALID', {
      option: '--near-optimal',
      value: String(within),
      expected: 'a share of at least 0 and less than 1, such as 0.0025 for runs within 0.25% of the least loss',
    });
  const loss = columnOf(runs, 'loss') as Float64Array;
  const columns = by.map((name) => columnOf(runs, name));
  const cells = groupCodes(columns);
  const isKnown = (i: number): boolean =>
    !Number.isNaN(loss[i]) && columns.every((column) => !Number.isNaN(column[i]) && !isBlank(column, i));
  const least = new Map<number, number>();
  for (let i = 0; i < runs.rows; i++)
    if (isKnown(i)) least.set(cells[i], Math.min(loss[i], least.get(cells[i]) ?? Infinity));
  const kept = Int32Array.from(cells.keys()).filter(
    (i) => isKnown(i) && loss[i] <= (1 + within) * (least.get(cells[i]) ?? NaN),
  );
  const rows = runs.rows - kept.length;
  const selection = { ...(runs.selection ?? noSelection), nearOptimal: { within, by } };
  if (rows === 0) return { ...runs, selection };
  const why = `more than ${String(Number((100 * within).toPrecision(6)))}% above the least loss of equal ${by.join(' and ')}`;
  return { ...takeRows(runs, kept), dropped: [...runs.dropped, { rows, why }], selection };
}

/** A category has -1 where a cell is blank. */
const isBlank = (column: ArrayLike<number>, i: number): boolean => column instanceof Int32Array && column[i] < 0;

function columnOf(runs: Runs, name: string): ArrayLike<number> {
  const column = runs.quantities[name] ?? runs.categories[name]?.codes;
  if (column !== undefined) return column;
  throw new IsoflopError('QUANTITY_MISSING', {
    file: runs.sources[0]?.name ?? 'the data',
    quantity: name,
    columns: [...Object.keys(runs.quantities), ...Object.keys(runs.categories)],
    hint: ', which --near-optimal compares by',
  });
}
