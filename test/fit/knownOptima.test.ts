import { describe, expect, it } from 'vitest';
import { fitLaw } from '../../src/fit/fitLaw.ts';
import { chinchilla } from '../../src/laws/chinchilla.ts';
import { toCoordinates, toParams } from '../../src/laws/law.ts';
import type { Runs } from '../../src/runs/index.ts';
import { chinchilla240, chinchillaAll, fixtureRuns } from '../helpers/data.ts';
import cases from '../fixtures/fit-cases/expected.json' with { type: 'json' };

const read = (data: string): Promise<Runs> => {
  if (data === 'chinchilla-240') return chinchilla240();
  if (data === 'chinchilla-245') return chinchillaAll();
  return fixtureRuns(`fit-cases/${data}`);
};

const optionsOf = (c: (typeof cases)[number]) => ({
  objective: c.objective,
  ...(c.delta === null ? {} : { delta: c.delta }),
});

/** The objective written out, in natural units: sums of Huber penalties or halved squares of log residuals. */
function objectiveAt(c: (typeof cases)[number], runs: Runs, p: Record<string, number>): number {
  const { params, tokens, loss } = runs.quantities;
  const delta = c.delta ?? Infinity;
  let sum = 0;
  for (let i = 0; i < runs.rows; i++) {
    const predicted = p.E + p.A * (params?.[i] ?? NaN) ** -p.alpha + p.B * (tokens?.[i] ?? NaN) ** -p.beta;
    const r = Math.abs(Math.log(predicted) - Math.log(loss?.[i] ?? NaN));
    sum += r <= delta ? 0.5 * r * r : delta * (r - 0.5 * delta);
  }
  return sum;
}

describe.each(cases.map((c) => [`${c.data}, ${c.objective}, delta ${String(c.delta)}`, c] as const))('%s', (_, c) => {
  it('reaches the known optimum', async () => {
    const runs = await read(c.data);
    const fit = fitLaw(chinchilla, runs, optionsOf(c));
    expect(fit.rows.data.rows).toBe(c.n);
    expect(fit.status).toBe('converged');
    expect(fit.reasons).toEqual([]);
    expect(fit.minimum.certified).toBe(true);
    expect(fit.minimum.gradientNorm).toBeLessThan(1e-10);
    expect(Math.abs(fit.minimum.value / c.value - 1)).toBeLessThan(1e-9);
    const found = toParams(chinchilla, fit.theta);
    for (const name of ['E', 'A', 'B', 'alpha', 'beta'] as const)
      expect(Math.abs(found[name] / c[name] - 1), name).toBeLessThan(1e-5);
    expect(Math.abs((fit.condition ?? NaN) / c.condition - 1)).toBeLessThan(0.01);
    expect(fit.seeds.reached).toBeGreaterThan(0);
    expect(fit.seeds.reached).toBeLessThanOrEqual(fit.seeds.tried);
  });

  it('has that value by the formula written out, there and nowhere lower nearby', async () => {
    const runs = await read(c.data);
    const fit = fitLaw(chinchilla, runs, optionsOf(c));
    const direct = objectiveAt(c, runs, toParams(chinchilla, fit.theta));
    expect(Math.abs(direct / fit.minimum.value - 1)).toBeLessThan(1e-11);
    for (const k of fit.theta.keys())
      for (const step of [-1e-3, 1e-3]) {
        const moved = fit.theta.map((x, j) => (j === k ? x + step : x));
        expect(objectiveAt(c, runs, toParams(chinchilla, moved))).toBeGreaterThan(direct);
      }
  });
});

describe('Besiroglu et al. on 240 runs', () => {
  it('has the coefficients of the issue and not those of a rounding or an average', async () => {
    const fit = fitLaw(chinchilla, await chinchilla240());
    expect(fit.objective.id).toBe('log-huber');
    expect(fit.delta).toBe(1e-3);
    expect(fit.minimum.value).toBeCloseTo(0.0010182740178, 12);
    const p = toParams(chinchilla, fit.theta);
    expect(p.E).toBeCloseTo(1.817218, 5);
    expect(p.A).toBeCloseTo(477.826, 2);
    expect(p.B).toBeCloseTo(2143.417, 2);
    expect(p.alpha).toBeCloseTo(0.3473105, 6);
    expect(p.beta).toBeCloseTo(0.3671724, 6);
  });

  it('costs what the reference says at the coefficients of Hoffmann', async () => {
    const runs = await chinchilla240();
    const c = cases[0];
    const unrounded = chinchilla.published[0].params;
    expect(objectiveAt(c, runs, { ...unrounded })).toBeCloseTo(0.00123116, 8);
    // The fit's own problem says the same there.
    const fit = fitLaw(chinchilla, runs);
    const at = fit.problem.createLinearization();
    fit.problem.linearize(fit.coordinates.centre(toCoordinates(chinchilla, unrounded)), at);
    expect(at.value).toBeCloseTo(0.00123116, 8);
  });

  it('has the optimum of mean squares that others published', async () => {
    // laws.md, 3.4: E = 1.88281, A = 567.805, B = 7581.85, alpha = .357615, beta = .427621, RMSE .01862.
    const fit = fitLaw(chinchilla, await chinchilla240(), { objective: 'mse' });
    const p = toParams(chinchilla, fit.theta);
    expect(fit.status).toBe('converged');
    expect(p.E).toBeCloseTo(1.88281, 5);
    expect(p.A).toBeCloseTo(567.805, 2);
    expect(p.B).toBeCloseTo(7581.85, 1);
    expect(p.alpha).toBeCloseTo(0.357615, 5);
    expect(p.beta).toBeCloseTo(0.427621, 5);
    expect(Math.sqrt((2 * fit.minimum.value) / 240)).toBeCloseTo(0.01862, 5);
  });
});
