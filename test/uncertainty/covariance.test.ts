import { beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../src/core/random.ts';
import { studentQuantile } from '../../src/core/special.ts';
import { fitLaw } from '../../src/fit/fitLaw.ts';
import { findLaw } from '../../src/laws/index.ts';
import { createRuns, type Runs } from '../../src/runs/index.ts';
import { estimateCovariance } from '../../src/uncertainty/covariance.ts';
import { groupRows } from '../../src/uncertainty/groups.ts';
import { chinchilla240 } from '../helpers/data.ts';
import { logUniform, syntheticRuns, typicalParams } from '../helpers/laws.ts';
import { fitHere } from '../helpers/refits.ts';

/** Regression of ln L on 1 and -ln N, by the textbook: estimates, residuals, and the inverse of X'WX. */
function regression(params: readonly number[], loss: readonly number[], weights: readonly number[]) {
  const x = params.map((n) => -Math.log(n));
  const y = loss.map(Math.log);
  const sum = (f: (i: number) => number): number => x.reduce((s, _, i) => s + weights[i] * f(i), 0);
  const [s0, s1, s2] = [sum(() => 1), sum((i) => x[i]), sum((i) => x[i] ** 2)];
  const [t0, t1] = [sum((i) => y[i]), sum((i) => x[i] * y[i])];
  const det = s0 * s2 - s1 * s1;
  const inverse = [s2 / det, -s1 / det, -s1 / det, s0 / det];
  const beta = [inverse[0] * t0 + inverse[1] * t1, inverse[2] * t0 + inverse[3] * t1];
  return { x, beta, inverse, residual: y.map((value, i) => value - beta[0] - beta[1] * x[i]) };
}

/** Inverse * meat * inverse for 2 x 2 matrices. */
function sandwichOf(inverse: readonly number[], meat: readonly number[]): number[] {
  const product = (a: readonly number[], b: readonly number[]): number[] => [
    a[0] * b[0] + a[1] * b[2],
    a[0] * b[1] + a[1] * b[3],
    a[2] * b[0] + a[3] * b[2],
    a[2] * b[1] + a[3] * b[3],
  ];
  return product(product(inverse, meat), inverse);
}

const meatOf = (scores: readonly (readonly [number, number])[]): number[] => [
  scores.reduce((s, [a]) => s + a * a, 0),
  scores.reduce((s, [a, b]) => s + a * b, 0),
  scores.reduce((s, [a, b]) => s + a * b, 0),
  scores.reduce((s, [, b]) => s + b * b, 0),
];

const expectMatrix = (matrix: Float64Array | null, expected: readonly number[]): void => {
  expect(matrix).not.toBeNull();
  for (const [k, value] of expected.entries()) expect(Math.abs((matrix?.[k] ?? NaN) / value - 1)).toBeLessThan(1e-8);
};

describe('a pure power law of logarithms, which is linear regression', () => {
  const law = findLaw('params');
  const n = 40;
  const random = createRandom(1, 2);
  const params = Array.from({ length: n }, () => logUniform(random, 1e7, 1e10));
  const loss = params.map((size) => 11 * size ** -0.07 * Math.exp(0.02 * random.normal() * Math.log10(size / 1e6)));
  const run = params.map((_, i) => `run ${String(Math.floor(i / 3))}`);
  const runs = createRuns({ params, loss, run });
  const ones = params.map(() => 1);
  const fit = fitLaw(law, runs, { objective: 'log-mse' });
  const ols = regression(params, loss, ones);

  it('has the least-squares estimates', () => {
    expect(fit.theta[0]).toBeCloseTo(ols.beta[0], 9);
    expect(fit.theta[1]).toBeCloseTo(ols.beta[1], 10);
  });

  it("has the classical covariance s^2 (X'X)^-1", () => {
    const covariance = estimateCovariance(fit, groupRows(fit, 'row'), 'classical');
    const s2 = ols.residual.reduce((s, r) => s + r * r, 0) / (n - 2);
    expect(covariance).toMatchObject({ kind: 'classical', degreesOfFreedom: n - 2 });
    expectMatrix(
      covariance.matrix,
      ols.inverse.map((x) => x * s2),
    );
  });

  it('has the covariance of White, with n / (n - p)', () => {
    const covariance = estimateCovariance(fit, groupRows(fit, 'row'), 'sandwich');
    const meat = meatOf(ols.residual.map((r, i) => [r, r * ols.x[i]]));
    expect(covariance).toMatchObject({ kind: 'sandwich', degreesOfFreedom: n - 2 });
    expectMatrix(
      covariance.matrix,
      sandwichOf(ols.inverse, meat).map((x) => (x * n) / (n - 2)),
    );
  });

  it('has the clustered covariance, with G / (G - 1) (n - 1) / (n - p)', () => {
    const covariance = estimateCovariance(fit, groupRows(fit), 'sandwich');
    const scores = new Map<string, [number, number]>();
    for (const [i, r] of ols.residual.entries()) {
      const score = scores.get(run[i]) ?? [0, 0];
      scores.set(run[i], [score[0] + r, score[1] + r * ols.x[i]]);
    }
    const g = scores.size;
    expect(g).toBe(14);
    expect(covariance.degreesOfFreedom).toBe(g - 1);
    const correction = ((g / (g - 1)) * (n - 1)) / (n - 2);
    expectMatrix(
      covariance.matrix,
      sandwichOf(ols.inverse, meatOf([...scores.values()])).map((x) => x * correction),
    );
  });

  it('has the covariances of weighted least squares', () => {
    const weights = params.map((_, i) => 0.5 + (i % 4));
    const weighted = fitLaw(law, runs, { objective: 'log-mse', weights });
    const wls = regression(params, loss, weights);
    expect(weighted.theta[1]).toBeCloseTo(wls.beta[1], 9);
    const s2 = wls.residual.reduce((s, r, i) => s + weights[i] * r * r, 0) / (n - 2);
    expectMatrix(
      estimateCovariance(weighted, groupRows(weighted, 'row'), 'classical').matrix,
      wls.inverse.map((x) => x * s2),
    );
    const meat = meatOf(wls.residual.map((r, i) => [weights[i] * r, weights[i] * r * wls.x[i]]));
    expectMatrix(
      estimateCovariance(weighted, groupRows(weighted, 'row'), 'sandwich').matrix,
      sandwichOf(wls.inverse, meat).map((x) => (x * n) / (n - 2)),
    );
  });

  it("has intervals of Student's t about the estimate", async () => {
    const { fit: summary } = await fitHere(runs, {
      law: 'params',
      objective: 'log-mse',
      covariance: 'classical',
      group: 'row',
      confidence: 0.9,
    });
    const s2 = ols.residual.reduce((s, r) => s + r * r, 0) / (n - 2);
    const t = studentQuantile(0.95, n - 2);
    const { A, alpha } = summary.params;
    const error = Math.sqrt(ols.inverse[3] * s2);
    expect(alpha.stderr).toBeCloseTo(error, 10);
    expect(alpha.interval?.[0]).toBeCloseTo(ols.beta[1] - t * error, 9);
    expect(alpha.interval?.[1]).toBeCloseTo(ols.beta[1] + t * error, 9);
    // Positive parameters: the delta method for the error, the interval of the logarithm.
    const logError = Math.sqrt(ols.inverse[0] * s2);
    expect((A.stderr ?? NaN) / (A.value * logError)).toBeCloseTo(1, 8);
    expect((A.interval?.[1] ?? NaN) / (A.value * Math.exp(t * logError))).toBeCloseTo(1, 8);
  });
});

describe('Chinchilla', () => {
  let runs: Runs;
  beforeAll(async () => {
    runs = await chinchilla240();
  });

  it('has sandwich errors near those of the bootstrap', async () => {
    const { fit } = await fitHere(runs);
    // Percentiles of the 4,000 resamples of seed 42; amplitudes are skewed, so all are compared as the fit sees them.
    const bootstrap = {
      E: [1.76935, 1.87123],
      A: [286.09, 743.61],
      B: [1042.366, 5810.359],
      alpha: [0.31682, 0.37328],
      beta: [0.33126, 0.41537],
    };
    for (const [name, [low, high]] of Object.entries(bootstrap)) {
      const scale = name === 'alpha' || name === 'beta' ? (x: number): number => x : Math.log;
      const [below, above] = fit.params[name].interval ?? [NaN, NaN];
      const ratio = (scale(above) - scale(below)) / (scale(high) - scale(low));
      expect(ratio, name).toBeGreaterThan(0.65);
      expect(ratio, name).toBeLessThan(1.4);
    }
    expect(fit.warnings.map((w) => w.code)).toContain('STDERR_FROM_SANDWICH');
  });

  it('has a symmetric, positive covariance in every objective', () => {
    const law = findLaw('chinchilla');
    for (const objective of ['log-huber', 'huber', 'log-mse', 'mse'])
      for (const kind of ['sandwich', 'classical'] as const) {
        const fit = fitLaw(law, runs, { objective });
        const { matrix } = estimateCovariance(fit, groupRows(fit), kind);
        for (let i = 0; i < 5; i++) {
          expect(matrix?.[6 * i]).toBeGreaterThan(0);
          for (let j = 0; j < i; j++) {
            const scale = Math.sqrt((matrix?.[6 * i] ?? NaN) * (matrix?.[6 * j] ?? NaN));
            expect(Math.abs((matrix?.[5 * i + j] ?? NaN) - (matrix?.[5 * j + i] ?? NaN)) / scale).toBeLessThan(1e-8);
            expect(Math.abs(matrix?.[5 * i + j] ?? NaN)).toBeLessThan(scale);
          }
        }
      }
  });

  it('has the same sandwich errors however narrow the quadratic zone is', () => {
    const law = findLaw('chinchilla');
    const errorsAt = (delta: number): number[] => {
      const fit = fitLaw(law, runs, { delta });
      const { matrix } = estimateCovariance(fit, groupRows(fit), 'sandwich');
      return Array.from({ length: 5 }, (_, k) => Math.sqrt(matrix?.[6 * k] ?? NaN));
    };
    const reference = errorsAt(1e-4);
    for (const delta of [1e-5, 1e-6, 1e-7])
      for (const [k, error] of errorsAt(delta).entries()) {
        expect(error / reference[k], `${String(delta)} ${String(k)}`).toBeGreaterThan(0.9);
        expect(error / reference[k], `${String(delta)} ${String(k)}`).toBeLessThan(1.1);
      }
  });

  it('has no variance in what is fixed, and one in common for what is tied', () => {
    const fit = fitLaw(findLaw('chinchilla'), runs, { fixed: { E: 1.8 }, tied: { alpha: 'beta' } });
    const { matrix } = estimateCovariance(fit, groupRows(fit), 'sandwich');
    for (let k = 0; k < 5; k++) expect(matrix?.[k]).toBe(0);
    const [aa, ab, bb] = [matrix?.[18] ?? NaN, matrix?.[19] ?? NaN, matrix?.[24] ?? NaN];
    expect(aa).toBeGreaterThan(0);
    expect(ab / aa).toBeCloseTo(1, 10);
    expect(bb / aa).toBeCloseTo(1, 10);
  });
});

describe('without degrees of freedom', () => {
  it('there is no matrix', () => {
    const law = findLaw('params');
    const exact = fitLaw(law, createRuns({ params: [1e8, 1e9], loss: [3, 2.7] }));
    expect(estimateCovariance(exact, groupRows(exact), 'sandwich')).toEqual({
      kind: 'sandwich',
      matrix: null,
      degreesOfFreedom: 0,
    });
    const fixed = fitLaw(law, createRuns({ params: [1e8, 1e9, 3e9], loss: [3, 2.7, 2.5] }), {
      fixed: { A: 7, alpha: 0.05 },
    });
    expect(estimateCovariance(fixed, groupRows(fixed), 'classical').matrix).toBeNull();
  });
});

describe('95% intervals over 300 data sets', () => {
  const sets = 300;
  /** Four binomial standard deviations of the share of 300. */
  const slack = 4 * Math.sqrt((0.95 * 0.05) / sets);

  async function coverage(
    law: string,
    options: { objective: string; covariance: 'sandwich' | 'classical' },
    make: (seed: number) => Runs,
  ): Promise<Record<string, number>> {
    const hits: Record<string, number> = {};
    for (let seed = 0; seed < sets; seed++) {
      const { fit } = await fitHere(make(seed), { law, ...options });
      for (const [name, { interval }] of Object.entries(fit.params)) {
        const truth = typicalParams[law][name];
        const hit = interval !== null && interval[0] <= truth && truth <= interval[1];
        hits[name] = (hits[name] ?? 0) + (hit ? 1 / sets : 0);
      }
    }
    return hits;
  }

  it.each([
    ['params', 'log-mse', 'classical', 20],
    ['params-irreducible', 'log-mse', 'classical', 60],
    ['params', 'log-mse', 'sandwich', 100],
    ['chinchilla', 'log-mse', 'sandwich', 250],
    ['chinchilla', 'log-huber', 'sandwich', 250],
  ] as const)('cover the truth as often: %s, %s, %s', async (law, objective, covariance, rows) => {
    const hits = await coverage(law, { objective, covariance }, (seed) =>
      syntheticRuns(findLaw(law), typicalParams[law], { rows, seed: 1000 + seed, noise: 0.02 }),
    );
    for (const [name, share] of Object.entries(hits)) {
      expect(share, name).toBeGreaterThan(0.95 - slack);
      expect(share, name).toBeLessThanOrEqual(Math.min(1, 0.95 + slack));
    }
  });

  it('of the sandwich hold where the spread of the residuals varies, and classical ones do not', async () => {
    const make = (seed: number): Runs => {
      const random = createRandom(seed, 31);
      const params = Array.from({ length: 120 }, () => logUniform(random, 1e7, 1e10));
      const { A, alpha } = typicalParams.params;
      // Noise only at both ends of the range, where it has the most leverage.
      const spread = (n: number): number => 0.05 * (Math.log(n / 10 ** 8.5) / Math.log(10 ** 1.5)) ** 4;
      return createRuns({ params, loss: params.map((n) => A * n ** -alpha * Math.exp(spread(n) * random.normal())) });
    };
    const robust = await coverage('params', { objective: 'log-mse', covariance: 'sandwich' }, make);
    const classical = await coverage('params', { objective: 'log-mse', covariance: 'classical' }, make);
    expect(robust.alpha).toBeGreaterThan(0.95 - slack - 0.02);
    expect(classical.alpha).toBeLessThan(0.9);
  });

  it('by run hold where checkpoints share the luck of their run, and by row do not', async () => {
    const make = (seed: number): Runs => {
      const random = createRandom(seed, 32);
      const columns: { params: number[]; loss: number[]; run: string[] } = { params: [], loss: [], run: [] };
      for (let r = 0; r < 40; r++) {
        const n = logUniform(random, 1e7, 1e10);
        const luck = 0.02 * random.normal();
        for (let c = 0; c < 5; c++) {
          columns.params.push(n);
          columns.loss.push(
            typicalParams.params.A * n ** -typicalParams.params.alpha * Math.exp(luck + 0.002 * random.normal()),
          );
          columns.run.push(`r${String(r)}`);
        }
      }
      return createRuns(columns);
    };
    const byRun = await coverage('params', { objective: 'log-mse', covariance: 'sandwich' }, make);
    expect(byRun.alpha).toBeGreaterThan(0.95 - slack - 0.02);
    let hits = 0;
    for (let seed = 0; seed < 100; seed++) {
      const { fit } = await fitHere(make(seed), { law: 'params', objective: 'log-mse', group: 'row' });
      const [low, high] = fit.params.alpha.interval ?? [NaN, NaN];
      if (low <= typicalParams.params.alpha && typicalParams.params.alpha <= high) hits++;
    }
    expect(hits).toBeLessThan(80);
  });
});

describe('runs of one row each', () => {
  it('have the covariance of rows, whatever they are called', async () => {
    const runs = await chinchilla240();
    const { params, tokens, loss } = runs.quantities as Record<string, Float64Array>;
    const run = Array.from(params, (_, i) => `run ${String(i)}`);
    const named = fitLaw(findLaw('chinchilla'), createRuns({ params, tokens, loss, run }));
    const byRun = estimateCovariance(named, groupRows(named), 'sandwich');
    const byRow = estimateCovariance(named, groupRows(named, 'row'), 'sandwich');
    expect(groupRows(named).name).toBe('run');
    expect(byRun.degreesOfFreedom).toBe(byRow.degreesOfFreedom);
    for (const [k, value] of (byRow.matrix ?? []).entries()) expect((byRun.matrix ?? [])[k] / value).toBeCloseTo(1, 10);
    expect(byRow.matrix).not.toBeNull();
  });
});
