import { IsoflopError } from '../core/errors.ts';
import { categoryQuantities, knownQuantities, positiveQuantities } from './columns.ts';
import { checkedFactor } from './checks.ts';
import { linkedQuantities, type FilePlan, type Row } from './plan.ts';
import type { Runs } from './runs.ts';
import { RunsStore } from './store.ts';
import { createTaker } from './take.ts';

/** Options of {@link createRuns}. */
export interface CreateRunsOptions {
  /** Name of the data in messages and reports. */
  readonly name?: string;
  /** FLOP per parameter and token, the k of C = k N D; 6 by default. */
  readonly flopsPerParamToken?: number;
}

/**
 * Makes runs from columns in memory, with the same checks and the same derivation of the third of params, tokens and flops
 * as for files. The names are those of the quantities; other names are kept as they are. Columns of text become
 * categories. In messages, lines are rows counted from 1.
 *
 * @param columns - one array a quantity, all of one length
 * @throws {@link IsoflopError} `USAGE` when lengths differ or a quantity is text, `VALUE_NOT_POSITIVE`, `NO_ROWS_LEFT`
 * @example
 * ```ts
 * const runs = createRuns({ params: [1e9, 2e9], tokens: [2e10, 4e10], loss: [2.6, 2.4] });
 * runs.quantities.flops; // Float64Array [1.2e20, 4.8e20]
 * ```
 */
export function createRuns(
  columns: Readonly<Record<string, ArrayLike<number> | readonly string[]>>,
  options: CreateRunsOptions = {},
): Runs {
  const file = options.name ?? 'the data in memory';
  const numbers: [string, ArrayLike<number>][] = [];
  const texts: [string, readonly string[]][] = [];
  for (const [name, column] of Object.entries(columns)) {
    if (isText(column)) texts.push([name, column]);
    else numbers.push([name, column]);
  }
  const rows = Math.max(0, ...Object.values(columns).map((column) => column.length));
  checkShape(columns, rows, file);

  const values = [...new Set<string>([...positiveQuantities, ...numbers.map(([name]) => name)])];
  const row: Row = { fields: [], cells: new Float64Array(), values: new Float64Array(values.length).fill(NaN) };
  let i = 0;
  const present = [...linkedQuantities, 'loss'].filter((name) => Object.hasOwn(columns, name));
  const plan: FilePlan = {
    slots: [],
    given: numbers.map(([name, column]) => {
      return { name, source: name, value: values.indexOf(name), read: () => column[i], slots: [], strict: true };
    }),
    values,
    needed: present.reverse().map((name) => values.indexOf(name)),
    categories: texts.map(([name], field) => ({ name, field, source: name })),
    extra: [],
    where: undefined,
    fields: [],
  };
  const store = new RunsStore();
  const flopsPerParamToken = checkedFactor(options.flopsPerParamToken ?? 6);
  const take = createTaker({ plan, row, store, file, flopsPerParamToken, decimalComma: false, whereReason: '' });
  for (; i < rows; i++) {
    row.fields = texts.map(([, column]) => column[i]);
    take(i + 1);
  }
  store.endSource({ name: file, sha256: '', rows });
  return store.finish(flopsPerParamToken);
}

const isText = (column: ArrayLike<number> | readonly string[]): column is readonly string[] =>
  typeof column[0] === 'string';

function checkShape(columns: Readonly<Record<string, ArrayLike<unknown>>>, rows: number, file: string): void {
  const refuse = (what: string): IsoflopError => {
    const remedy = 'Give one array of numbers for each quantity (of text for run and family), all of one length.';
    return new IsoflopError('USAGE', { message: `${file}${what}.`, remedy });
  };
  if (rows === 0) throw refuse(' has no rows');
  for (const [name, column] of Object.entries(columns)) {
    if (column.length !== rows) throw refuse(`: ${name} has ${String(column.length)} rows, not ${String(rows)}`);
    const known = (knownQuantities as readonly string[]).includes(name);
    const text = known ? categoryQuantities.includes(name) : typeof column[0] === 'string';
    const wrong = Array.prototype.findIndex.call(column, (value) => typeof value !== (text ? 'string' : 'number'));
    if (wrong !== -1) throw refuse(`, row ${String(wrong + 1)}: ${name} has to be ${text ? 'text' : 'a number'}`);
  }
}
