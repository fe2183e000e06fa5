/** Numbers rows so that two have one number exactly when all the columns agree. */
export function groupCodes(columns: readonly (ArrayLike<number> | undefined)[]): Int32Array {
  const given = columns.filter((column) => column !== undefined);
  let codes = new Int32Array(given[0].length);
  for (const column of given) {
    const known = new Map<number, Map<number, number>>();
    let next = 0;
    codes = codes.map((code, i) => {
      const inner = known.get(code) ?? new Map<number, number>();
      known.set(code, inner);
      const found = inner.get(column[i]) ?? next++;
      inner.set(column[i], found);
      return found;
    });
  }
  return codes;
}
