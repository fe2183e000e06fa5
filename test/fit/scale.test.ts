import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/core/random.ts';
import { fitLaw } from '../../src/fit/fitLaw.ts';
import { Newton } from '../../src/fit/newton.ts';
import { chinchilla } from '../../src/laws/chinchilla.ts';
import { toCoordinates, toParams } from '../../src/laws/law.ts';
import { createRuns } from '../../src/runs/index.ts';
import { scatter, syntheticRuns, typicalParams } from '../helpers/laws.ts';

const truth = typicalParams.chinchilla;
const objectives = ['log-huber', 'log-mse', 'huber', 'mse'];

describe('losses without noise', () => {
  it.each(objectives)('are met exactly: %s', (objective) => {
    const fit = fitLaw(chinchilla, syntheticRuns(chinchilla, truth, { rows: 30, seed: 1 }), { objective });
    expect(fit.status).toBe('converged');
    expect(fit.minimum.value).toBeLessThan(1e-25);
    expect(fit.minimum.gradientNorm).toBeLessThan(1e-12);
    for (const [name, value] of Object.entries(toParams(chinchilla, fit.theta)))
      expect(Math.abs(value / truth[name] - 1), name).toBeLessThan(1e-6);
    expect(fit.warnings.map((w) => w.code)).not.toContain('STALLED');
  });

  it.each(objectives)('of 1e-9 and 1e9 nats are met as well: %s', (objective) => {
    for (const factor of [1e-9, 1e9]) {
      const scaled = { ...truth, E: truth.E * factor, A: truth.A * factor, B: truth.B * factor };
      const fit = fitLaw(chinchilla, syntheticRuns(chinchilla, scaled, { rows: 30, seed: 2 }), { objective });
      expect(fit.minimum.certified).toBe(true);
      const found = toParams(chinchilla, fit.theta);
      for (const [name, value] of Object.entries(scaled))
        expect(Math.abs(found[name] / value - 1), `${name} at ${String(factor)}`).toBeLessThan(1e-5);
    }
  });
});

describe('noisy losses of unusual size', () => {
  it.each([1e-9, 1e-3, 1e3, 1e9])('of %d nats end in a certified optimum of relative errors', (factor) => {
    const scaled = { ...truth, E: truth.E * factor, A: truth.A * factor, B: truth.B * factor };
    const fit = (unit: Record<string, number>, objective: string) =>
      fitLaw(chinchilla, syntheticRuns(chinchilla, unit, { rows: 80, seed: 3, noise: 0.01 }), { objective });
    for (const objective of ['log-huber', 'log-mse', 'mse']) {
      const [a, b] = [fit(scaled, objective), fit({ ...truth }, objective)];
      expect(a.status, objective).toBe('converged');
      const raw = objective === 'mse' ? factor ** 2 : 1;
      expect(Math.abs(a.minimum.value / (raw * b.minimum.value) - 1)).toBeLessThan(1e-9);
    }
  });
});

describe('50,000 rows', () => {
  it.each(['log-huber', 'log-mse'])('reach the optimum that a polish from the truth reaches: %s', (objective) => {
    const runs = syntheticRuns(chinchilla, truth, { rows: 50_000, seed: 4, noise: 0.02 });
    const fit = fitLaw(chinchilla, runs, { objective });
    expect(fit.status).toBe('converged');
    const polished = new Newton(fit.problem).minimize(fit.coordinates.centre(toCoordinates(chinchilla, truth)));
    expect(polished.certified).toBe(true);
    expect(Math.abs(fit.minimum.value / polished.value - 1)).toBeLessThan(1e-10);
    // The truth itself is near but not the optimum.
    const found = toParams(chinchilla, fit.theta);
    expect(Math.abs(found.alpha - truth.alpha)).toBeLessThan(0.005);
    expect(found.alpha).not.toBe(truth.alpha);
  });

  it('are not led astray by a block of rows that says something else', () => {
    // Sorted by size with the outliers in one block: a sample of the first rows, or of few, would be misled.
    const { params, tokens } = scatter(50_000, 5);
    const random = createRandom(5);
    const loss = params.map((n, i) => {
      const clean = truth.E + truth.A * n ** -truth.alpha + truth.B * tokens[i] ** -truth.beta;
      return clean * (i < 5000 ? 1.5 : 1) * Math.exp(0.01 * random.normal());
    });
    const fit = fitLaw(chinchilla, createRuns({ params, tokens, loss }));
    expect(fit.status).toBe('converged');
    const polished = new Newton(fit.problem).minimize(fit.coordinates.centre(toCoordinates(chinchilla, truth)));
    expect(fit.minimum.value).toBeLessThanOrEqual(polished.value * (1 + 1e-10));
    expect(Math.abs(toParams(chinchilla, fit.theta).alpha - truth.alpha)).toBeLessThan(0.01);
  });
});

describe('rows just below and above the size from which a sample is searched first', () => {
  it.each([2047, 2048, 2049, 2500])('%d rows are all fitted', (rows) => {
    const runs = syntheticRuns(chinchilla, truth, { rows, seed: 6, noise: 0.01 });
    const fit = fitLaw(chinchilla, runs);
    expect(fit.rows.data.rows).toBe(rows);
    expect(fit.status).toBe('converged');
    const polished = new Newton(fit.problem).minimize(fit.coordinates.centre(toCoordinates(chinchilla, truth)));
    expect(Math.abs(fit.minimum.value / polished.value - 1)).toBeLessThan(1e-10);
  });

  it('use the weights of all rows', () => {
    const runs = syntheticRuns(chinchilla, truth, { rows: 3000, seed: 7, noise: 0.01 });
    const weights = Float64Array.from({ length: 3000 }, (_, i) => (i % 2) * 2);
    const [weighted, half] = [
      fitLaw(chinchilla, runs, { weights }),
      fitLaw(chinchilla, runs, { weights: weights.map((w) => w / 2) }),
    ];
    expect(Math.abs(weighted.minimum.value / (2 * half.minimum.value) - 1)).toBeLessThan(1e-10);
    expect(weighted.rows.data.rows).toBe(1500);
  });
});
