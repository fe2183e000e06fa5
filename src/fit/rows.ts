import { IsoflopError } from '../core/errors.ts';
import type { Law } from '../laws/law.ts';
import type { Dropped, Runs } from '../runs/runs.ts';
import type { ProblemRows } from './problem.ts';

/** The rows of some runs that a law can be fitted to, ready for the fitter. */
export interface SelectedRows {
  /** Index into the runs of each selected row. */
  readonly index: Uint32Array;
  /** Rows with centred log inputs. */
  readonly data: ProblemRows;
  /** Mean of each log input, in the order of the law's inputs. */
  readonly means: Float64Array;
  /** Rows left out here because a value is missing or their weight is zero. */
  readonly dropped: readonly Dropped[];
}

/**
 * Picks the rows in which every input of the law and the loss are present, checks that they are positive, and takes
 * logarithms.
 *
 * @param weights - weight of each row of the runs; rows of weight zero are left out
 * @throws {@link IsoflopError} `QUANTITY_MISSING`, `VALUE_NOT_POSITIVE`, `OPTION_INVALID`, `NO_ROWS_LEFT`
 */
export function selectRows(law: Law, runs: Runs, weights?: ArrayLike<number>): SelectedRows {
  const names = [...law.inputs.map((input) => input.name), 'loss'];
  const columns = names.map((name) => requireColumn(law, runs, name));
  if (weights !== undefined) checkWeights(weights, runs.rows);

  const missing = new Array<number>(names.length).fill(0);
  let weightless = 0;
  const index: number[] = [];
  for (let row = 0; row < runs.rows; row++) {
    const blank = columns.findIndex((column) => Number.isNaN(column[row]));
    if (blank >= 0) missing[blank]++;
    else if (weights !== undefined && weights[row] === 0) weightless++;
    else {
      for (const [k, column] of columns.entries())
        if (!(column[row] > 0 && column[row] < Infinity)) refuseValue(runs, row, names[k], column[row]);
      index.push(row);
    }
  }
  const dropped = names.flatMap((name, k) => (missing[k] > 0 ? [{ rows: missing[k], why: `no ${name}` }] : []));
  if (weightless > 0) dropped.push({ rows: weightless, why: 'weight 0' });
  if (index.length === 0)
    throw new IsoflopError('NO_ROWS_LEFT', {
      rows: runs.rows,
      dropped: [...runs.dropped, ...dropped].map((d) => `${String(d.rows)} dropped: ${d.why}`).join('; '),
    });

  const pick = (column: Float64Array): Float64Array => Float64Array.from(index, (row) => column[row]);
  const loss = pick(columns[law.inputs.length]);
  const logInputs = law.inputs.map((_, k) => pick(columns[k]).map(Math.log));
  const means = Float64Array.from(logInputs, (column) => mean(column));
  for (const [k, column] of logInputs.entries()) for (let i = 0; i < column.length; i++) column[i] -= means[k];
  return {
    index: Uint32Array.from(index),
    means,
    dropped,
    data: {
      rows: index.length,
      logInputs,
      loss,
      logLoss: loss.map(Math.log),
      weights: weights === undefined ? undefined : Float64Array.from(index, (row) => weights[row]),
    },
  };
}

function requireColumn(law: Law, runs: Runs, name: string): Float64Array {
  const column = runs.quantities[name];
  if (column !== undefined) return column;
  throw new IsoflopError('QUANTITY_MISSING', {
    file: runs.sources[0]?.name ?? 'the data',
    quantity: name,
    columns: [...Object.keys(runs.quantities), ...Object.keys(runs.categories)],
    hint: `, which ${law.id} needs`,
  });
}

function checkWeights(weights: ArrayLike<number>, rows: number): void {
  const expected = `${String(rows)} numbers, one for each row, none negative`;
  if (weights.length !== rows)
    throw new IsoflopError('OPTION_INVALID', {
      option: 'weights',
      value: `${String(weights.length)} values`,
      expected,
    });
  for (let i = 0; i < rows; i++)
    if (!(weights[i] >= 0 && weights[i] < Infinity))
      throw new IsoflopError('OPTION_INVALID', {
        option: `weights[${String(i)}]`,
        value: String(weights[i]),
        expected,
      });
}

function refuseValue(runs: Runs, row: number, quantity: string, value: number): never {
  throw new IsoflopError('VALUE_NOT_POSITIVE', {
    file: runs.sources[runs.files[row]]?.name ?? 'the data',
    line: runs.lines[row],
    column: runs.conventions.columns[quantity] ?? quantity,
    value,
  });
}

function mean(values: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}
