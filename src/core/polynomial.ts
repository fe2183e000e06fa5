/**
 * The polynomial of least squares, of the degree that the corrected Akaike criterion prefers: a high one for exact curves, a
 * low one for noisy ones. It is a sum of polynomials that are orthogonal on the points, made by their recurrence.
 *
 * @param x - at least 4 places in rising order, length n
 * @param y - length n
 * @param highestDegree - the degree is at most this, and at most n - 4
 * @see Forsythe (1957), "Generation and use of orthogonal polynomials for data-fitting with a digital computer"
 * @example
 * ```ts
 * fitPolynomial([1, 2, 3, 4, 5, 6], [1, 4, 9, 16, 25, 36], 5)(2.5); // 6.25
 * ```
 */
export function fitPolynomial(
  x: readonly number[],
  y: readonly number[],
  highestDegree: number,
): (at: number) => number {
  const n = x.length;
  const middle = (x[0] + x[n - 1]) / 2;
  const half = (x[n - 1] - x[0]) / 2 || 1;
  const t = x.map((value) => (value - middle) / half);
  const rest = y.slice();
  const terms: { readonly shift: number; readonly ratio: number; readonly coefficient: number }[] = [];
  let [previous, current] = [t.map(() => 0), t.map(() => 1)];
  let previousLength = 1;
  let [best, degree] = [Infinity, 0];
  for (let k = 0; k <= Math.min(highestDegree, n - 4); k++) {
    const length = dot(current, current);
    const coefficient = dot(rest, current) / length;
    for (let i = 0; i < n; i++) rest[i] -= coefficient * current[i];
    const squares = Math.max(dot(rest, rest), n * 1e-31);
    const criterion = n * Math.log(squares / n) + (2 * (k + 2) * n) / (n - k - 3);
    if (criterion < best) [best, degree] = [criterion, k];
    const shift = t.reduce((sum, value, i) => sum + value * current[i] ** 2, 0) / length;
    const ratio = k === 0 ? 0 : length / previousLength;
    terms.push({ shift, ratio, coefficient });
    [previous, current] = [current, current.map((value, i) => (t[i] - shift) * value - ratio * previous[i])];
    previousLength = length;
  }
  return (at) => {
    const u = (at - middle) / half;
    let [before, now] = [0, 1];
    let sum = 0;
    for (const { shift, ratio, coefficient } of terms.slice(0, degree + 1)) {
      sum += coefficient * now;
      [before, now] = [now, (u - shift) * now - ratio * before];
    }
    return sum;
  };
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * b[i], 0);
}
