import type { Category } from './runs.ts';

/** Rows of a chunk. */
const chunkRows = 65_536;

type Numbers = Float64Array | Int32Array | Uint32Array | Uint16Array;

interface NumbersType<A extends Numbers> {
  new (source: number | ArrayBuffer): A;
  readonly BYTES_PER_ELEMENT: number;
}

/** The part of resizable buffers (ES2024, in Node since 20) that is used here; the es2023 library does not declare it. */
interface ResizableBuffer extends ArrayBuffer {
  resize(byteLength: number): void;
}
const ResizableBuffer = ArrayBuffer as unknown as new (
  byteLength: number,
  options: { readonly maxByteLength: number },
) => ResizableBuffer;

/**
 * A column of numbers of unknown length, kept as chunks of 65,536 rows until its length is known.
 *
 * @example
 * ```ts
 * const column = new GrowingColumn(Float64Array, NaN);
 * column.append(1.5);
 * column.finish(); // Float64Array [1.5]
 * ```
 */
export class GrowingColumn<A extends Numbers> {
  readonly #type: NumbersType<A>;
  readonly #blank: number;
  #buffers: ResizableBuffer[] = [];
  #chunk: A;
  #at = chunkRows;

  /**
   * @param type - kind of the array, such as `Float64Array`
   * @param blank - what stands in rows without a value
   */
  constructor(type: NumbersType<A>, blank: number) {
    this.#type = type;
    this.#blank = blank;
    this.#chunk = new type(0);
  }

  /** Adds one row. */
  append(value: number): void {
    if (this.#at === chunkRows) this.#startChunk();
    this.#chunk[this.#at++] = value;
  }

  #startChunk(): void {
    const bytes = chunkRows * this.#type.BYTES_PER_ELEMENT;
    const buffer = new ResizableBuffer(bytes, { maxByteLength: bytes });
    this.#buffers.push(buffer);
    this.#chunk = new this.#type(buffer);
    this.#at = 0;
  }

  get #length(): number {
    return this.#buffers.length * chunkRows - (chunkRows - this.#at);
  }

  /** Adds blank rows until there are `rows`. */
  padTo(rows: number): void {
    while (this.#length < rows) this.append(this.#blank);
  }

  /** The column as one array; it is empty afterwards. */
  finish(): A {
    const result = new this.#type(this.#length);
    this.#buffers.forEach((buffer, k) => {
      const rows = Math.min(chunkRows, result.length - k * chunkRows);
      result.set(new this.#type(buffer).subarray(0, rows), k * chunkRows);
      // Gives the memory back at once; left to the garbage collector, every column would be held twice at the end.
      buffer.resize(0);
    });
    this.#buffers = [];
    this.#at = chunkRows;
    return result;
  }
}

/**
 * A column of names of unknown length: each name is kept once and rows hold its code.
 *
 * @example
 * ```ts
 * const column = new GrowingCategory();
 * column.append('opt');
 * column.finish(); // { codes: [0], labels: ['opt'] }
 * ```
 */
export class GrowingCategory {
  readonly #codes = new GrowingColumn(Int32Array, -1);
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
