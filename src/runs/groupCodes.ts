/** Codes of rows, 0 to count - 1. */
interface Codes {
  readonly codes: Int32Array;
  readonly count: number;
}

/** Combinations of two columns up to which these are looked up in a table instead of a map. */
const largestTable = 2 ** 22;

/** Numbers rows so that two have one number exactly when all the columns agree, in the order in which they first occur. */
export function groupCodes(columns: readonly (ArrayLike<number> | undefined)[]): Int32Array {
  let all: Codes | undefined;
  // One column after the other: the codes of all of them at once would take more memory than the columns.
  for (const column of columns) {
    if (column === undefined) continue;
    const codes = encode(column);
    all = all === undefined ? codes : combine(all, codes);
  }
  return all?.codes ?? new Int32Array(0);
}

function encode(column: ArrayLike<number>): Codes {
  const known = new Map<number, number>();
  const codes = new Int32Array(column.length);
  let before = NaN;
  let code = -1;
  for (let i = 0; i < codes.length; i++) {
    const value = column[i];
    // Rows of a run follow each other in most tables.
    if (value !== before) {
      code = known.get(value) ?? known.size;
      if (code === known.size) known.set(value, code);
      before = value;
    }
    codes[i] = code;
  }
  return { codes, count: known.size };
}

function combine(a: Codes, b: Codes): Codes {
  if (b.count <= 1) return a;
  if (a.count <= 1) return b;
  if (a.count * b.count > largestTable)
    return encode(Float64Array.from(a.codes, (code, i) => code * b.count + b.codes[i]));
  const table = new Int32Array(a.count * b.count).fill(-1);
  let count = 0;
  const { codes } = a;
  for (let i = 0; i < codes.length; i++) {
    const at = codes[i] * b.count + b.codes[i];
    if (table[at] < 0) table[at] = count++;
    codes[i] = table[at];
  }
  return { codes, count };
}
