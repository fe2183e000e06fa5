import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/core/random.ts';
import { fitLaw } from '../../src/fit/fitLaw.ts';
import { fillGrowth } from '../../src/laws/boxCox.ts';
import { farseer } from '../../src/laws/farseer.ts';
import { evaluateLaw, toParams } from '../../src/laws/law.ts';
import { createRuns } from '../../src/runs/index.ts';
import { chinchilla240 } from '../helpers/data.ts';

/** The law as the paper writes it. */
const paper = { a1: -0.02, b1: -0.2, alpha: 0.2, a2: 60, b2: -14, beta: -0.06, a3: -0.005, b3: 0.2, gamma: 0.25 };
const lossOfPaper = (n: number, d: number): number => {
  const { a1, b1, alpha, a2, b2, beta, a3, b3, gamma } = paper;
  return Math.exp(a3 * n ** gamma + b3) + Math.exp(a2 * n ** beta + b2) * d ** -Math.exp(a1 * n ** alpha + b1);
};

/** The same in the parameters of the law here: value and slope at 1e9 parameters. */
const same = ((): Record<string, number> => {
  const { a1, b1, alpha, a2, b2, beta, a3, b3, gamma } = paper;
  const at = (a: number, b: number, bend: number) => ({
    level: Math.exp(a * 1e9 ** bend + b),
    slope: a * bend * 1e9 ** bend,
  });
  const [A, B, U] = [at(a1, b1, alpha), at(a2, b2, beta), at(a3, b3, gamma)];
  return {
    ...{ U: U.level, B: B.level, A: A.level, gamma, beta, alpha },
    ...{ slopeU: U.slope, slopeB: B.slope, slopeA: A.slope },
  };
})();

describe('farseer', () => {
  const sizes = [3e7, 1e8, 1e9, 7e9, 3e10];
  const points = sizes.flatMap((n) => [5e8, 2e10, 1e12].map((d) => ({ n, d })));
  const inputs = { params: points.map(({ n }) => n), tokens: points.map(({ d }) => d) };

  it('is the law of the paper', () => {
    const loss = evaluateLaw(farseer, same, inputs);
    for (const [i, { n, d }] of points.entries()) expect(loss[i] / lossOfPaper(n, d)).toBeCloseTo(1, 12);
  });

  it('gives back a and b of the paper as its description says', () => {
    expect(same.slopeA / (same.alpha * 1e9 ** same.alpha)).toBeCloseTo(paper.a1, 12);
    expect(Math.log(same.A) - same.slopeA / same.alpha).toBeCloseTo(paper.b1, 12);
  });

  it('passes through power laws where a bend is 0', () => {
    const straight = evaluateLaw(farseer, { ...same, gamma: 0, beta: 0, alpha: 0 }, inputs);
    for (const [i, { n, d }] of points.entries()) {
      const curve = (level: number, slope: number): number => level * (n / 1e9) ** slope;
      const direct = curve(same.U, same.slopeU) + curve(same.B, same.slopeB) * d ** -curve(same.A, same.slopeA);
      expect(straight[i] / direct).toBeCloseTo(1, 12);
    }
    const [below, above] = [-1e-9, 1e-9].map((alpha) => evaluateLaw(farseer, { ...same, alpha }, inputs));
    const middle = evaluateLaw(farseer, { ...same, alpha: 0 }, inputs);
    for (const i of points.keys()) expect((below[i] + above[i]) / 2 / middle[i]).toBeCloseTo(1, 13);
  });

  it('is found from a table of sizes and lengths with noise', () => {
    const random = createRandom(9);
    const rows = [...points, ...points, ...points];
    const runs = createRuns({
      params: rows.map(({ n }) => n),
      tokens: rows.map(({ d }) => d * 2 ** random.normal()),
      loss: rows.map(() => 1),
    });
    const { params, tokens } = runs.quantities as Record<string, Float64Array>;
    const loss = params.map((n, i) => lossOfPaper(n, tokens[i]) * Math.exp(1e-3 * random.normal()));
    const fit = fitLaw(farseer, createRuns({ params, tokens, loss }), { objective: 'log-mse' });
    expect(fit.status, fit.reasons.join(' ')).toBe('converged');
    expect(fit.seeds.reached).toBeGreaterThan(fit.seeds.tried / 2);
    const predicted = evaluateLaw(farseer, toParams(farseer, fit.theta), { params, tokens });
    for (const [i, n] of params.entries()) expect(predicted[i] / lossOfPaper(n, tokens[i])).toBeCloseTo(1, 2);
  });

  it('fits the Chinchilla runs better than four parameters fewer do', async () => {
    const fit = fitLaw(farseer, await chinchilla240());
    expect(fit.status).toBe('converged');
    // The optimum of E + A/N^alpha + B/D^beta is 1.01827e-3.
    expect(fit.minimum.value).toBeLessThan(0.8e-3);
  });
});

describe('the growth (e^(bend x) - 1) / bend', () => {
  const at = (x: number, bend: number): Float64Array => {
    const out = new Float64Array(3);
    fillGrowth(x, bend, out);
    return out;
  };

  it.each([-3, -0.8, -0.3, 0, 1e-12, 0.2, 0.499, 0.501, 2])(
    'and its derivatives are exact for a bend of %d',
    (bend) => {
      for (const x of [-4, -2, -0.1, 0.7, 2, 3.5]) {
        const [value, slope, curvature] = at(x, bend);
        if (bend !== 0) expect(value / (Math.expm1(bend * x) / bend)).toBeCloseTo(1, 13);
        else expect(value).toBe(x);
        const step = 1e-4;
        const [up, down] = [at(x, bend + step), at(x, bend - step)];
        expect((up[0] - down[0]) / (2 * step) / slope).toBeCloseTo(1, 6);
        expect((up[1] - down[1]) / (2 * step) / curvature).toBeCloseTo(1, 6);
      }
    },
  );
});
