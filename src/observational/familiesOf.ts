/** Rows of each family, in the order in which families first occur. */
export function familiesOf(rows: readonly number[], families: readonly string[]): number[][] {
  const members = new Map<string, number[]>();
  for (const row of rows) {
    const there = members.get(families[row]);
    if (there === undefined) members.set(families[row], [row]);
    else there.push(row);
  }
  return [...members.values()];
}
