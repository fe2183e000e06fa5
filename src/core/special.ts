/**
 * Quantiles of the normal and of Student's t distribution. simple-statistics 7.12.1 has no t quantile, and its `probit`
 * is a 4-digit approximation (1.9572 for 1.95996), too coarse for a 95% interval.
 */

/** Logarithm of the gamma function for x > 0 (Lanczos, g = 7, about 15 digits). */
function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const c = [
    676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905,
    -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
  ];
  const t = x + 6.5;
  let sum = 0.99999999999980993;
  for (let i = 0; i < c.length; i++) sum += c[i] / (x + i);
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(sum);
}

/**
 * Regularised incomplete beta function I_x(a, b), by Lentz's continued fraction.
 *
 * @see NIST Digital Library of Mathematical Functions, 8.17.22
 */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x)) / a;
  const tiny = 1e-300;
  let c = 1;
  let d = 1 / (1 - ((a + b) * x) / (a + 1) || tiny);
  let h = d;
  for (let m = 1; m < 500; m++) {
    for (const k of [
      (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m)),
      (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1)),
    ]) {
      d = 1 / (1 + k * d || tiny);
      c = 1 + k / c || tiny;
      h *= c * d;
    }
    if (Math.abs(c * d - 1) < 1e-15) break;
  }
  return front * h;
}

/**
 * Probability that a Student t variable is below t.
 *
 * @param df - degrees of freedom, positive, may be `Infinity`
 * @example
 * ```ts
 * studentCdf(2.228138, 10); // 0.975
 * ```
 */
export function studentCdf(t: number, df: number): number {
  if (df > 1e7) return 0.5 * (1 + erf(t / Math.SQRT2));
  const tail = 0.5 * incompleteBeta(df / (df + t * t), df / 2, 0.5);
  return t > 0 ? 1 - tail : tail;
}

/**
 * Quantile of Student's t distribution; infinite degrees of freedom give the normal quantile.
 *
 * @param p - probability in (0, 1)
 * @param df - degrees of freedom, positive, may be `Infinity`
 * @example
 * ```ts
 * studentQuantile(0.975, 10); // 2.228138...
 * ```
 */
export function studentQuantile(p: number, df: number): number {
  if (p === 0.5) return 0;
  if (p < 0.5) return -studentQuantile(1 - p, df);
  if (df > 1e7) return normalQuantile(p);
  let low = 0;
  let high = 1;
  while (studentCdf(high, df) < p && high < 1e300) high *= 2;
  for (let i = 0; i < 200 && high - low > 1e-14 * high; i++) {
    const middle = 0.5 * (low + high);
    if (studentCdf(middle, df) < p) low = middle;
    else high = middle;
  }
  return 0.5 * (low + high);
}

/** Probability that a chi-square variable with one degree of freedom is below x, which gives the normal tail exactly. */
function lowerGammaHalf(x: number): number {
  // Series for P(1/2, x), accurate for the x below 40 that a quantile search visits.
  let term = 1 / 0.5;
  let sum = term;
  for (let n = 1; n < 500 && term > sum * 1e-17; n++) {
    term *= x / (0.5 + n);
    sum += term;
  }
  return (sum * Math.exp(-x + 0.5 * Math.log(x))) / Math.sqrt(Math.PI);
}

/**
 * Quantile of the standard normal distribution, for probabilities between 1e-12 and 1 - 1e-12.
 *
 * @example
 * ```ts
 * normalQuantile(0.975); // 1.959963984540054
 * ```
 */
export function normalQuantile(p: number): number {
  if (p === 0.5) return 0;
  if (p < 0.5) return -normalQuantile(1 - p);
  const inside = 2 * p - 1;
  let low = 0;
  let high = 8;
  for (let i = 0; i < 100 && high - low > 1e-15 * high; i++) {
    const middle = 0.5 * (low + high);
    if (lowerGammaHalf((middle * middle) / 2) < inside) low = middle;
    else high = middle;
  }
  return 0.5 * (low + high);
}

/**
 * The error function, 2/sqrt(pi) times the integral of exp(-t^2) from 0 to x.
 *
 * @see Abramowitz and Stegun, 7.1.6: a series of positive terms, so nothing cancels
 * @example
 * ```ts
 * erf(1); // 0.84270079295
 * ```
 */
export function erf(x: number): number {
  if (Math.abs(x) > 6) return Math.sign(x);
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

/**
 * Probability that a normal variable lies within `reach` of zero, with full relative accuracy where `reach` is tiny.
 *
 * @param sd - standard deviation; at 0 the variable is its mean
 * @example
 * ```ts
 * normalWithin(1.959963984540054, 0, 1); // 0.95
 * ```
 */
export function normalWithin(reach: number, mean: number, sd: number): number {
  const size = Math.abs(mean);
  if (!(sd > 0)) return size <= reach ? 1 : 0;
  const unit = sd * Math.SQRT2;
  // Where the density hardly changes, the difference of two error functions would cancel.
  if (reach < 1e-4 * sd) return ((2 * reach) / (unit * Math.sqrt(Math.PI))) * Math.exp(-((size / unit) ** 2));
  return 0.5 * (erf((size + reach) / unit) - erf((size - reach) / unit));
}

/**
 * Probability that a chi-square variable exceeds x, with full relative accuracy far out in the tail (down to 1e-308).
 *
 * @param x - value of the statistic
 * @param df - degrees of freedom, positive
 * @see NIST Digital Library of Mathematical Functions, 8.11.4 (series) and 8.9.2 (continued fraction)
 * @example
 * ```ts
 * chiSquareSurvival(84, 5); // 1.2197916546793e-16
 * ```
 */
export function chiSquareSurvival(x: number, df: number): number {
  if (Number.isNaN(x)) return NaN;
  if (x <= 0) return 1;
  const a = df / 2;
  const z = x / 2;
  const front = a * Math.log(z) - z - logGamma(a);
  if (z < a + 1) {
    let term = 1 / a;
    let sum = term;
    for (let n = 1; n < 10_000 && term > sum * 1e-17; n++) {
      term *= z / (a + n);
      sum += term;
    }
    return 1 - sum * Math.exp(front);
  }
  const tiny = 1e-300;
  let b = z + 1 - a;
  let c = 1 / tiny;
  let d = 1 / b;
  let h = d;
  for (let n = 1; n < 10_000; n++) {
    const numerator = -n * (n - a);
    b += 2;
    d = 1 / (numerator * d + b || tiny);
    c = b + numerator / c || tiny;
    h *= c * d;
    if (Math.abs(c * d - 1) < 1e-15) break;
  }
  return h * Math.exp(front);
}

/**
 * Probability that an F variable with `upper` and `lower` degrees of freedom exceeds x.
 *
 * @param x - value of the statistic
 * @param upper - degrees of freedom of the numerator
 * @param lower - degrees of freedom of the denominator; `Infinity` gives the chi-square of `upper x`
 * @example
 * ```ts
 * fisherSurvival(2.5, 3, 20); // 0.088843751937...
 * ```
 */
export function fisherSurvival(x: number, upper: number, lower: number): number {
  if (!(lower < 1e7)) return chiSquareSurvival(upper * x, upper);
  return x <= 0 ? 1 : incompleteBeta(lower / (lower + upper * x), lower / 2, upper / 2);
}
