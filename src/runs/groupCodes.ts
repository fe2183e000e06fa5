/** Numbers rows so that two have one number exactly when all the columns agree, in the order in which they first occur. */
export function groupCodes(columns: readonly (ArrayLike<number> | undefined)[]): Int32Array {
  let codes: Int32Array | undefined;
  for (const column of columns) if (column !== undefined) codes = combine(codes, column);
  return codes ?? new Int32Array(0);
}

/** Number of different values of a column. */
export function countDistinct(column: ArrayLike<number>): number {
  let largest = -1;
  for (const code of groupCodes([column])) if (code > largest) largest = code;
  return largest + 1;
}

/** Tells rows apart by one more column. */
function combine(before: Int32Array | undefined, column: ArrayLike<number>): Int32Array {
  const codes = new Int32Array(column.length);
  const table = new CodeTable(before, column);
  for (let i = 0; i < codes.length; i++) {
    // Rows of a run follow each other in most tables.
    codes[i] = i > 0 && table.areAlike(i, i - 1) ? codes[i - 1] : table.codeOf(i);
  }
  return codes;
}

/** A number as its bits. */
const bits = new Float64Array(1);
const words = new Uint32Array(bits.buffer);

/**
 * Codes of rows by their content: a hash table with open addressing in typed arrays. A map ends at 16.8 million keys, which
 * a table of final losses may have.
 */
class CodeTable {
  readonly #before: Int32Array | undefined;
  readonly #column: ArrayLike<number>;
  /** Codes, at or after the place that their content is hashed to; -1 where there is none. A power of two of them. */
  #slots = new Int32Array(1024).fill(-1);
  /** A row of each code. */
  #rows = new Int32Array(512);
  #size = 0;

  constructor(before: Int32Array | undefined, column: ArrayLike<number>) {
    this.#before = before;
    this.#column = column;
  }

  /** Whether two rows agree so far. Missing numbers are all alike. */
  areAlike(i: number, j: number): boolean {
    const [a, b] = [this.#column[i], this.#column[j]];
    if (a !== b && !(Number.isNaN(a) && Number.isNaN(b))) return false;
    return this.#before === undefined || this.#before[i] === this.#before[j];
  }

  codeOf(row: number): number {
    const mask = this.#slots.length - 1;
    let slot = this.#hash(row) & mask;
    for (; this.#slots[slot] >= 0; slot = (slot + 1) & mask)
      if (this.areAlike(this.#rows[this.#slots[slot]], row)) return this.#slots[slot];
    if (this.#size === this.#rows.length) {
      this.#grow();
      return this.codeOf(row);
    }
    this.#rows[this.#size] = row;
    this.#slots[slot] = this.#size;
    return this.#size++;
  }

  #hash(row: number): number {
    const value = this.#column[row];
    // Zeros of both signs are equal; which bits stand for no number depends on where it comes from.
    bits[0] = Number.isNaN(value) ? NaN : value + 0;
    let hash = Math.imul(words[0], 0x9e3779b1) ^ words[1];
    if (this.#before !== undefined) hash = Math.imul(hash ^ (hash >>> 15), 0x27d4eb2f) + this.#before[row];
    // Whole numbers differ in the upper bits of either word alone: MurmurHash3's last step spreads them over all.
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    return (hash ^ (hash >>> 16)) >>> 0;
  }

  #grow(): void {
    const rows = new Int32Array(2 * this.#rows.length);
    rows.set(this.#rows);
    this.#rows = rows;
    const mask = 2 * this.#slots.length - 1;
    this.#slots = new Int32Array(mask + 1).fill(-1);
    for (let code = 0; code < this.#size; code++) {
      let slot = this.#hash(rows[code]) & mask;
      while (this.#slots[slot] >= 0) slot = (slot + 1) & mask;
      this.#slots[slot] = code;
    }
  }
}
