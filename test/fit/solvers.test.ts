import { beforeAll, describe, expect, it } from 'vitest';
import { fitLaw } from '../../src/fit/fitLaw.ts';
import { findSolver, solvers } from '../../src/fit/solvers/index.ts';
import { chinchilla } from '../../src/laws/chinchilla.ts';
import { findLaw } from '../../src/laws/index.ts';
import { toParams } from '../../src/laws/law.ts';
import type { Runs } from '../../src/runs/index.ts';
import { chinchilla240 } from '../helpers/data.ts';
import { errorOf } from '../helpers/errors.ts';
import { syntheticRuns, typicalParams } from '../helpers/laws.ts';

const lm = 'ml-levenberg-marquardt';
let runs: Runs;
beforeAll(async () => {
  runs = await chinchilla240();
});

describe('ml-levenberg-marquardt', () => {
  it.each(['log-mse', 'mse'])('agrees with newton on the Chinchilla points: %s', (objective) => {
    const newton = fitLaw(chinchilla, runs, { objective });
    const other = fitLaw(chinchilla, runs, { objective, solver: lm });
    expect(other.solver).toBe(lm);
    expect(newton.solver).toBe('newton');
    expect(Math.abs(other.minimum.value / newton.minimum.value - 1)).toBeLessThan(1e-9);
    const [a, b] = [toParams(chinchilla, other.theta), toParams(chinchilla, newton.theta)];
    for (const [name, value] of Object.entries(b)) expect(Math.abs(a[name] / value - 1), name).toBeLessThan(1e-6);
    // It never beats the certified optimum.
    expect(other.minimum.value).toBeGreaterThanOrEqual(newton.minimum.value * (1 - 1e-12));
  });

  it.each(Object.keys(typicalParams))('agrees with newton on synthetic runs of %s', (id) => {
    const law = findLaw(id);
    const data = syntheticRuns(law, typicalParams[id], { rows: 60, seed: 12, noise: 0.01 });
    const newton = fitLaw(law, data, { objective: 'log-mse' });
    const other = fitLaw(law, data, { objective: 'log-mse', solver: lm });
    expect(Math.abs(other.minimum.value / newton.minimum.value - 1)).toBeLessThan(1e-6);
  });

  it('honours fixed and tied parameters', () => {
    const options = { objective: 'log-mse', fixed: { E: 1.7 }, tied: { alpha: 'beta' } };
    const newton = fitLaw(chinchilla, runs, options);
    const other = fitLaw(chinchilla, runs, { ...options, solver: lm });
    expect(Math.abs(other.minimum.value / newton.minimum.value - 1)).toBeLessThan(1e-9);
    const p = toParams(chinchilla, other.theta);
    expect(p.E).toBeCloseTo(1.7, 12);
    expect(p.alpha).toBe(p.beta);
  });

  it.each(['log-huber', 'huber'])('refuses %s, with the reason', (objective) => {
    const error = errorOf(() => fitLaw(chinchilla, runs, { objective, solver: lm }));
    expect(error).toMatchObject({ code: 'SOLVER_UNSUITABLE', exit: 2 });
    expect(error.message).toContain(`${objective} is not a sum of squares`);
    expect(error.message).toContain('--solver newton');
  });

  it('refuses weights, with the reason', () => {
    const weights = new Float64Array(runs.rows).fill(2);
    const error = errorOf(() => fitLaw(chinchilla, runs, { objective: 'mse', solver: lm, weights }));
    expect(error.code).toBe('SOLVER_UNSUITABLE');
    expect(error.message).toContain('weights');
  });
});

describe('the table of solvers', () => {
  it('has newton as the default and finds each by its name', () => {
    expect(solvers[0].id).toBe('newton');
    expect(fitLaw(chinchilla, runs).solver).toBe('newton');
    for (const solver of solvers) expect(findSolver(solver.id)).toBe(solver);
    const error = errorOf(() => findSolver('lbfgs'));
    expect(error.code).toBe('OPTION_INVALID');
    for (const solver of solvers) expect(error.message).toContain(solver.id);
  });
});
