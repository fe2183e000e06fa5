import { IsoflopError } from '../core/errors.ts';
import { formatQuantity } from '../core/quantity.ts';
import { parseCell } from './cell.ts';
import { linkedQuantities, ratioQuantity, type FilePlan, type Row } from './plan.ts';
import type { Runs } from './runs.ts';
import type { RunsStore } from './store.ts';
import { textOf } from './table.ts';

/** Where the rows of a source go, and what stays the same for all of them. */
export interface TakeOptions {
  readonly plan: FilePlan;
  /** Its `fields` hold the row that is taken. */
  readonly row: Row;
  readonly store: RunsStore;
  /** Name of the source in errors. */
  readonly file: string;
  readonly flopsPerParamToken: number;
  /** Whether `1,5` is 1.5. */
  readonly decimalComma: boolean;
  /** The reason that is counted for rows that do not fulfil the plan's condition. */
  readonly whereReason: string;
}

/** The values of a row begin with params, tokens, flops and loss, which have to be positive. */
const positiveValues = 4;

/**
 * Makes the function that takes one row: cells to numbers, numbers to quantities, the third of params, tokens and flops,
 * the user's condition, then the checks. The condition comes before the checks so that it can leave out rows that would
 * be refused.
 */
export function createTaker(options: TakeOptions): (line: number) => void {
  const { plan, row, store } = options;
  const { values } = row;
  const present = linkedQuantities.filter((name) => plan.given.some((quantity) => quantity.name === name));
  const derive = present.length < 2 ? undefined : createDerive(options, present);
  const isGiven = plan.given.some((quantity) => quantity.name === ratioQuantity);
  const ratio = isGiven ? -1 : plan.values.indexOf(ratioQuantity);
  if (ratio !== -1) store.derived.set(ratioQuantity, 'tokens / params');
  const [params, tokens] = ['params', 'tokens'].map((name) => plan.values.indexOf(name));
  const derived = [...(derive === undefined ? [] : linkedQuantities), ...(ratio === -1 ? [] : [ratioQuantity])];
  const names = [...new Set([...derived, ...plan.given.map((q) => q.name)])];
  const given = new Set(plan.given.map((q) => q.name));
  for (const { name, source } of [...plan.given, ...plan.categories]) {
    if (!store.columns.has(name)) store.columns.set(name, source);
  }
  store.allLinkedGiven ||= present.length === 3;
  const numbers = names.flatMap((name) => {
    if (given.has(name)) return [{ value: plan.values.indexOf(name), column: store.numbers(name) }];
    store.derive(name, recipeOf(name, options.flopsPerParamToken));
    return [];
  });
  const texts = [
    ...plan.categories.map(({ name, field }) => ({ field, column: store.category(name) })),
    ...plan.extra.map(({ name, field }) => ({ field, column: store.undecided(name) })),
  ];
  const readCells = createCellReader(options);

  return (line) => {
    const bad = readCells();
    for (const quantity of plan.given) values[quantity.value] = quantity.read(0);
    derive?.();
    if (ratio !== -1) values[ratio] = values[tokens] / values[params];
    if (plan.where !== undefined && !plan.where(0)) {
      store.drop(options.whereReason);
      return;
    }
    if (bad) refuseCells(options, line);
    for (const value of plan.needed) {
      if (!Number.isNaN(values[value])) continue;
      refuseUndefined(options, value, line);
      store.drop(`blank or NaN ${plan.values[value]}`);
      return;
    }
    for (let value = 0; value < positiveValues; value++) {
      if (values[value] <= 0 || values[value] === Infinity) refuseValue(options, value, line);
    }
    for (const { value, column } of numbers) column.append(values[value]);
    for (const { field, column } of texts) column.append(textOf(row.fields[field]));
    store.endRow(line);
  };
}

/** How a quantity that no column gives is made of those that one does. */
function recipeOf(name: string, k: number): (quantities: Runs['quantities']) => Float64Array {
  // Of the linked quantities two are given, or there would be nothing to derive.
  const made =
    (a: string, b: string, make: (x: number, y: number) => number) =>
    ({ [a]: x = new Float64Array(), [b]: y = new Float64Array() }: Runs['quantities']) =>
      x.map((value, i) => make(value, y[i]));
  if (name === 'flops') return made('params', 'tokens', (n, d) => k * n * d);
  if (name === 'tokens') return made('flops', 'params', (c, n) => c / (k * n));
  if (name === 'params') return made('flops', 'tokens', (c, d) => c / (k * d));
  return made('tokens', 'params', (d, n) => d / n);
}

/** Reads the cells of a row as numbers and says whether one of them holds something else. */
function createCellReader({ plan, row, decimalComma }: TakeOptions): () => boolean {
  const fields = Int32Array.from(plan.slots, (slot) => slot.field);
  const { cells } = row;
  return () => {
    let bad = false;
    for (let slot = 0; slot < fields.length; slot++) {
      const cell = row.fields[fields[slot]];
      const value = typeof cell === 'number' ? cell : parseCell(cell, decimalComma);
      if (value === undefined) bad = true;
      cells[slot] = value ?? NaN;
    }
    return bad;
  };
}

/** Computes the one of params, tokens and flops that a row lacks, from C = k N D. */
function createDerive(
  { plan, row, store, flopsPerParamToken: k }: TakeOptions,
  present: readonly string[],
): () => void {
  const { values } = row;
  const [n, d, c] = linkedQuantities.map((name) => plan.values.indexOf(name));
  const factor = formatQuantity(k);
  const formulas = [`flops / (${factor} tokens)`, `flops / (${factor} params)`, `${factor} params tokens`];
  const missing = linkedQuantities.findIndex((name) => !present.includes(name));
  if (missing !== -1) store.derived.set(linkedQuantities[missing], formulas[missing]);
  const filled = (value: number, which: number): void => {
    if (missing === -1 && !Number.isNaN(value) && !store.derived.has(linkedQuantities[which])) {
      store.derived.set(linkedQuantities[which], `${formulas[which]} where blank`);
    }
  };
  return () => {
    if (missing !== -1) values[[n, d, c][missing]] = NaN;
    if (Number.isNaN(values[c])) filled((values[c] = k * values[n] * values[d]), 2);
    else if (Number.isNaN(values[d])) filled((values[d] = values[c] / (k * values[n])), 1);
    else if (Number.isNaN(values[n])) filled((values[n] = values[c] / (k * values[d])), 0);
  };
}

/** Raises the error for a cell that is no number, or leaves out the quantities that it was for. */
function refuseCells({ plan, row, store, file, decimalComma }: TakeOptions, line: number): void {
  plan.slots.forEach(({ field, column, strict }, slot) => {
    const value = row.fields[field];
    if (typeof value === 'number' || parseCell(value, decimalComma) !== undefined) return;
    if (strict) throw new IsoflopError('VALUE_NOT_A_NUMBER', { file, line, column, value });
    for (const quantity of plan.given) {
      if (quantity.slots.includes(slot)) {
        store.ignore(quantity.name, `${file}, line ${line}, column "${column}": "${value}" is not a number`);
      }
    }
  });
}

/** Raises the error for an expression that has no value although all its cells have one, such as log(-1). */
function refuseUndefined({ plan, row, file }: TakeOptions, value: number, line: number): void {
  const quantity = plan.given.find((candidate) => candidate.value === value);
  if (quantity === undefined || quantity.slots.length === 0 || quantity.zeroIsBlank === true) return;
  if (quantity.slots.some((slot) => Number.isNaN(row.cells[slot]))) return;
  throw new IsoflopError('VALUE_NOT_A_NUMBER', { file, line, column: quantity.source, value: 'NaN' });
}

/** Raises the error for a value that is not positive and finite, or leaves out the quantity. */
function refuseValue({ plan, row, store, file }: TakeOptions, value: number, line: number): void {
  const name = plan.values[value];
  const quantity = plan.given.find((candidate) => candidate.value === value);
  const column = quantity?.source ?? name;
  if (quantity?.strict ?? plan.needed.includes(value)) {
    throw new IsoflopError('VALUE_NOT_POSITIVE', { file, line, column, value: row.values[value] });
  }
  store.ignore(
    name,
    `${file}, line ${line}, column "${column}": ${String(row.values[value])} is not positive and finite`,
  );
  row.values[value] = NaN;
}
