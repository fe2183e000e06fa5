import { describe, expect, it } from 'vitest';
import { fitLaw } from '../../src/fit/fitLaw.ts';
import { chinchilla } from '../../src/laws/chinchilla.ts';
import { evaluateLaw, toParams } from '../../src/laws/law.ts';
import { multiplicative } from '../../src/laws/multiplicative.ts';
import { skaling } from '../../src/laws/skaling.ts';
import { chinchilla240 } from '../helpers/data.ts';

const busbridge = skaling.published[0].params;

describe('skaling', () => {
  it('gives the losses of Busbridge et al.', () => {
    const loss = evaluateLaw(skaling, busbridge, { params: [120e6, 120e6, 315e6], tokens: [1e11, 2e12, 4e12] });
    expect(Array.from(loss, (value) => value.toFixed(4))).toEqual(['2.5959', '2.5199', '2.3105']);
  });

  it('is chinchilla with k = 1', async () => {
    const runs = await chinchilla240();
    const sum = fitLaw(chinchilla, runs);
    const fixed = fitLaw(skaling, runs, { fixed: { k: 1 } });
    expect(fixed.status).toBe('converged');
    expect(fixed.minimum.value / sum.minimum.value).toBeCloseTo(1, 9);
    const [a, b] = [toParams(skaling, fixed.theta), toParams(chinchilla, sum.theta)];
    for (const [name, value] of Object.entries(b)) expect(a[name] / value, name).toBeCloseTo(1, 5);
    // One more parameter never fits worse.
    expect(fitLaw(skaling, runs).minimum.value).toBeLessThanOrEqual(sum.minimum.value * (1 + 1e-12));
  });
});

describe('the product of power laws', () => {
  it('is the plane ln L = ln A - alpha ln N - beta ln D', async () => {
    const runs = await chinchilla240();
    const fit = fitLaw(multiplicative, runs, { objective: 'log-mse' });
    expect(fit.status).toBe('converged');
    // Least squares in the logarithms, by the normal equations of centred columns.
    const [x, y, z] = ['params', 'tokens', 'loss'].map((name) => {
      const logs = (runs.quantities[name] ?? new Float64Array()).map(Math.log);
      const mean = logs.reduce((sum, value) => sum + value, 0) / logs.length;
      return logs.map((value) => value - mean);
    });
    const dot = (u: Float64Array, v: Float64Array): number => u.reduce((sum, value, i) => sum + value * v[i], 0);
    const determinant = dot(x, x) * dot(y, y) - dot(x, y) ** 2;
    const { alpha, beta } = toParams(multiplicative, fit.theta);
    expect(alpha).toBeCloseTo((dot(x, y) * dot(y, z) - dot(y, y) * dot(x, z)) / determinant, 9);
    expect(beta).toBeCloseTo((dot(x, y) * dot(x, z) - dot(x, x) * dot(y, z)) / determinant, 9);
  });

  it('can have one exponent for both', async () => {
    const fit = fitLaw(multiplicative, await chinchilla240(), { tied: { alpha: 'beta' } });
    expect(fit.status).toBe('converged');
    const { alpha, beta } = toParams(multiplicative, fit.theta);
    expect(alpha).toBe(beta);
  });
});
