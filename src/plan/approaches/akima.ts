/** A curve through points, smooth and without overshoot far from the points that cause it. */
export interface Akima {
  /** Value of the curve at a place between the first and the last point. */
  readonly at: (x: number) => number;
  /** Place and value of the lowest point; at an end when the curve falls towards it. */
  readonly minimum: { readonly x: number; readonly y: number; readonly isInside: boolean };
}

/**
 * Akima's piecewise cubic through points: the slope at a point depends on the two neighbours on either side only, so one bad
 * point does not bend the whole curve. The minimum is that of the cubics in closed form, not of a grid.
 *
 * @param x - places in strictly rising order, length n of at least 2
 * @param y - length n
 * @see Akima (1970), "A new method of interpolation and smooth curve fitting based on local procedures"
 * @example
 * ```ts
 * akima([0, 1, 2, 3, 4], [4, 1, 0, 1, 4]).minimum.x; // 2
 * ```
 */
export function akima(x: ArrayLike<number>, y: ArrayLike<number>): Akima {
  const slopes = akimaSlopes(x, y);
  const n = x.length;
  const cubic = (k: number): readonly [number, number] => {
    const h = x[k + 1] - x[k];
    const secant = (y[k + 1] - y[k]) / h;
    return [(3 * secant - 2 * slopes[k] - slopes[k + 1]) / h, (slopes[k] + slopes[k + 1] - 2 * secant) / (h * h)];
  };
  const value = (k: number, u: number): number => {
    const [quadratic, third] = cubic(k);
    return y[k] + u * (slopes[k] + u * (quadratic + u * third));
  };
  return {
    at: (place) => {
      let k = 0;
      while (k < n - 2 && place > x[k + 1]) k++;
      return value(k, place - x[k]);
    },
    get minimum() {
      return lowest(x, y, slopes, cubic, value);
    },
  };
}

function lowest(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  slopes: Float64Array,
  cubic: (k: number) => readonly [number, number],
  value: (k: number, u: number) => number,
): Akima['minimum'] {
  const n = x.length;
  let best = 0;
  for (let k = 1; k < n; k++) if (y[k] < y[best]) best = k;
  let [bestX, bestY] = [x[best], y[best]];
  for (let k = 0; k < n - 1; k++) {
    const [quadratic, third] = cubic(k);
    // slope + 2 quadratic u + 3 third u^2 = 0, in the form that does not cancel; the root with rising slope is the minimum.
    const discriminant = quadratic * quadratic - 3 * third * slopes[k];
    if (!(discriminant >= 0)) continue;
    const u = -slopes[k] / (quadratic + Math.sqrt(discriminant));
    if (!(u > 0 && u < x[k + 1] - x[k])) continue;
    const candidate = value(k, u);
    if (candidate < bestY) [bestX, bestY] = [x[k] + u, candidate];
  }
  return { x: bestX, y: bestY, isInside: bestX > x[0] && bestX < x[n - 1] };
}

/** Slopes at the points, with two secants beyond each end continued as parabolas. */
function akimaSlopes(x: ArrayLike<number>, y: ArrayLike<number>): Float64Array {
  const n = x.length;
  const secants = new Float64Array(n + 3);
  for (let k = 0; k < n - 1; k++) secants[k + 2] = (y[k + 1] - y[k]) / (x[k + 1] - x[k]);
  if (n === 2) return new Float64Array(2).fill(secants[2]);
  secants[1] = 2 * secants[2] - secants[3];
  secants[0] = 2 * secants[1] - secants[2];
  secants[n + 1] = 2 * secants[n] - secants[n - 1];
  secants[n + 2] = 2 * secants[n + 1] - secants[n];
  let largest = 0;
  const weight = (k: number): number => Math.abs(secants[k + 1] - secants[k]);
  for (let k = 0; k < n; k++) largest = Math.max(largest, weight(k) + weight(k + 2));
  return Float64Array.from({ length: n }, (_, k) => {
    const [before, after] = [weight(k), weight(k + 2)];
    // On a straight piece both weights vanish, and the slope is the mean of the two secants.
    if (before + after <= 1e-9 * largest) return (secants[k + 1] + secants[k + 2]) / 2;
    return (after * secants[k + 1] + before * secants[k + 2]) / (before + after);
  });
}
