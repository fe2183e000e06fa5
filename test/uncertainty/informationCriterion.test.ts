import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/core/random.ts';
import { fitLaw } from '../../src/fit/fitLaw.ts';
import { findLaw } from '../../src/laws/index.ts';
import { createRuns } from '../../src/runs/index.ts';
import { informationCriterion } from '../../src/uncertainty/informationCriterion.ts';
import { lawCases } from '../helpers/lawCases.ts';
import { drawRuns } from '../helpers/lawChecks.ts';

const fit = (law: string, objective: string, rows = 60) =>
  fitLaw(findLaw(law), drawRuns(findLaw('chinchilla'), lawCases.chinchilla, { rows, seed: 5, noise: 0.01 }), {
    objective,
  });

describe('AICc', () => {
  it('of least squares is the textbook formula', () => {
    const fitted = fit('chinchilla', 'log-mse');
    const [n, k] = [60, 6];
    const squares = 2 * fitted.minimum.value;
    const expected = n * Math.log((2 * Math.PI * squares) / n) + n + 2 * k + (2 * k * (k + 1)) / (n - k - 1);
    expect(informationCriterion(fitted)).toBeCloseTo(expected, 9);
  });

  it('of a Huber penalty is that of its density with the best scale', () => {
    const fitted = fit('chinchilla', 'log-huber');
    const { value } = fitted.minimum;
    const delta = 1e-3;
    // The density by brute force: its integral by the trapezium rule, its scale by trying many.
    const deviance = (s: number): number => {
      const width = 60 * Math.max(delta, s / delta);
      const steps = 40_000;
      let integral = 0;
      for (let i = 0; i <= steps; i++) {
        const r = Math.abs(-width + (2 * width * i) / steps);
        const penalty = r <= delta ? 0.5 * r * r : delta * (r - 0.5 * delta);
        integral += (Math.exp(-penalty / s) * 2 * width) / steps;
      }
      return 2 * (60 * Math.log(integral) + value / s);
    };
    const tried = Array.from({ length: 160 }, (_, i) => deviance((value / 60) * 10 ** (-0.8 + i / 100)));
    const expected = Math.min(...tried) + 2 * 6 + (2 * 6 * 7) / (60 - 7);
    expect(informationCriterion(fitted)).toBeCloseTo(expected, 1);
  });

  it.each(['log-huber', 'log-mse'])('prefers the law that made the data under %s', (objective) => {
    const [truth, fewer, more] = ['chinchilla', 'multiplicative-irreducible', 'skaling'].map(
      (law) => informationCriterion(fit(law, objective)) ?? NaN,
    );
    expect(truth).toBeLessThan(fewer);
    expect(truth).toBeLessThan(more + 6);
  });

  it('counts a row of weight 2 as two rows', () => {
    const random = createRandom(4);
    const params = Array.from({ length: 20 }, (_, i) => 1e7 * 1.5 ** i);
    const loss = params.map((n) => (2 + 300 / n ** 0.3) * Math.exp(0.01 * random.normal()));
    const law = findLaw('params-irreducible');
    const twice = createRuns({ params: [...params, ...params], loss: [...loss, ...loss] });
    const weighted = fitLaw(law, createRuns({ params, loss }), { objective: 'log-mse', weights: params.map(() => 2) });
    expect(informationCriterion(weighted)).toBeCloseTo(
      informationCriterion(fitLaw(law, twice, { objective: 'log-mse' })) ?? NaN,
      6,
    );
  });

  it('is not given where there are too few rows or the fit is perfect', () => {
    expect(informationCriterion(fit('chinchilla', 'log-mse', 5))).toBeNull();
    const exact = fitLaw(
      findLaw('chinchilla'),
      drawRuns(findLaw('chinchilla'), lawCases.chinchilla, { rows: 60, seed: 5 }),
      {
        objective: 'log-mse',
      },
    );
    expect(informationCriterion(exact)).toBeNull();
  });
});
