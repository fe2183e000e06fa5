import { beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../src/core/random.ts';
import { version } from '../../src/core/version.ts';
import type { Fit } from '../../src/fit/result.ts';
import { fitToJson } from '../../src/report/json.ts';
import { createRuns, type Runs } from '../../src/runs/index.ts';
import { chinchilla240, columnsOf } from '../helpers/data.ts';
import { scatter } from '../helpers/laws.ts';
import { fitHere } from '../helpers/refits.ts';

let runs: Runs;
beforeAll(async () => {
  runs = await chinchilla240();
});

const states = (fit: Fit): Record<string, string> =>
  Object.fromEntries(Object.entries(fit.params).map(([name, p]) => [name, p.state]));
const codes = (fit: Fit): string[] => fit.warnings.map((w) => w.code);

/** Losses that one exponent can only meet at its bound of 20. */
function cliff(): Runs {
  const { params, tokens } = scatter(60, 1);
  const sizes = params.map((_, i) => [1e8, 1.05e8, 1.1e8, 1e9][i % 4]);
  const loss = sizes.map((n, i) => 1.8 + (n < 1.02e8 ? 1 : 0) + 2100 * tokens[i] ** -0.37);
  return createRuns({ params: sizes, tokens, loss });
}

/** Losses that rise with tokens, which B cannot. */
function rising(): Runs {
  const { params, tokens } = scatter(60, 1);
  const random = createRandom(1);
  const loss = params.map((n, i) => 1.8 + 480 * n ** -0.35 + 0.02 * Math.log(tokens[i]) + 0.001 * random.normal());
  return createRuns({ params, tokens, loss });
}

describe('the summary of a fit', () => {
  it('tells what the diagnostics found, with numbers that a program can read', async () => {
    const { fit } = await fitHere(runs);
    const saddle = fitToJson(fit).warnings.find(({ code }) => code === 'SADDLE_RESIDUALS');
    expect(saddle?.numbers?.interaction).toBeCloseTo(-0.0026, 3);
    expect(codes(fit)).toContain('OUTLIERS');
  });

  it('says what was fitted, how, and with what result', async () => {
    const { fit, lawFit } = await fitHere(runs);
    expect(fit).toMatchObject({
      law: 'chinchilla',
      status: 'converged',
      reasons: [],
      points: 240,
      objective: { name: 'log-huber', delta: 1e-3, value: lawFit.minimum.value },
      seeds: lawFit.seeds,
      condition: lawFit.condition,
      gradientNorm: lawFit.minimum.gradientNorm,
      confidence: 0.95,
      bootstrap: null,
      version,
    });
    expect(states(fit)).toEqual({ E: 'free', A: 'free', B: 'free', alpha: 'free', beta: 'free' });
    expect(fit.optimum?.paramsExponent).toBeCloseTo(0.5139, 4);
    expect(fit.optimum?.tokensExponent).toBeCloseTo(0.4861, 4);
    expect(fit.data).toMatchObject({ rows: 245, used: 240, sizes: new Set(columnsOf(runs).params).size });
    expect(fit.data.dropped.map((d) => d.rows)).toEqual([5]);
    expect(fit.data.ranges.loss?.[0]).toBe(Math.min(...columnsOf(runs).loss));
    expect(fit.data.ranges.params?.[1]).toBe(Math.max(...columnsOf(runs).params));
    expect(fit.settings).toMatchObject({ solver: 'newton', fixed: {}, tied: {}, start: {} });
  });

  it('has the root mean square of the log residuals', async () => {
    const { fit } = await fitHere(runs, { objective: 'log-mse' });
    expect(fit.residualRms).toBeCloseTo(Math.sqrt((2 * fit.objective.value) / 240), 12);
    expect(fit.objective.delta).toBeNull();
  });

  it('has a value inside every interval, and errors that are positive', async () => {
    for (const options of [{}, { bootstrap: 200 }]) {
      const { fit } = await fitHere(runs, options);
      for (const [name, { value, stderr, interval }] of Object.entries(fit.params)) {
        expect(stderr, name).toBeGreaterThan(0);
        expect(interval?.[0], name).toBeLessThan(value);
        expect(interval?.[1], name).toBeGreaterThan(value);
      }
    }
  });

  it('takes errors and covariance from the draws when there are any', async () => {
    const { fit } = await fitHere(runs, { bootstrap: 400, seed: 1 });
    const draws = fit.bootstrap?.draws ?? new Float32Array();
    const alpha = Array.from({ length: 400 }, (_, b) => draws[5 * b + 3]);
    const mean = alpha.reduce((s, x) => s + x, 0) / 400;
    const deviation = Math.sqrt(alpha.reduce((s, x) => s + (x - mean) ** 2, 0) / 399);
    expect((fit.params.alpha.stderr ?? NaN) / deviation).toBeCloseTo(1, 8);
    expect(fit.covariance.kind).toBe('bootstrap');
    expect((fit.covariance.matrix?.[18] ?? NaN) / deviation ** 2).toBeCloseTo(1, 8);
    const amplitude = Array.from({ length: 400 }, (_, b) => Math.exp(draws[5 * b + 1]));
    const middle = amplitude.reduce((s, x) => s + x, 0) / 400;
    const spread = Math.sqrt(amplitude.reduce((s, x) => s + (x - middle) ** 2, 0) / 399);
    expect((fit.params.A.stderr ?? NaN) / spread).toBeCloseTo(1, 8);
    expect(codes(fit)).not.toContain('STDERR_FROM_SANDWICH');
    // With 400 draws the errors are near those of 4,000 of another seed.
    expect((fit.params.beta.stderr ?? NaN) / 0.02059).toBeGreaterThan(0.85);
    expect((fit.params.beta.stderr ?? NaN) / 0.02059).toBeLessThan(1.15);
  });
});

describe('a parameter that was not estimated', () => {
  it('is fixed', async () => {
    for (const options of [{}, { bootstrap: 20 }]) {
      const { fit } = await fitHere(runs, { fixed: { alpha: 0.34 }, ...options });
      expect(fit.params.alpha).toEqual({ value: 0.34, stderr: null, interval: null, state: 'fixed' });
      expect(fit.params.beta.stderr).toBeGreaterThan(0);
      expect(fit.settings.fixed).toEqual({ alpha: 0.34 });
    }
  });

  it('is tied and has the error of the other', async () => {
    for (const options of [{}, { bootstrap: 20 }]) {
      const { fit } = await fitHere(runs, { tied: { alpha: 'beta' }, ...options });
      expect(states(fit)).toMatchObject({ alpha: 'tied', beta: 'free' });
      expect(fit.params.alpha.value).toBe(fit.params.beta.value);
      expect(fit.params.alpha.stderr).toBeCloseTo(fit.params.beta.stderr ?? NaN, 9);
      expect(fit.params.alpha.stderr).toBeGreaterThan(0);
    }
  });

  it('is off, with its exponent', async () => {
    const { fit } = await fitHere(rising(), { bootstrap: 10 });
    expect(states(fit)).toEqual({ E: 'free', A: 'free', B: 'off', alpha: 'free', beta: 'off' });
    expect(fit.params.B).toEqual({ value: 0, stderr: null, interval: null, state: 'off' });
    expect(fit.params.beta.stderr).toBeNull();
    expect(fit.status).toBe('degenerate');
    expect(fit.optimum).toBeNull();
    expect(codes(fit)).toContain('TERM_OFF');
    expect(fit.params.alpha.stderr).toBeGreaterThan(0);
  });

  it('is at its bound', async () => {
    const { fit } = await fitHere(cliff(), { objective: 'log-mse' });
    expect(states(fit).alpha).toBe('bound');
    expect(fit.params.alpha).toEqual({ value: 20, stderr: null, interval: null, state: 'bound' });
    expect(codes(fit)).toContain('PARAM_AT_BOUND');
    expect(fit.params.beta.stderr).not.toBeNull();
  });

  it('is tied to one at its bound: no error either', async () => {
    // A pure step of both inputs drives the common exponent to 20.
    const { fit } = await fitHere(cliff(), { objective: 'log-mse', tied: { beta: 'alpha' } });
    expect(fit.params.beta.state).toBe('tied');
    expect(fit.params.alpha.state).toBe('bound');
    expect(fit.params.beta.value).toBe(20);
    expect(fit.params.beta.stderr).toBeNull();
    expect(fit.params.beta.interval).toBeNull();
  });

  it('cannot be told from others', async () => {
    const { params, tokens } = scatter(40, 3);
    const loss = params.map((n, i) => 1.8 + 480 * n ** -0.35 + 2100 * tokens[i] ** -0.37);
    const { fit } = await fitHere(createRuns({ params, tokens, loss }), { fixed: { A: 0 } });
    expect(codes(fit)).toContain('UNIDENTIFIABLE');
    expect(fit.params.alpha.stderr).toBeNull();
    expect(fit.covariance.matrix).toBeNull();
  });

  it('has no degrees of freedom', async () => {
    const { params, tokens } = scatter(5, 3);
    const loss = params.map((n, i) => 1.8 + 480 * n ** -0.35 + 2100 * tokens[i] ** -0.37);
    const { fit } = await fitHere(createRuns({ params, tokens, loss }));
    expect(codes(fit)).toContain('NO_DEGREES_OF_FREEDOM');
    for (const { stderr, interval } of Object.values(fit.params)) {
      expect(stderr).toBeNull();
      expect(interval).toBeNull();
    }
  });
});
