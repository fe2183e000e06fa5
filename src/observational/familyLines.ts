import { choleskyInPlace } from '../core/linalg.ts';
import type { Random } from '../core/random.ts';
import { halfWidth } from '../uncertainty/halfWidth.ts';

/** A straight line of one capability in the logarithm of compute. */
export interface Line {
  /** theta, capability per decade of compute, with its standard error. */
  readonly slope: number;
  readonly slopeError: number;
  /** nu, at 1 FLOP; far outside the data, so it has no error of use. */
  readonly intercept: number;
  /** Ends of the interval of the slope. */
  readonly interval: readonly [number, number];
}

/** The lines of one family: S_k = theta_k log10 C + nu_k, one for each capability. */
export interface FamilyLine {
  readonly family: string;
  readonly models: number;
  /** Smallest and largest compute of its models, FLOP. */
  readonly range: readonly [number, number];
  readonly lines: readonly Line[];
  /** Mean of log10 C, and the sum of squares about it. */
  readonly center: number;
  readonly spread: number;
}

/** Lines of all families that have enough models, with what they leave over together. */
export interface FamilyLines {
  readonly lines: readonly FamilyLine[];
  /** Families without a line, and how many of their models have compute. */
  readonly without: readonly { readonly family: string; readonly models: number }[];
  /** Capabilities that have lines. */
  readonly components: number;
  /** Covariance of the capabilities of single models about their lines, row-major, pooled over all families. */
  readonly covariance: Float64Array;
  readonly degreesOfFreedom: number;
  readonly confidence: number;
}

/** Models that lines are fitted to. */
export interface LineData {
  readonly families: readonly string[];
  /** FLOP, length models; a model without compute (NaN) takes no part. */
  readonly flops: ArrayLike<number>;
  /** Row-major models x components. */
  readonly capabilities: Float64Array;
  readonly components: number;
}

/** Fewer models than this show a line but not how well it holds. */
const fewest = 3;

/**
 * Fits a line in log10 C to each capability of each family by least squares. Families have few models, so the spread about
 * the lines is pooled: every family is taken to scatter alike about a line of its own. A family of fewer than three models
 * with compute, or all of one compute, has no line and is listed.
 *
 * @param data - the models
 * @param confidence - probability of the intervals of the slopes; default 0.95
 * @see arXiv 2405.10938, section 3.2 (Ruan et al. 2024)
 * @example
 * ```ts
 * const flops = [1e20, 1e21, 1e22, 1e23];
 * const capabilities = Float64Array.from(flops, (c) => 0.3 * Math.log10(c) - 6);
 * const { lines } = fitFamilyLines({ families: ['a', 'a', 'a', 'a'], flops, capabilities, components: 1 });
 * lines[0].lines[0].slope.toFixed(6); // '0.300000'
 * ```
 */
export function fitFamilyLines(
  { families, flops, capabilities, components: k }: LineData,
  confidence = 0.95,
): FamilyLines {
  const members = new Map<string, number[]>();
  for (const [row, family] of families.entries()) {
    const there = members.get(family) ?? members.set(family, []).get(family) ?? [];
    if (flops[row] > 0 && !Number.isNaN(capabilities[row * k])) there.push(row);
  }
  const without: { family: string; models: number }[] = [];
  const covariance = new Float64Array(k * k);
  let degreesOfFreedom = 0;
  const fitted = [...members].flatMap(([family, rows]) => {
    const x = rows.map((row) => Math.log10(flops[row]));
    const center = x.reduce((sum, value) => sum + value, 0) / x.length;
    const spread = x.reduce((sum, value) => sum + (value - center) ** 2, 0);
    if (rows.length < fewest || !(spread > 1e-9)) {
      without.push({ family, models: rows.length });
      return [];
    }
    const level = (j: number): number => rows.reduce((sum, row) => sum + capabilities[row * k + j], 0) / rows.length;
    const coefficients = Array.from({ length: k }, (_, j) => {
      const middle = level(j);
      const slope =
        rows.reduce((sum, row, i) => sum + (x[i] - center) * (capabilities[row * k + j] - middle), 0) / spread;
      return { slope, intercept: middle - slope * center };
    });
    for (const [i, row] of rows.entries()) {
      const left = coefficients.map(({ slope, intercept }, j) => capabilities[row * k + j] - intercept - slope * x[i]);
      for (let a = 0; a < k; a++) for (let b = 0; b < k; b++) covariance[a * k + b] += left[a] * left[b];
    }
    degreesOfFreedom += rows.length - 2;
    const range = [10 ** Math.min(...x), 10 ** Math.max(...x)] as const;
    return [{ family, models: rows.length, range, center, spread, coefficients }];
  });
  if (degreesOfFreedom > 0) for (let at = 0; at < covariance.length; at++) covariance[at] /= degreesOfFreedom;
  const reach = degreesOfFreedom > 0 ? halfWidth(confidence, degreesOfFreedom) : NaN;
  const lines = fitted.map(({ coefficients, ...family }): FamilyLine => ({
    ...family,
    lines: coefficients.map(({ slope, intercept }, j) => {
      const slopeError = Math.sqrt(covariance[j * k + j] / family.spread);
      return { slope, intercept, slopeError, interval: [slope - reach * slopeError, slope + reach * slopeError] };
    }),
  }));
  return { lines, without, components: k, covariance, degreesOfFreedom, confidence };
}

/**
 * Capabilities that the line of a family gives at some compute.
 *
 * @param flops - FLOP
 * @returns length components
 */
export function lineAt({ lines }: FamilyLine, flops: number): Float64Array {
  const x = Math.log10(flops);
  return Float64Array.from(lines, ({ slope, intercept }) => slope * x + intercept);
}

/**
 * Draws what a further model of the family could be at some compute: the line with the error of its coefficients, and the
 * spread of single models about it unless only the mean is asked for.
 */
export function drawLineAt(
  { covariance, components: k }: FamilyLines,
  family: FamilyLine,
  flops: number,
  random: Random,
  what: 'model' | 'mean' = 'model',
): Float64Array {
  const center = lineAt(family, flops);
  const leverage = 1 / family.models + (Math.log10(flops) - family.center) ** 2 / family.spread;
  const factor = Float64Array.from(covariance);
  // Capabilities that all lie on their lines have nothing to draw.
  for (let j = 0; j < k; j++) factor[j * k + j] += 1e-18;
  if (!choleskyInPlace(factor, k)) return center;
  const size = Math.sqrt(leverage + (what === 'model' ? 1 : 0));
  const z = Float64Array.from({ length: k }, () => random.normal());
  for (let a = 0; a < k; a++) for (let b = 0; b <= a; b++) center[a] += size * factor[a * k + b] * z[b];
  return center;
}
