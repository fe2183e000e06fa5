import { createRandom } from '../../src/core/random.ts';
import type { Fit } from '../../src/fit/result.ts';
import { findLaw } from '../../src/laws/index.ts';
import { evaluateLaw, toCoordinates } from '../../src/laws/law.ts';
import { fitRuns } from '../../src/node/fitRuns.ts';
import { createRuns } from '../../src/runs/create.ts';
import { noSelection } from '../../src/runs/selection.ts';

/** The optimum of Besiroglu et al.'s 240 points (arXiv 2404.10102), exactly. */
export const besiroglu = { E: 1.817218, A: 477.826, B: 2143.417, alpha: 0.3473105, beta: 0.3671724 };

/** Its published standard errors. */
const stderr = { E: 0.02566, A: 124.49, B: 1293.2, alpha: 0.0154, beta: 0.02059 };

/**
 * How ln E, ln A, ln B, alpha and beta follow four independent sources of error, about as in the real fit: amplitude and
 * exponent of a term go together almost entirely.
 */
const loadings: readonly (readonly number[])[] = [
  [0.011, 0.0085, 0, 0],
  [0.2605, 0, 0.006, 0],
  [0, 0.6033, 0, 0.012],
  [0.0154, 0, 0, 0],
  [0, 0.02059, 0, 0],
];

const covarianceMatrix = (): Float64Array =>
  Float64Array.from(
    loadings.flatMap((row) => loadings.map((other) => row.reduce((sum, value, k) => sum + value * other[k], 0))),
  );

const range = (column: Float64Array): [number, number] => [
  column.reduce((a, b) => Math.min(a, b)),
  column.reduce((a, b) => Math.max(a, b)),
];

/** A fit of a law with the given parameters and rows. */
export function fitOf(
  law: string,
  params: Readonly<Record<string, number>>,
  columns: Readonly<Record<string, Float64Array>>,
  rest: Partial<Fit> = {},
): Fit {
  const rows = Object.values(columns)[0]?.length ?? 0;
  const terms = findLaw(law).allocation?.(params);
  const sum = terms === undefined ? 0 : terms.paramsExponent + terms.tokensExponent;
  return {
    law,
    formula: null,
    status: 'converged',
    reasons: [],
    points: rows,
    objective: { name: 'log-huber', delta: 0.001, value: 0.0010182740178 },
    params: Object.fromEntries(
      Object.entries(params).map(([name, value]) => [
        name,
        { value, stderr: 0.1 * value, interval: [0.8 * value, 1.2 * value], state: 'free' },
      ]),
    ),
    optimum:
      terms === undefined
        ? null
        : { paramsExponent: terms.tokensExponent / sum, tokensExponent: terms.paramsExponent / sum },
    seeds: { tried: 12, reached: 11 },
    condition: 1.2e6,
    gradientNorm: 1e-12,
    residualRms: 0.005,
    residualScale: 'log',
    aicc: null,
    confidence: 0.95,
    covariance: { kind: 'sandwich', matrix: null, degreesOfFreedom: Math.max(0, rows - 5) },
    bootstrap: null,
    warnings: [],
    data: {
      source: 'chinchilla.csv',
      sha256: 'ab'.repeat(32),
      rows,
      used: rows,
      dropped: [],
      ranges: Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, range(column)])),
      sizes: null,
      runs: null,
      conventions: { columns: {}, derived: {}, flopsPerParamToken: 6 },
    },
    settings: {
      solver: 'newton',
      ...noSelection,
      weights: 'none' as const,
      where: null,
      fromFraction: null,
      fixed: {},
      tied: {},
      bounds: {},
      start: {},
    },
    calibration: null,
    fitted: { rows, columns, names: rows === 0 ? null : Array.from({ length: rows }, (_, i) => `run-${String(i)}`) },
    timing: { fitMs: 3.1, bootstrapMs: null },
    version: '0.1.0',
    ...rest,
  };
}

/** The compute budgets of {@link chinchillaFit}. */
export const exampleBudgets = [1e19, 3e19, 1e20, 3e20, 1e21] as const;

/** A Chinchilla fit of 45 isoFLOP runs: nine sizes at each of five budgets, with errors from a covariance. */
export function chinchillaFit(rest: Partial<Fit> = {}): Fit {
  const random = createRandom(7);
  const flops = Float64Array.from({ length: 45 }, (_, i) => exampleBudgets[Math.floor(i / 9)]);
  const params = flops.map((c, i) => 0.11 * Math.sqrt(c) * 10 ** (((i % 9) - 4) / 6.3));
  const tokens = flops.map((c, i) => c / (6 * params[i]));
  const exact = evaluateLaw(findLaw('chinchilla'), besiroglu, { params, tokens });
  const loss = exact.map((value) => value * Math.exp(0.005 * random.normal()));
  const fit = fitOf('chinchilla', besiroglu, { params, tokens, flops, loss });
  return {
    ...fit,
    params: Object.fromEntries(
      Object.entries(besiroglu).map(([name, value]) => {
        const error = stderr[name as keyof typeof stderr];
        return [name, { value, stderr: error, interval: [value - 2 * error, value + 2 * error], state: 'free' }];
      }),
    ),
    covariance: { kind: 'sandwich', matrix: covarianceMatrix(), degreesOfFreedom: 40 },
    ...rest,
  };
}

/** The same with a bootstrap of 200 draws around the optimum. */
export function bootstrappedFit(): Fit {
  const random = createRandom(3);
  const center = toCoordinates(findLaw('chinchilla'), besiroglu);
  const draws = Float32Array.from({ length: 200 * 5 }, (_, i) => center[i % 5] + 0.002 * random.normal());
  return chinchillaFit({
    bootstrap: { resamples: 202, seed: 4, resampling: 'cases', group: 'run', groups: 45, certified: 200, draws },
    timing: { fitMs: 3.1, bootstrapMs: 410 },
  });
}

/** A pure power law of compute over the same runs. */
export function flopsFit(): Fit {
  const { flops, params, loss } = chinchillaFit().fitted.columns as Record<string, Float64Array>;
  return fitOf('flops', { A: 25, gamma: 0.05 }, { flops, params, loss });
}

/** Published coefficients: a fit without data. */
export function publishedFit(): Fit {
  return fitOf('chinchilla', besiroglu, {});
}

/** Learning curves: the rows of four named runs, from 1B tokens up, with errors from a covariance; the last has fewer rows. */
export function curvesFit(rest: Partial<Fit> = {}): Fit {
  const random = createRandom(11);
  const sizes = [1e8, 4e8, 1.6e9, 6.4e9];
  const rows = sizes.flatMap((size, run) =>
    Array.from({ length: run === 3 ? 8 : 12 }, (_, k) => ({ size, run, tokens: 1e9 * 1.7 ** k })),
  );
  const params = Float64Array.from(rows, ({ size }) => size);
  const tokens = Float64Array.from(rows, (row) => row.tokens);
  const exact = evaluateLaw(findLaw('chinchilla'), besiroglu, { params, tokens });
  const loss = exact.map((value) => value * Math.exp(0.003 * random.normal()));
  const names = rows.map(({ run }) => `run-${'abcd'[run]}`);
  const fit = fitOf('chinchilla', besiroglu, { params, tokens, loss });
  return {
    ...fit,
    covariance: { kind: 'sandwich', matrix: covarianceMatrix(), degreesOfFreedom: 40 },
    fitted: { ...fit.fitted, names },
    ...rest,
  };
}

/** A fit of the rows of {@link curvesFit} as users make it: one for which every figure can be drawn. */
export function wholeFit(): Promise<Fit> {
  const { columns, names } = curvesFit().fitted;
  const { params, tokens, loss } = columns as Record<string, Float64Array>;
  return fitRuns(createRuns({ params, tokens, loss, run: names ?? [] }), { calibrate: false });
}
