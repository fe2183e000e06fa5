/** More than any number of rows: codes of two columns as one number. */
const base = 2 ** 26;

/** Numbers rows so that two have one number exactly when all the columns agree, in the order in which they first occur. */
export function groupCodes(columns: readonly (ArrayLike<number> | undefined)[]): Int32Array {
  let codes: Int32Array | undefined;
  for (const column of columns) {
    if (column === undefined) continue;
    codes ??= new Int32Array(column.length);
    combine(codes, column);
  }
  return codes ?? new Int32Array(0);
}

/** Tells rows apart by one more column, in place: codes of ten million rows take as much memory as half a column. */
function combine(codes: Int32Array, column: ArrayLike<number>): void {
  const codeOfValue = new Map<number, number>();
  const codeOfBoth = new Map<number, number>();
  let lastValue = NaN;
  let lastCode = -1;
  let last = -1;
  for (let i = 0; i < codes.length; i++) {
    const value = column[i];
    // Rows of a run follow each other in most tables.
    if (value !== lastValue || codes[i] !== lastCode) {
      let own = codeOfValue.get(value);
      if (own === undefined) codeOfValue.set(value, (own = codeOfValue.size));
      const key = codes[i] * base + own;
      let both = codeOfBoth.get(key);
      if (both === undefined) codeOfBoth.set(key, (both = codeOfBoth.size));
      lastValue = value;
      lastCode = codes[i];
      last = both;
    }
    codes[i] = last;
  }
}
