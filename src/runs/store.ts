import { IsoflopError } from '../core/errors.ts';
import { createWarning, type Warning } from '../core/warnings.ts';
import { parseCell } from './cell.ts';
import { checkQuantities } from './checks.ts';
import { GrowingCategory, GrowingColumn } from './growing.ts';
import { lazyColumns, mapColumns, type Recipe } from './lazyColumns.ts';
import { mixedUnits } from './mixedUnits.ts';
import type { Category, Runs, Source } from './runs.ts';

/**
 * The runs as they grow, over all sources: columns, what was dropped and why, and how each quantity was found.
 *
 * @example
 * ```ts
 * const store = new RunsStore();
 * const loss = store.numbers('loss');
 * loss.append(2.5);
 * store.endRow(2);
 * store.endSource({ name: 'runs.csv', sha256: '', rows: 1 });
 * store.finish(6).quantities.loss; // Float64Array [2.5]
 * ```
 */
export class RunsStore {
  /** Quantity to the column or expression that it was read from. */
  readonly columns = new Map<string, string>();
  /** Quantities computed from others, and how. */
  readonly derived = new Map<string, string>();
  /** Whether some source gives all of params, tokens and flops, so that they can be compared. */
  allLinkedGiven = false;
  /** Whether numbers that were kept as text may have a decimal comma. */
  decimalComma = false;
  readonly #numbers = new Map<string, GrowingColumn<Float64Array>>();
  /** All quantities, in the order in which they came up. */
  readonly #names = new Set<string>();
  readonly #recipes = new Map<string, Recipe>();
  /** Rows of sources that leave a quantity to its recipe. */
  readonly #derivedRows: { readonly name: string; readonly first: number; end: number }[] = [];
  readonly #categories = new Map<string, GrowingCategory>();
  readonly #undecided = new Map<string, GrowingCategory>();
  readonly #lines = new GrowingColumn(Uint32Array, 0);
  readonly #files = new GrowingColumn(Uint16Array, 0);
  readonly #sources: Source[] = [];
  readonly #dropped = new Map<string, number>();
  readonly #ignored = new Map<string, Warning>();
  readonly #warnings: Warning[] = [];
  #rows = 0;

  /** The column of a quantity, blank in the rows so far. */
  numbers(name: string): GrowingColumn<Float64Array> {
    this.#names.add(name);
    return this.#grow(this.#numbers, name, () => new GrowingColumn(Float64Array, NaN));
  }

  /** Has a quantity made from others in the rows of the source that begins. */
  derive(name: string, recipe: Recipe): void {
    this.#names.add(name);
    this.#recipes.set(name, recipe);
    this.#derivedRows.push({ name, first: this.#rows, end: Infinity });
  }

  /** The column of a category, blank in the rows so far. */
  category(name: string): GrowingCategory {
    return this.#grow(this.#categories, name, () => new GrowingCategory());
  }

  /** A column of text that becomes a quantity in the end if all of it turns out to be numbers. */
  undecided(name: string): GrowingCategory {
    return this.#grow(this.#undecided, name, () => new GrowingCategory());
  }

  #grow<C extends { padTo(rows: number): void }>(columns: Map<string, C>, name: string, make: () => C): C {
    const column = columns.get(name) ?? make();
    column.padTo(this.#rows);
    columns.set(name, column);
    return column;
  }

  /** Ends a row to which every column of the source has been given a value. */
  endRow(line: number): void {
    this.#lines.append(line);
    if (this.#sources.length > 0) {
      this.#files.padTo(this.#rows);
      this.#files.append(this.#sources.length);
    }
    this.#rows++;
  }

  /** Ends a source; columns that it lacks are blank in its rows. */
  endSource(source: Source): void {
    this.#sources.push(source);
    this.#files.padTo(this.#sources.length > 1 ? this.#rows : 0);
    for (const part of this.#derivedRows) part.end = Math.min(part.end, this.#rows);
    for (const columns of [this.#numbers, this.#categories, this.#undecided]) {
      for (const column of columns.values()) column.padTo(this.#rows);
    }
  }

  /** Counts a row that is left out. */
  drop(why: string): void {
    this.#dropped.set(why, (this.#dropped.get(why) ?? 0) + 1);
  }

  /** Keeps what the reader of a source has to say of it. */
  warn(warning: Warning): void {
    this.#warnings.push(warning);
  }

  /** Leaves out a quantity that nobody asked for, since a cell of it cannot be used. */
  ignore(quantity: string, reason: string): void {
    if (!this.#ignored.has(quantity)) {
      this.#ignored.set(quantity, createWarning('COLUMN_IGNORED', `${quantity} was not read: ${reason}.`));
    }
  }

  /**
   * The runs; the store is empty afterwards.
   *
   * @throws {@link IsoflopError} `NO_ROWS_LEFT`
   */
  finish(flopsPerParamToken: number): Runs {
    const dropped = Array.from(this.#dropped, ([why, rows]) => ({ rows, why }));
    if (this.#rows === 0) {
      const rows = this.#sources.reduce((sum, source) => sum + source.rows, 0);
      throw new IsoflopError('NO_ROWS_LEFT', { rows, dropped: dropped.map((d) => `${d.rows}: ${d.why}`).join('; ') });
    }
    const texts = new Map<string, Category>();
    const quantities = this.#finishQuantities();
    for (const [name, column] of this.#categories) texts.set(name, column.finish());
    for (const [name, column] of this.#undecided) {
      const category = column.finish();
      const cells = category.labels.map((label) => parseCell(label, this.decimalComma));
      if (cells.includes(undefined)) texts.set(name, category);
      else quantities[name] = Float64Array.from(category.codes, (code) => cells[code] ?? NaN);
    }
    const readable = ([name]: [string, string]): boolean => !this.#ignored.has(name);
    const conventions = {
      columns: Object.fromEntries([...this.columns].filter(readable)),
      derived: Object.fromEntries([...this.derived].filter(readable)),
      flopsPerParamToken,
    };
    // All zeros take no memory until somebody writes into them.
    const isOne = this.#sources.length === 1;
    const files = isOne ? new Uint16Array(this.#rows) : this.#files.finish();
    return {
      rows: this.#rows,
      quantities,
      categories: Object.fromEntries(texts),
      lines: this.#lines.finish(),
      files,
      sources: this.#sources,
      dropped,
      conventions,
      warnings: [
        ...this.#warnings,
        ...this.#ignored.values(),
        ...checkQuantities(quantities, conventions, dropped, this.allLinkedGiven),
        ...mixedUnits(quantities, files, this.#sources),
      ],
    };
  }

  /** The quantities; what no source gives is made when it is asked for, what some give is completed. */
  #finishQuantities(): Record<string, Float64Array> {
    const columns: Record<string, Float64Array> = {};
    for (const [name, column] of this.#numbers) columns[name] = column.finish();
    // What is made of a column that will not be there any more is made while it still is.
    if (this.#ignored.size > 0)
      for (const name of this.#recipes.keys()) columns[name] ??= new Float64Array(this.#rows).fill(NaN);
    const isMade = (name: string): boolean => name in columns;
    const lazy = new Map([...this.#recipes].filter(([name]) => !isMade(name)));
    const whole = lazyColumns(this.#names, columns, lazy);
    for (const { name, first, end } of this.#derivedRows.filter((part) => isMade(part.name))) {
      // A recipe may need what is itself made of others, in these rows.
      const part = mapColumns(whole, (column) => column.subarray(first, end));
      const made = this.#recipes.get(name)?.(part);
      if (made !== undefined) columns[name].set(made, first);
    }
    if (this.#ignored.size === 0) return whole;
    const names = [...this.#names].filter((name) => !this.#ignored.has(name));
    return Object.fromEntries(names.map((name) => [name, columns[name]]));
  }
}
