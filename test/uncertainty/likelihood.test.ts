import { beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../src/core/random.ts';
import { chiSquareSurvival } from '../../src/core/special.ts';
import { fitLaw, type LawFit } from '../../src/fit/fitLaw.ts';
import { chinchilla } from '../../src/laws/chinchilla.ts';
import { findLaw } from '../../src/laws/index.ts';
import { evaluateLaw } from '../../src/laws/law.ts';
import { createRuns, type Runs } from '../../src/runs/index.ts';
import { testCoefficients } from '../../src/uncertainty/coefficientTest.ts';
import { logLikelihood } from '../../src/uncertainty/likelihood.ts';
import { compareNested } from '../../src/uncertainty/likelihoodRatio.ts';
import { chinchilla240 } from '../helpers/data.ts';

let runs: Runs;
let fit: LawFit;
beforeAll(async () => {
  runs = await chinchilla240();
  fit = fitLaw(chinchilla, runs);
});
const [hoffmann, besiroglu] = ['hoffmann-2022', 'besiroglu-2024'].map(
  (id) => chinchilla.published.find((one) => one.id === id)?.params ?? {},
);

describe('logLikelihood', () => {
  it('of normal residuals is the sum of their log densities at the best variance', () => {
    const squares = fitLaw(chinchilla, runs, { objective: 'log-mse' });
    const { observed, rows } = squares.rows.data;
    const predicted = evaluateLaw(
      chinchilla,
      Object.fromEntries(
        chinchilla.params.map(({ name, transform }, k) => [
          name,
          transform === 'log' ? Math.exp(squares.theta[k]) : squares.theta[k],
        ]),
      ),
      { params: runs.quantities.params ?? [], tokens: runs.quantities.tokens ?? [] },
    );
    const residuals = Array.from(predicted, (p, i) => Math.log(p / observed[i]));
    const variance = residuals.reduce((sum, r) => sum + r * r, 0) / rows;
    const expected = residuals.reduce(
      (sum, r) => sum - 0.5 * Math.log(2 * Math.PI * variance) - (r * r) / (2 * variance),
      0,
    );
    expect(logLikelihood(squares)).toBeCloseTo(expected, 8);
  });

  it('is highest at the fit and the same for its own values', () => {
    const at = (name: string, value: number): number => logLikelihood(fit, { [name]: value });
    expect(at('alpha', fit.theta[3])).toBeCloseTo(logLikelihood(fit), 9);
    for (const factor of [0.999, 1.001]) expect(at('alpha', factor * fit.theta[3])).toBeLessThan(logLikelihood(fit));
  });

  it('with a narrow zone is that of scipy for the density of arXiv 2404.10102', () => {
    // scipy 1.15 with their density, whose zone of 1e-3 is in units of the scale (4.7e-6): 879.77313085 at their estimates.
    const narrow = fitLaw(chinchilla, runs, { delta: 4.7e-9 });
    const theirs = {
      A: Math.exp(6.17795598),
      B: Math.exp(7.64273236),
      E: Math.exp(0.59711196),
      alpha: 0.34781303,
      beta: 0.36585412,
    };
    expect(logLikelihood(narrow, theirs)).toBeCloseTo(879.7731308, 4);
    expect(logLikelihood(narrow) - logLikelihood(narrow, theirs)).toBeGreaterThanOrEqual(0);
    expect(logLikelihood(narrow) - logLikelihood(narrow, theirs)).toBeLessThan(1e-4);
  });
});

describe('testCoefficients', () => {
  it('gives the published likelihood ratio of Hoffmann’s coefficients: 84.00, p 1.22e-16 (arXiv 2404.10102)', () => {
    const test = testCoefficients(fitLaw(chinchilla, runs, { delta: 4.7e-9 }), hoffmann);
    expect(test.statistic.toFixed(2)).toBe('84.00');
    expect(test.pValue.toExponential(2)).toBe('1.22e-16');
    expect(test.degreesOfFreedom).toBe(5);
  });

  it('rejects Hoffmann’s coefficients and not those of the replication', () => {
    const against = testCoefficients(fit, hoffmann);
    expect(against.statistic).toBeCloseTo(83.2417, 3);
    expect(against.adjusted?.pValue).toBeLessThan(1e-5);
    expect(against.wald?.pValue).toBeLessThan(1e-30);
    const z = Object.fromEntries(against.coefficients.map((one) => [one.name, one.z]));
    expect(Math.abs(z.E ?? 0)).toBeGreaterThan(5);
    expect(Math.abs(z.alpha ?? 9)).toBeLessThan(1);
    const replication = testCoefficients(fit, besiroglu);
    expect(replication.pValue).toBeGreaterThan(0.5);
    expect(replication.wald?.pValue).toBeGreaterThan(0.5);
  });

  it('takes a part of the coefficients with the others at their best', () => {
    const test = testCoefficients(fit, { alpha: 0.32 });
    // scipy 1.15, see the profile.
    expect(test.statistic).toBeCloseTo(5.991014578584, 4);
    expect(test.pValue).toBeCloseTo(chiSquareSurvival(5.991014578584, 1), 6);
    expect(test.degreesOfFreedom).toBe(1);
  });

  it('follows ties, and says what is held and not tested', () => {
    const tied = fitLaw(chinchilla, runs, { tied: { beta: 'alpha' }, fixed: { E: 1.8 } });
    const test = testCoefficients(tied, { A: 400, B: 2000, E: 1.7, alpha: 0.34, beta: 0.28 });
    expect(test.degreesOfFreedom).toBe(3);
    expect(test.warnings.map(({ message }) => message.split(' ')[0])).toEqual(['E', 'beta']);
    const same = fitLaw(chinchilla, runs, { fixed: { E: 1.8, alpha: 0.34, beta: 0.34, B: 2000 } });
    expect(testCoefficients(same, { A: 400 }).objective.published).toBeCloseTo(test.objective.published, 12);
  });

  it('refuses names and values that the law does not have', () => {
    expect(() => testCoefficients(fit, { gamma: 1 })).toThrow(/gamma/);
    expect(() => testCoefficients(fit, { alpha: -1 })).toThrow(/alpha=-1/);
    expect(() => testCoefficients(fit, {})).toThrow(/at least one parameter/);
  });
});

describe('compareNested', () => {
  it('is twice the difference of the log-likelihoods', () => {
    const tied = fitLaw(chinchilla, runs, { tied: { alpha: 'beta' } });
    const test = compareNested(tied, fit);
    expect(test.statistic).toBeCloseTo(2 * (logLikelihood(fit) - logLikelihood(tied)), 8);
    expect(test.pValue).toBeCloseTo(chiSquareSurvival(test.statistic, 1), 12);
    expect(test.restrictions).toEqual(['alpha = beta']);
    expect(test.warnings).toEqual([]);
  });

  it('halves the probability where the null hypothesis holds E at 0', () => {
    const test = compareNested(fitLaw(chinchilla, runs, { fixed: { E: 0 } }), fit);
    expect(test.onBoundary).toEqual(['E']);
    expect(test.pValue / (0.5 * chiSquareSurvival(test.statistic, 1))).toBeCloseTo(1, 9);
    expect(test.warnings.map(({ code, level }) => [code, level])).toEqual([['NULL_ON_BOUNDARY', 'info']]);
  });

  it('warns where an exponent loses its meaning with its term', () => {
    const test = compareNested(fitLaw(chinchilla, runs, { fixed: { B: 0, beta: 0.3 } }), fit);
    expect(test.degreesOfFreedom).toBe(2);
    expect(test.warnings[0].message).toMatch(/beta means nothing/);
    expect(test.warnings[0].level).toBe('warning');
  });

  it.each([
    ['chinchilla', 'skaling', { E: 1.8, A: 480, B: 2100, alpha: 0.35, beta: 0.37 }, { k: 1 }],
    ['multiplicative', 'multiplicative-irreducible', { A: 8, alpha: 0.08, beta: 0.1 }, { E: 0 }],
    ['params', 'params-irreducible', { A: 30, alpha: 0.1 }, { E: 0 }],
    ['tokens', 'tokens-irreducible', { B: 30, beta: 0.1 }, { E: 0 }],
    ['flops', 'flops-irreducible', { A: 30, alpha: 0.1 }, { E: 0 }],
  ])('knows that %s is a case of %s', (small, large, values, held) => {
    const [a, b] = [findLaw(small), findLaw(large)];
    const inputs = { params: [1e8, 3e9], tokens: [1e10, 3e11], flops: [1e19, 1e22] };
    const named = Object.fromEntries(a.params.map(({ name }, k) => [name, Object.values(values)[k]]));
    const ofSmall = evaluateLaw(a, named, inputs);
    const ofLarge = evaluateLaw(b, { ...named, ...held }, inputs);
    for (const k of [0, 1]) expect(ofLarge[k] / ofSmall[k]).toBeCloseTo(1, 12);
    const random = createRandom(3);
    const columns = { params: [] as number[], tokens: [] as number[], flops: [] as number[] };
    for (let i = 0; i < 40; i++) {
      columns.params.push(10 ** (8 + 2 * random.next()));
      columns.tokens.push(10 ** (9 + 2 * random.next()));
      columns.flops.push(10 ** (18 + 4 * random.next()));
    }
    const loss = Array.from(evaluateLaw(a, named, columns), (x) => x * Math.exp(0.01 * random.normal()));
    const data = createRuns({ ...columns, loss });
    const test = compareNested(fitLaw(a, data), fitLaw(b, data));
    expect(test.degreesOfFreedom).toBe(1);
    expect(test.pValue).toBeGreaterThan(1e-3);
  });

  it('has p values that are uniform under the null hypothesis, half of them 1 on the boundary', () => {
    const law = findLaw('params-irreducible');
    const params = Array.from({ length: 30 }, (_, i) => 1e6 * 1.3 ** i);
    let [ones, below] = [0, 0];
    const count = 300;
    for (let seed = 0; seed < count; seed++) {
      const random = createRandom(seed, 5);
      const loss = params.map((n) => (8 / n ** 0.07) * Math.exp(0.01 * random.normal()));
      const data = createRuns({ params, loss });
      const { pValue } = compareNested(
        fitLaw(findLaw('params'), data, { objective: 'log-mse' }),
        fitLaw(law, data, { objective: 'log-mse' }),
      );
      if (pValue === 1) ones++;
      if (pValue < 0.1) below++;
    }
    expect(ones / count).toBeGreaterThan(0.4);
    expect(ones / count).toBeLessThan(0.6);
    expect(below / count).toBeGreaterThan(0.05);
    expect(below / count).toBeLessThan(0.16);
  });

  it('refuses laws, rows and objectives that do not belong together', () => {
    expect(() => compareNested(fitLaw(findLaw('multiplicative-irreducible'), runs), fit)).toThrow(
      /not known to be a special case/,
    );
    expect(() => compareNested(fitLaw(chinchilla, runs, { objective: 'log-mse' }), fit)).toThrow(
      /different objectives/,
    );
    const fewer = createRuns({
      params: runs.quantities.params?.slice(10) ?? [],
      tokens: runs.quantities.tokens?.slice(10) ?? [],
      loss: runs.quantities.loss?.slice(10) ?? [],
    });
    expect(() => compareNested(fitLaw(chinchilla, fewer, { fixed: { E: 1.8 } }), fit)).toThrow(/different rows/);
    expect(() => compareNested(fit, fit)).toThrow(/the same free parameters/);
    expect(() => compareNested(fit, fitLaw(chinchilla, runs, { fixed: { E: 1.8 } }))).toThrow(/holds E/);
  });
});
