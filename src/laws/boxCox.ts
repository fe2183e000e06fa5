/** Below this |u| the quotients of {@link fillGrowth} lose digits and their series are used. */
const small = 0.5;
/** Terms of the series: 0.5^13 / 14! is below rounding. */
const terms = 13;

/**
 * Writes g = (e^(bend x) - 1) / bend, which is x where the bend is 0, with its first two derivatives in the bend:
 * x^(k+1) times the k-th derivative of (e^u - 1) / u at u = bend x. All three are smooth in the bend, through 0 as well.
 *
 * @param out - receives g, dg / d bend and d2g / d bend2
 * @example
 * ```ts
 * const out = new Float64Array(3);
 * fillGrowth(2, 0, out);
 * out; // [2, 2, 2.6667]
 * ```
 */
export function fillGrowth(x: number, bend: number, out: Float64Array): void {
  const u = bend * x;
  let value = 0;
  let slope = 0;
  let curvature = 0;
  if (Math.abs(u) < small) {
    // sum_k u^k / (k + 1)! and its derivatives, from the last term on.
    for (let k = terms; k >= 0; k--) {
      curvature = curvature * u + 2 * slope;
      slope = slope * u + value;
      value = value * u + inverseFactorials[k];
    }
  } else {
    const exp = Math.exp(u);
    value = (exp - 1) / u;
    slope = (exp - value) / u;
    curvature = (exp - 2 * slope) / u;
  }
  out[0] = x * value;
  out[1] = x * x * slope;
  out[2] = x * x * x * curvature;
}

/** 1 / (k + 1)! for k = 0, 1, ... */
const inverseFactorials = ((): Float64Array => {
  const values = new Float64Array(terms + 1);
  for (let k = 0, factorial = 1; k <= terms; k++) values[k] = 1 / (factorial *= k + 1);
  return values;
})();
