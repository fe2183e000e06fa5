import { IsoflopError } from '../core/errors.ts';
import { symmetricEigen } from '../core/linalg.ts';

/** Scores of models on benchmarks, a part of a {@link BenchmarkTable}. */
export interface Scores {
  readonly benchmarks: readonly string[];
  /** Shares between 0 and 1, row-major rows x benchmarks; NaN where missing. */
  readonly scores: Float64Array;
}

/** Principal capabilities: a few orthogonal directions in which the scores of models differ. */
export interface Capabilities {
  readonly benchmarks: readonly string[];
  /** Models and cells that were filled in. */
  readonly models: number;
  readonly imputed: number;
  /** Models without a missing score. */
  readonly complete: number;
  /** Passes of the imputation, and whether it settled. */
  readonly iterations: number;
  readonly settled: boolean;
  /** Mean score of each benchmark, length benchmarks. */
  readonly mean: Float64Array;
  /** Directions, row-major benchmarks x benchmarks, each of unit length, with its largest entry positive. */
  readonly loadings: Float64Array;
  /** Share of the variance along each direction, falling, length benchmarks. */
  readonly explained: Float64Array;
  /** What fills a missing score of a further model: standardised scores along one direction. */
  readonly filling: { readonly mean: Float64Array; readonly scale: Float64Array; readonly direction: Float64Array };
}

/** Options of {@link fitCapabilities}. */
export interface CapabilityOptions {
  /** Imputation ends when no filled-in score, in standard deviations, moves by more than this; default 1e-4. */
  readonly tolerance?: number;
  /** Passes at most; default 1000. */
  readonly mostIterations?: number;
}

/**
 * Principal components of benchmark scores. Missing scores are filled in along the first component of the standardised
 * scores, again and again until they settle; the components are those of the centred scores, not standardised, so a
 * benchmark that spreads more weighs more. Both are what the paper's code does.
 *
 * @param table - the scores
 * @param rows - models that take part, indices of rows
 * @throws {@link IsoflopError} `MODELS_TOO_FEW` with fewer than three models or two benchmarks
 * @see arXiv 2405.10938, section 3.2 (Ruan et al. 2024)
 * @example
 * ```ts
 * const table = { benchmarks: ['a', 'b'], scores: Float64Array.of(0.1, 0.2, 0.3, 0.4, 0.5, NaN, 0.7, 0.8) };
 * const capabilities = fitCapabilities(table, [0, 1, 2, 3]);
 * capabilities.explained[0].toFixed(6); // '1.000000'
 * capabilitiesOf(capabilities, [0.5, NaN])[0].toFixed(4); // '0.1414'
 * ```
 */
export function fitCapabilities(
  { benchmarks, scores }: Scores,
  rows: readonly number[],
  options: CapabilityOptions = {},
): Capabilities {
  const { tolerance = 1e-4, mostIterations = 1000 } = options;
  const p = benchmarks.length;
  const used = rows.filter((row) => benchmarks.some((_, j) => !Number.isNaN(scores[row * p + j])));
  const n = used.length;
  if (n < 3 || p < 2)
    throw new IsoflopError('MODELS_TOO_FEW', {
      what: 'principal capabilities',
      found: `${String(n)} models with scores on ${String(p)} ${p === 1 ? 'benchmark' : 'benchmarks'}`,
      needed: 'three models and two benchmarks',
    });
  const z = new Float64Array(n * p);
  for (const [i, row] of used.entries()) z.set(scores.subarray(row * p, row * p + p), i * p);
  const missing: number[] = [];
  for (let at = 0; at < z.length; at++) if (Number.isNaN(z[at])) missing.push(at);

  const { mean: seenMean, scale } = standardise(z, n, p, benchmarks);
  for (const at of missing) z[at] = 0;
  let direction = new Float64Array(p).fill(1 / Math.sqrt(p));
  const middle = new Float64Array(p);
  let iterations = 0;
  let settled = missing.length === 0;
  do {
    meanOf(z, n, p, middle);
    direction = leadingDirection(z, n, p, middle, direction);
    iterations++;
    if (missing.length === 0) break;
    settled = fill(z, p, missing, middle, direction) <= tolerance;
  } while (!settled && iterations < mostIterations);
  // Back to shares of 1, which no filled-in score leaves.
  for (let i = 0; i < n; i++) for (let j = 0; j < p; j++) z[i * p + j] = z[i * p + j] * scale[j] + seenMean[j];
  for (const at of missing) z[at] = Math.min(1, Math.max(0, z[at]));

  const mean = meanOf(z, n, p, new Float64Array(p));
  const { values, vectors } = symmetricEigen(covarianceOf(z, n, p, mean), p);
  const total = values.reduce((sum, value) => sum + Math.max(0, value), 0);
  if (!(total > 1e-24))
    throw new IsoflopError('MODELS_TOO_FEW', {
      what: 'principal capabilities',
      found: `${String(n)} models that all have the same scores`,
      needed: 'models that differ',
    });
  const loadings = new Float64Array(p * p);
  for (let k = 0; k < p; k++) {
    const column = p - 1 - k;
    let largest = 0;
    for (let j = 0; j < p; j++)
      if (Math.abs(vectors[j * p + column]) > Math.abs(largest)) largest = vectors[j * p + column];
    for (let j = 0; j < p; j++) loadings[k * p + j] = vectors[j * p + column] * Math.sign(largest);
  }
  return {
    benchmarks,
    models: n,
    imputed: missing.length,
    complete: n - new Set(missing.map((at) => Math.floor(at / p))).size,
    iterations,
    settled,
    mean,
    loadings,
    explained: Float64Array.from({ length: p }, (_, k) => Math.max(0, values[p - 1 - k]) / total),
    filling: {
      mean: middle.map((value, j) => value * scale[j] + seenMean[j]),
      scale,
      direction,
    },
  };
}

/**
 * Where a model stands in the capabilities of others: its scores less the means, along each direction. What it has not been
 * scored on is filled in from the rest along the first direction of the models that were fitted.
 *
 * @param scores - of one model, length benchmarks; NaN where missing
 * @returns length benchmarks; NaN where the model has no score at all
 * @example
 * ```ts
 * const table = { benchmarks: ['a', 'b'], scores: Float64Array.of(0.1, 0.1, 0.2, 0.2, 0.6, 0.6) };
 * capabilitiesOf(fitCapabilities(table, [0, 1, 2]), [0.3, 0.3])[0].toFixed(6); // '0.000000'
 * ```
 */
export function capabilitiesOf(capabilities: Capabilities, scores: ArrayLike<number>): Float64Array {
  const { mean, loadings, filling } = capabilities;
  const p = mean.length;
  let along = 0;
  let seen = 0;
  for (let j = 0; j < p; j++) {
    if (Number.isNaN(scores[j])) continue;
    along += (filling.direction[j] * (scores[j] - filling.mean[j])) / filling.scale[j];
    seen += filling.direction[j] ** 2;
  }
  const centred = new Float64Array(p);
  for (let j = 0; j < p; j++) {
    const guess = filling.mean[j] + (filling.scale[j] * filling.direction[j] * along) / seen;
    const value = Number.isNaN(scores[j]) ? Math.min(1, Math.max(0, guess)) : scores[j];
    centred[j] = value - mean[j];
  }
  const out = new Float64Array(p);
  for (let k = 0; k < p; k++) for (let j = 0; j < p; j++) out[k] += loadings[k * p + j] * centred[j];
  return out;
}

/** Standardises the scores that are there; a benchmark on which all models agree keeps a scale of 1. */
function standardise(
  z: Float64Array,
  n: number,
  p: number,
  benchmarks: readonly string[],
): { readonly mean: Float64Array; readonly scale: Float64Array } {
  const mean = new Float64Array(p);
  const scale = new Float64Array(p);
  for (let j = 0; j < p; j++) {
    let count = 0;
    for (let i = 0; i < n; i++)
      if (!Number.isNaN(z[i * p + j])) {
        count++;
        mean[j] += z[i * p + j];
      }
    if (count === 0)
      throw new IsoflopError('MODELS_TOO_FEW', {
        what: 'principal capabilities',
        found: `no model with a score on ${benchmarks[j]}`,
        needed: 'a score on each benchmark, or --benchmarks without it',
      });
    mean[j] /= count;
    for (let i = 0; i < n; i++) if (!Number.isNaN(z[i * p + j])) scale[j] += (z[i * p + j] - mean[j]) ** 2;
    scale[j] = Math.sqrt(scale[j] / count) || 1;
    for (let i = 0; i < n; i++) z[i * p + j] = (z[i * p + j] - mean[j]) / scale[j];
  }
  return { mean, scale };
}

function meanOf(z: Float64Array, n: number, p: number, out: Float64Array): Float64Array {
  out.fill(0);
  for (let i = 0; i < n; i++) for (let j = 0; j < p; j++) out[j] += z[i * p + j] / n;
  return out;
}

function covarianceOf(z: Float64Array, n: number, p: number, mean: Float64Array): Float64Array {
  const out = new Float64Array(p * p);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < p; j++) {
      const a = (z[i * p + j] - mean[j]) / n;
      for (let k = 0; k <= j; k++) out[j * p + k] += a * (z[i * p + k] - mean[k]);
    }
  for (let j = 0; j < p; j++) for (let k = 0; k < j; k++) out[k * p + j] = out[j * p + k];
  return out;
}

/** The first principal direction by power iteration from one that is near it. */
function leadingDirection(
  z: Float64Array,
  n: number,
  p: number,
  mean: Float64Array,
  start: Float64Array,
): Float64Array<ArrayBuffer> {
  const covariance = covarianceOf(z, n, p, mean);
  let v = Float64Array.from(start);
  for (let pass = 0; pass < 500; pass++) {
    const next = new Float64Array(p);
    for (let j = 0; j < p; j++) for (let k = 0; k < p; k++) next[j] += covariance[j * p + k] * v[k];
    const size = Math.sqrt(next.reduce((sum, x) => sum + x * x, 0));
    if (size === 0) return v;
    let moved = 0;
    for (let j = 0; j < p; j++) {
      next[j] /= size;
      moved = Math.max(moved, Math.abs(next[j] - v[j]));
    }
    v = next;
    if (moved < 1e-12) break;
  }
  return v;
}

/** Fills missing standardised scores along one direction; returns how far the farthest moved. */
function fill(
  z: Float64Array,
  p: number,
  missing: readonly number[],
  mean: Float64Array,
  direction: Float64Array,
): number {
  let moved = 0;
  for (let at = 0; at < missing.length;) {
    const row = Math.floor(missing[at] / p);
    const columns: number[] = [];
    for (; at < missing.length && Math.floor(missing[at] / p) === row; at++) columns.push(missing[at] - row * p);
    // The place along the direction that reproduces itself once the missing scores lie on it.
    let along = 0;
    let seen = 0;
    for (let j = 0; j < p; j++) {
      if (columns.includes(j)) continue;
      along += direction[j] * (z[row * p + j] - mean[j]);
      seen += direction[j] ** 2;
    }
    for (const j of columns) {
      const value = mean[j] + (direction[j] * along) / seen;
      moved = Math.max(moved, Math.abs(value - z[row * p + j]));
      z[row * p + j] = value;
    }
  }
  return moved;
}
