/** A parabola loss = lowest + curvature (ln N - vertex)^2. */
export interface Parabola {
  /** ln N at the minimum. */
  readonly vertex: number;
  /** Loss at the minimum, in the unit of the losses. */
  readonly lowest: number;
  /** Loss for each squared unit of ln N; positive. */
  readonly curvature: number;
}

/**
 * The parabola of least squares through the losses at one compute budget, or `null` where it has no minimum: fewer than 3
 * sizes, or a curve that bends down.
 *
 * @param x - ln N, length n
 * @param y - loss, length n
 * @see arXiv 2203.15556, section 3.2
 * @example
 * ```ts
 * fitParabola([0, 1, 2], [5, 2, 5]); // { vertex: 1, lowest: 2, curvature: 3 }
 * ```
 */
export function fitParabola(x: ArrayLike<number>, y: ArrayLike<number>): Parabola | null {
  const n = x.length;
  if (n < 3) return null;
  // Polynomials that are orthogonal on the points: each coefficient is a plain projection, without normal equations.
  let center = 0;
  let mean = 0;
  for (let i = 0; i < n; i++) {
    center += x[i] / n;
    mean += y[i] / n;
  }
  let [s2, s3, sy] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    const u = x[i] - center;
    s2 += u * u;
    s3 += u * u * u;
    sy += u * (y[i] - mean);
  }
  if (!(s2 > 0)) return null;
  const skew = s3 / s2;
  const spread = s2 / n;
  let [norm, projected] = [0, 0];
  for (let i = 0; i < n; i++) {
    const u = x[i] - center;
    const q = u * u - skew * u - spread;
    norm += q * q;
    projected += q * (y[i] - mean);
  }
  const curvature = projected / norm;
  // Two distinct sizes leave nothing of the squares but rounding.
  if (!(norm > 1e-18 * s2 * s2) || !(curvature > 0)) return null;
  const slope = sy / s2 - curvature * skew;
  const shift = -slope / (2 * curvature);
  return { vertex: center + shift, lowest: mean - curvature * spread - curvature * shift * shift, curvature };
}
