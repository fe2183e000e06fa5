/** Letters to insert, delete, replace or swap to get from `a` to `b` (optimal string alignment distance). */
function editDistance(a: string, b: string): number {
  const width = b.length + 1;
  const d = new Uint32Array((a.length + 1) * width);
  for (let j = 0; j < width; j++) d[j] = j;
  for (let i = 1; i <= a.length; i++) {
    d[i * width] = i;
    for (let j = 1; j < width; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min(d[(i - 1) * width + j] + 1, d[i * width + j - 1] + 1, d[(i - 1) * width + j - 1] + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, d[(i - 2) * width + j - 2] + 1);
      d[i * width + j] = best;
    }
  }
  return d[a.length * width + b.length];
}

/**
 * The name most like what the user typed, or `undefined` when none is close enough to be worth suggesting.
 *
 * @example
 * ```ts
 * nearestName('tokns', ['params', 'tokens']); // 'tokens'
 * ```
 */
export function nearestName(typed: string, names: readonly string[]): string | undefined {
  let best: string | undefined;
  const start = typed.toLowerCase().slice(0, 200);
  // Half of the letters may differ, but a suggestion has to share at least one.
  let bestDistance = Math.min(Math.max(2, Math.floor(start.length / 2)) + 1, start.length);
  for (const name of names) {
    if (name.length > 200) continue;
    const distance = editDistance(start, name.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [name, distance];
  }
  return best;
}
