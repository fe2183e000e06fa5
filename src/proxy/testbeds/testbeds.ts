import { IsoflopError } from '../../core/errors.ts';
import { toCsv } from '../record/csv.ts';
import {
  exactRandomFeatures,
  randomFeatureDefaults,
  randomFeatureTruth,
  trainRandomFeatures,
  type RandomFeatures,
  type RandomFeatureTruth,
} from './randomFeatures.ts';
import {
  superpositionDefaults,
  superpositionTruth,
  trainSuperposition,
  weakSuperpositionLoss,
  type Superposition,
  type SuperpositionTruth,
} from './superposition.ts';

/** A run of a testbed, a row of its table. */
export type TestbedRow = Readonly<Record<string, string | number>>;

/** Runs whose law is known, and that law. */
export interface Testbed<Truth> {
  readonly columns: readonly string[];
  readonly rows: readonly TestbedRow[];
  readonly truth: Truth;
}

/** Which regressions are trained. */
export interface RandomFeatureGrid extends Partial<RandomFeatures> {
  /** Numbers of features N; default 16, 32, 64, 128, 256. */
  readonly params?: readonly number[];
  /** Numbers of samples D; default the same. */
  readonly tokens?: readonly number[];
  /** Runs of each pair of both; default 8. */
  readonly seeds?: number;
  /** The first seed; default 0. */
  readonly seed?: number;
  /** The mean over all runs by theory, one row for each pair, in place of training. */
  readonly exact?: boolean;
  /** Is told how many rows are done. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** Which models are trained. */
export interface SuperpositionGrid extends Partial<Superposition> {
  /** Widths m; default 4, 6, 8, 12, 16. */
  readonly widths?: readonly number[];
  readonly seeds?: number;
  readonly seed?: number;
  readonly onProgress?: (done: number, total: number) => void;
}

const powers = [16, 32, 64, 128, 256];

/**
 * Trains regressions on random features over a grid of sizes and samples: runs whose exponents, irreducible loss and mean
 * losses at any size are known.
 *
 * @throws {@link IsoflopError} `OPTION_INVALID`
 * @example
 * ```ts
 * const { rows, truth } = randomFeatureRuns({ params: [8, 16], tokens: [8, 16], seeds: 1 });
 * rows.length; // 4
 * truth.paramsExponent; // 0.7
 * ```
 */
export function randomFeatureRuns(grid: RandomFeatureGrid = {}): Testbed<RandomFeatureTruth> {
  const { params = powers, tokens = powers, seeds = 8, seed = 0, exact = false, onProgress, ...rest } = grid;
  const bed = { ...randomFeatureDefaults, ...rest };
  const numbers = exact ? [seed] : seedsFrom(seed, seeds);
  const designs = params.flatMap((n) => tokens.flatMap((d) => numbers.map((s) => ({ n, d, s }))));
  const rows = designs.map(({ n, d, s }, k): TestbedRow => {
    if (!Number.isFinite(n * d)) throw unusable('--params and --tokens', 'Infinity');
    const loss = exact ? exactRandomFeatures(bed, n, d).loss : trainRandomFeatures(bed, n, d, s);
    onProgress?.(k + 1, designs.length);
    return exact
      ? { run: `n${String(n)}-d${String(d)}`, params: n, tokens: d, loss }
      : { run: `n${String(n)}-d${String(d)}-s${String(s)}`, params: n, tokens: d, loss, seed: s };
  });
  return {
    columns: ['run', 'params', 'tokens', 'loss', ...(exact ? [] : ['seed'])],
    rows,
    truth: randomFeatureTruth(bed),
  };
}

/**
 * Trains models that keep more features than they have dimensions, over a range of widths. Where superposition is weak each row
 * has the loss of the ideal too, which is known without training.
 *
 * @throws {@link IsoflopError} `OPTION_INVALID`
 * @example
 * ```ts
 * const { rows, truth } = superpositionRuns({ widths: [2, 4], seeds: 1, features: 40, steps: 20 });
 * rows.map(({ width }) => width); // [2, 4]
 * truth.exponent; // 1
 * ```
 */
export function superpositionRuns(grid: SuperpositionGrid = {}): Testbed<SuperpositionTruth> {
  const { widths = [4, 6, 8, 12, 16], seeds = 1, seed = 0, onProgress, ...rest } = grid;
  const bed = { ...superpositionDefaults, ...rest };
  const designs = widths.flatMap((width) => seedsFrom(seed, seeds).map((s) => ({ width, s })));
  const truth = superpositionTruth(bed);
  const isWeak = truth.regime === 'weak';
  const rows = designs.map(({ width, s }, k): TestbedRow => {
    const { loss, represented } = trainSuperposition(bed, width, s);
    onProgress?.(k + 1, designs.length);
    const ideal = isWeak ? { ideal: weakSuperpositionLoss(bed, width) } : {};
    return { run: `m${String(width)}-s${String(s)}`, width, loss, seed: s, represented, ...ideal };
  });
  return { columns: ['run', 'width', 'loss', 'seed', 'represented', ...(isWeak ? ['ideal'] : [])], rows, truth };
}

/**
 * The runs of a testbed as a CSV that `isoflop fit` reads.
 *
 * @example
 * ```ts
 * testbedCsv(randomFeatureRuns({ params: [8], tokens: [8], seeds: 1 })).split('\n')[0]; // 'run,params,tokens,loss,seed'
 * ```
 */
export function testbedCsv({ columns, rows }: Testbed<unknown>): string {
  return toCsv(columns, rows);
}

function seedsFrom(seed: number, seeds: number): number[] {
  if (!(Number.isInteger(seeds) && seeds >= 1)) throw unusable('--seeds', String(seeds));
  return Array.from({ length: seeds }, (_, s) => seed + s);
}

const unusable = (option: string, value: string): IsoflopError =>
  new IsoflopError('OPTION_INVALID', { option, value, expected: 'whole numbers from 1' });
