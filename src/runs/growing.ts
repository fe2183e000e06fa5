import type { Category } from './runs.ts';

/** Rows of a chunk. Growing by chunks copies every number once, where doubling would hold three copies at its peak. */
const chunkRows = 65_536;

type Numbers = Float64Array | Int32Array | Uint32Array | Uint16Array;

/**
 * A column of numbers of unknown length, kept as chunks of 65,536 rows.
 *
 * @example
 * ```ts
 * const column = new GrowingColumn((length) => new Float64Array(length), NaN);
 * column.append(1.5);
 * column.finish(); // Float64Array [1.5]
 * ```
 */
export class GrowingColumn<A extends Numbers> {
  readonly #make: (length: number) => A;
  readonly #blank: number;
  #full: A[] = [];
  #chunk: A;
  #at = 0;

  constructor(make: (length: number) => A, blank: number) {
    this.#make = make;
    this.#blank = blank;
    this.#chunk = make(chunkRows);
  }

  /** Adds one row. */
  append(value: number): void {
    if (this.#at === chunkRows) {
      this.#full.push(this.#chunk);
      this.#chunk = this.#make(chunkRows);
      this.#at = 0;
    }
    this.#chunk[this.#at++] = value;
  }

  /** Adds blank rows until there are `rows`. */
  padTo(rows: number): void {
    while (this.#full.length * chunkRows + this.#at < rows) this.append(this.#blank);
  }

  /** The column as one array; the chunks are given up. */
  finish(): A {
    const result = this.#make(this.#full.length * chunkRows + this.#at);
    this.#full.forEach((chunk, k) => {
      result.set(chunk, k * chunkRows);
    });
    result.set(this.#chunk.subarray(0, this.#at), this.#full.length * chunkRows);
    this.#full = [];
    this.#chunk = this.#make(0);
    return result;
  }
}

/** A growing column of numbers; missing rows are NaN. */
export const growingNumbers = (): GrowingColumn<Float64Array> =>
  new GrowingColumn((length) => new Float64Array(length), NaN);

/**
 * A column of names of unknown length: each name is kept once and rows hold its code.
 *
 * @example
 * ```ts
 * const column = new GrowingCategory();
 * column.append('opt');
 * column.finish(); // { codes: Int32Array [0], labels: ['opt'] }
 * ```
 */
export class GrowingCategory {
  readonly #codes = new GrowingColumn((length) => new Int32Array(length), -1);
  readonly #codeOf = new Map<string, number>();
  readonly #labels: string[] = [];

  /** Adds one row; blank text has code -1. */
  append(text: string): void {
    const name = text.trim();
    let code = name === '' ? -1 : this.#codeOf.get(name);
    if (code === undefined) {
      // A slice of a block of the file would keep the whole block alive as long as the label.
      const label = structuredClone(name);
      code = this.#labels.length;
      this.#labels.push(label);
      this.#codeOf.set(label, code);
    }
    this.#codes.append(code);
  }

  /** Adds blank rows until there are `rows`. */
  padTo(rows: number): void {
    this.#codes.padTo(rows);
  }

  /** The column as codes and labels. */
  finish(): Category {
    return { codes: this.#codes.finish(), labels: this.#labels };
  }
}
