import { IsoflopError } from '../core/errors.ts';
import type { Law } from '../laws/law.ts';
import type { Dropped, Runs } from '../runs/runs.ts';
import type { ProblemRows } from './problem.ts';

/** The rows of some runs that a law can be fitted to, ready for the fitter. */
export interface SelectedRows {
  /** Index into the runs of each selected row. */
  readonly index: Uint32Array;
  readonly data: ProblemRows;
  /** Mean that was taken out of each input, in the order of the law's inputs; 0 where the law does not allow for it. */
  readonly means: Float64Array;
  /** Rows left out here because a value is missing or their weight is zero. */
  readonly dropped: readonly Dropped[];
}

/**
 * Picks the rows in which every input of the law and its response are present, checks that what is taken the logarithm of
 * is positive, and takes the logarithms.
 *
 * @param options - `weights`: weight of each row of the runs (rows of weight zero are left out); `positive`: whether the
 *   response has to be positive
 * @throws {@link IsoflopError} `QUANTITY_MISSING`, `VALUE_NOT_POSITIVE`, `OPTION_INVALID`, `NO_ROWS_LEFT`
 */
export function selectRows(
  law: Law,
  runs: Runs,
  { weights, positive = true }: { readonly weights?: ArrayLike<number> | undefined; readonly positive?: boolean } = {},
): SelectedRows {
  const names = [...law.inputs.map((input) => input.name), law.response.name];
  const columns = [...law.inputs.map((input) => requireColumn(law, runs, input.name)), responseOf(law, runs)];
  const isLog = [...law.inputs.map((input) => input.transform !== 'identity'), positive];
  if (weights !== undefined) checkWeights(weights, runs.rows);

  const missing = new Array<number>(names.length).fill(0);
  let weightless = 0;
  let kept = 0;
  const every = new Uint32Array(runs.rows);
  for (let row = 0; row < runs.rows; row++) {
    let blank = -1;
    for (let k = 0; k < columns.length; k++) {
      const value = columns[k][row];
      if (Number.isNaN(value)) blank = k;
    }
    if (blank >= 0) missing[blank]++;
    else if (weights?.[row] === 0) weightless++;
    else {
      for (let k = 0; k < columns.length; k++) {
        const value = columns[k][row];
        if (isLog[k] ? !(value > 0 && value < Infinity) : !Number.isFinite(value))
          refuseValue(runs, row, names[k], value, isLog[k]);
      }
      every[kept++] = row;
    }
  }
  const index = every.subarray(0, kept);
  const dropped = names.flatMap((name, k) => (missing[k] > 0 ? [{ rows: missing[k], why: `no ${name}` }] : []));
  if (weightless > 0) dropped.push({ rows: weightless, why: 'weight 0' });
  if (kept === 0)
    throw new IsoflopError('NO_ROWS_LEFT', {
      rows: runs.rows,
      dropped: [...runs.dropped, ...dropped].map((d) => `${String(d.rows)} dropped: ${d.why}`).join('; '),
    });

  const pick = (column: ArrayLike<number>): Float64Array => {
    const picked = new Float64Array(kept);
    for (let i = 0; i < kept; i++) picked[i] = column[index[i]];
    return picked;
  };
  // Where every row is taken, the column itself will do: nobody writes into either.
  const response = columns[law.inputs.length];
  const observed = kept === runs.rows ? response : pick(response);
  const inputs = law.inputs.map((_, k) => (isLog[k] ? logarithms(pick(columns[k])) : pick(columns[k])));
  const means = Float64Array.from(law.inputs, ({ name }) => {
    const shear = law.shears.find(({ input, alike }) => input === name || alike?.includes(name) === true);
    return shear === undefined ? 0 : mean(inputs[law.inputs.findIndex((input) => input.name === shear.input)]);
  });
  for (const [k, column] of inputs.entries()) for (let i = 0; i < kept; i++) column[i] -= means[k];
  return {
    index,
    means,
    dropped,
    data: {
      rows: kept,
      inputs,
      observed,
      logObserved: logarithms(observed.slice()),
      weights: weights === undefined ? undefined : pick(weights),
    },
  };
}

/** Takes logarithms in place. A plain loop: `map` with a callback takes three times as long on a million rows. */
function logarithms(values: Float64Array): Float64Array {
  for (let i = 0; i < values.length; i++) values[i] = Math.log(values[i]);
  return values;
}

/** The response of every row of the runs: a quantity, or computed from several. */
export function responseOf(law: Law, runs: Runs): Float64Array {
  const column = runs.quantities[law.response.name];
  if (column !== undefined || law.respond === undefined) return column ?? requireColumn(law, runs, law.response.name);
  const columns = (law.responseColumns ?? []).map((name) => [name, requireColumn(law, runs, name)] as const);
  return law.respond(Object.fromEntries(columns), runs.rows);
}

/** A quantity of the runs that a law needs. */
export function requireColumn(law: Law, runs: Runs, name: string): Float64Array {
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

function refuseValue(runs: Runs, row: number, quantity: string, value: number, isLog: boolean): never {
  throw new IsoflopError(isLog ? 'VALUE_NOT_POSITIVE' : 'VALUE_NOT_FINITE', {
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
