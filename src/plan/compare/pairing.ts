import { IsoflopError } from '../../core/errors.ts';
import { nearestName } from '../../core/nearest.ts';
import type { LawFit } from '../../fit/fitLaw.ts';
import type { Runs } from '../../runs/runs.ts';
import { groupRows } from '../../uncertainty/groups.ts';

/** Sizes and budgets within this share of each other are the same design. */
const sameDesign = 1e-3;

/** Which runs of two families belong together: these are resampled together. */
export interface Pairing {
  /** What pairs were found by: the names of the quantities, or of the column. */
  readonly by: string;
  /** Runs (or whatever is resampled together) of both families: pairs first, then those of one family alone. */
  readonly units: number;
  readonly pairs: number;
  /** Units without a partner, of the first and of the second family. */
  readonly alone: readonly [number, number];
  /** Unit of each fitted row of both families. Int32Array, length rows. */
  readonly codes: readonly [Int32Array, Int32Array];
  /** For each pair, the fitted row of each family that stands for it: the one with the most tokens, else the last. */
  readonly rows: readonly (readonly [number, number])[];
}

/** Options of `pairRuns`. */
export interface PairingOptions {
  /** Column whose equal values make pairs; by default params, tokens and seed, where both families have them. */
  readonly pair?: string | undefined;
  /** Column whose rows are one run; by default `run` where rows carry runs, else each row by itself. */
  readonly group?: string | undefined;
}

/** A run of one family: its rows, and the one that stands for it. */
interface Unit {
  readonly rows: number[];
  last: number;
}

/**
 * Finds the runs that occur in both families: of the same design (params, tokens and, where there is one, seed), or with the
 * same value of a column. Runs of one design without seeds are paired in their order.
 *
 * @throws {@link IsoflopError} `COLUMN_UNKNOWN`
 */
export function pairRuns(fits: readonly [LawFit, LawFit], options: PairingOptions = {}): Pairing {
  const units = [unitsOf(fits[0], options.group), unitsOf(fits[1], options.group)] as const;
  const { by, keys } = options.pair === undefined ? designKeys(fits, units) : columnKeys(fits, units, options.pair);
  const waiting = new Map<string, number[]>();
  for (const [k, key] of keys[1].entries()) {
    const list = waiting.get(key);
    if (list === undefined) waiting.set(key, [k]);
    else list.push(k);
  }
  const partners = keys[0].map((key) => waiting.get(key)?.shift() ?? -1);
  const pairs = partners.flatMap((partner, k) => (partner === -1 ? [] : [[k, partner] as const]));
  const codes = [new Int32Array(fits[0].rows.data.rows), new Int32Array(fits[1].rows.data.rows)] as const;
  const mark = (which: 0 | 1, unit: number, code: number): void => {
    for (const row of units[which][unit].rows) codes[which][row] = code;
  };
  for (const [code, [a, b]] of pairs.entries()) {
    mark(0, a, code);
    mark(1, b, code);
  }
  let next = pairs.length;
  for (const [k, partner] of partners.entries()) if (partner === -1) mark(0, k, next++);
  const firstAlone = next - pairs.length;
  const taken = new Set(partners);
  for (const k of units[1].keys()) if (!taken.has(k)) mark(1, k, next++);
  return {
    by,
    units: next,
    pairs: pairs.length,
    alone: [firstAlone, next - pairs.length - firstAlone],
    codes,
    rows: pairs.map(([a, b]) => [units[0][a].last, units[1][b].last]),
  };
}

function unitsOf(fit: LawFit, group: string | undefined): Unit[] {
  const groups = groupRows(fit, group);
  const tokens = fit.runs.quantities.tokens;
  const length = (row: number): number => tokens?.[fit.rows.index[row]] ?? row;
  const units = Array.from({ length: groups.count }, (): Unit => ({ rows: [], last: -1 }));
  for (const [row, code] of groups.codes.entries()) {
    const unit = units[code];
    unit.rows.push(row);
    if (unit.last === -1 || length(row) >= length(unit.last)) unit.last = row;
  }
  return units;
}

/** A key for each unit of both families; equal keys make pairs. */
interface Keys {
  readonly by: string;
  readonly keys: readonly [string[], string[]];
}

function designKeys(fits: readonly [LawFit, LawFit], units: readonly [Unit[], Unit[]]): Keys {
  const has = (name: string): boolean => fits.every(({ runs }) => runs.quantities[name] !== undefined);
  const design = ['params', 'tokens'].filter(has);
  const names = design.length > 0 ? design : fits[0].law.inputs.map(({ name }) => name).filter(has);
  const keys: [string[], string[]] = [units[0].map(() => ''), units[1].map(() => '')];
  for (const name of names) {
    const values = units.map((own, which) => own.map(({ last }) => valueAt(fits[which], name, last)));
    const level = levels(values.flat());
    for (const which of [0, 1] as const)
      for (const [k, value] of values[which].entries()) keys[which][k] += `${String(level(value))} `;
  }
  if (has('seed'))
    for (const which of [0, 1] as const)
      for (const [k, { last }] of units[which].entries())
        keys[which][k] += `seed ${String(valueAt(fits[which], 'seed', last))}`;
  return { by: [...names, ...(has('seed') ? ['seed'] : [])].join(', '), keys };
}

const valueAt = (fit: LawFit, name: string, row: number): number =>
  fit.runs.quantities[name]?.[fit.rows.index[row]] ?? NaN;

/** Numbers values so that those within {@link sameDesign} of the next one have one number. */
function levels(values: readonly number[]): (value: number) => number {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  const starts = sorted.filter((value, k) => k === 0 || value > sorted[k - 1] * (1 + sameDesign));
  return (value) => starts.findLastIndex((start) => start <= value);
}

function columnKeys(fits: readonly [LawFit, LawFit], units: readonly [Unit[], Unit[]], column: string): Keys {
  const keysOf = (which: 0 | 1): string[] => {
    const { runs, rows } = fits[which];
    return units[which].map(({ last }, k) => {
      const label = labelAt(runs, column, rows.index[last]);
      // A run without a label has no partner.
      return label === '' ? `alone ${String(which)} ${String(k)}` : `= ${label}`;
    });
  };
  return { by: column, keys: [keysOf(0), keysOf(1)] };
}

function labelAt(runs: Runs, column: string, row: number): string {
  const category = runs.categories[column];
  if (category !== undefined) return category.codes[row] < 0 ? '' : category.labels[category.codes[row]];
  const quantity = runs.quantities[column];
  if (quantity !== undefined) return Number.isNaN(quantity[row]) ? '' : String(quantity[row]);
  const columns = [...Object.keys(runs.categories), ...Object.keys(runs.quantities)];
  const file = runs.sources[0]?.name ?? 'the data';
  throw new IsoflopError('COLUMN_UNKNOWN', { file, column, nearest: nearestName(column, columns), columns });
}
