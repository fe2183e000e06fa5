import { describe, expect, it } from 'vitest';
import { fitLaw } from '../../../src/fit/fitLaw.ts';
import { chinchilla } from '../../../src/laws/chinchilla.ts';
import { findLaw } from '../../../src/laws/index.ts';
import { toParams } from '../../../src/laws/law.ts';
import { createJointLaw } from '../../../src/plan/compare/jointLaw.ts';
import { fitTied, irreducibleOf } from '../../../src/plan/compare/tiedFit.ts';
import { faster, fitBoth, simulateRuns, truth } from '../../helpers/families.ts';

const noisy = simulateRuns([truth, { ...faster(1.4), E: 1.72 }], { sd: 0.004, seed: 3 });

describe('a law of two families', () => {
  const { law, places } = createJointLaw(chinchilla, ['E', 'alpha']);
  const theta = Float64Array.of(0.5, 0.3, 1, 1.2, 0.25, 1.1, 0.9, 0.35); // E, alpha, then A, B, beta of each
  const inputs = [
    Float64Array.of(0.1, -0.4, 0.7, 0.2, -0.1),
    Float64Array.of(0.3, 0.6, -0.2, 0.5, 0.8),
    Float64Array.of(0, 0, 1, 1, 1),
  ];
  const value = (at: Float64Array): Float64Array => {
    const out = new Float64Array(5);
    law.evaluate(at, inputs, 5, out, undefined);
    return out;
  };

  it('is the law of each family on its rows', () => {
    expect(law.params.map(({ name }) => name)).toEqual([
      'E',
      'alpha',
      'AAOfFamily',
      'BAOfFamily',
      'betaAOfFamily',
      'ABOfFamily',
      'BBOfFamily',
      'betaBOfFamily',
    ]);
    const out = value(theta);
    for (const [which, rows] of [
      [0, [0, 1]],
      [1, [2, 3, 4]],
    ] as const) {
      const own = Float64Array.from(places[which], (place) => theta[place]);
      for (const row of rows) {
        const single = new Float64Array(1);
        chinchilla.evaluate(
          own,
          [inputs[0].subarray(row, row + 1), inputs[1].subarray(row, row + 1)],
          1,
          single,
          undefined,
        );
        expect(out[row]).toBe(single[0]);
      }
    }
  });

  it('has the derivatives of its value', () => {
    const size = law.params.length;
    const jacobian = new Float64Array(5 * size);
    law.evaluate(theta, inputs, 5, new Float64Array(5), jacobian);
    const coefficient = Float64Array.of(0.3, -0.7, 1.1, 0.2, -0.4);
    const hessian = new Float64Array(size * size);
    law.curvature(theta, inputs, 5, jacobian, coefficient, hessian);
    const moved = (steps: readonly (readonly [number, number])[]): Float64Array => {
      const at = theta.slice();
      for (const [k, step] of steps) at[k] += step;
      return value(at);
    };
    const h = 1e-4;
    for (let a = 0; a < size; a++) {
      const up = moved([[a, h]]);
      const down = moved([[a, -h]]);
      for (let i = 0; i < 5; i++) expect(jacobian[i * size + a]).toBeCloseTo((up[i] - down[i]) / (2 * h), 7);
      for (let b = 0; b <= a; b++) {
        const corner = (s: number, t: number): Float64Array =>
          moved([
            [a, s * h],
            [b, t * h],
          ]);
        const [pp, pm, mp, mm] = [corner(1, 1), corner(1, -1), corner(-1, 1), corner(-1, -1)];
        let expected = 0;
        for (let i = 0; i < 5; i++) expected += (coefficient[i] * (pp[i] - pm[i] - mp[i] + mm[i])) / (4 * h * h);
        expect(hessian[a * size + b]).toBeCloseTo(expected, 5);
      }
    }
  });
});

describe('a fit with a shared irreducible loss', () => {
  it.each(['log-mse', 'log-huber'])('is the least sum of the fits with E held, %s', (objective) => {
    const fits = fitBoth(noisy, objective);
    const tied = fitTied(fits, ['E']);
    expect(tied.minimum.certified).toBe(true);
    const profile = (logE: number): number =>
      noisy
        .map((runs) => fitLaw(chinchilla, runs, { objective, fixed: { E: Math.exp(logE) } }).minimum.value)
        .reduce((sum, x) => sum + x, 0);
    const at = tied.thetas[0][0];
    expect(tied.thetas[1][0]).toBe(at);
    // At the shared value, the joint optimum is the two optima of the fits that hold it ...
    expect(Math.abs(tied.minimum.value / profile(at) - 1)).toBeLessThan(1e-10);
    // ... and no other value has a lower sum, near by or far away.
    for (const step of [1e-4, 1e-3, 0.01, 0.05, 0.2, 1])
      for (const sign of [-1, 1])
        expect(profile(at + sign * step) * (1 + 1e-10)).toBeGreaterThanOrEqual(tied.minimum.value);
    // Sharing never fits better than not sharing.
    const free = fits[0].minimum.value + fits[1].minimum.value;
    expect(tied.minimum.value).toBeGreaterThanOrEqual(free * (1 - 1e-12));
  });

  it('finds the value that both families have', () => {
    const fits = fitBoth(simulateRuns([truth, { ...truth, A: 300, beta: 0.3 }]));
    const tied = fitTied(fits, ['E']);
    const [a, b] = tied.thetas.map((theta) => toParams(chinchilla, theta));
    expect(a.E).toBeCloseTo(1.69, 8);
    expect(a.A).toBeCloseTo(406.4, 3);
    expect(b.A).toBeCloseTo(300, 3);
    expect(b.beta).toBeCloseTo(0.3, 8);
  });

  it('shares exponents as well, and keeps what users tie and fix', () => {
    const runs = simulateRuns([truth, faster(1.4)], { sd: 0.003, seed: 5 });
    const [first, second] = runs.map((family) =>
      fitLaw(chinchilla, family, { objective: 'log-mse', tied: { beta: 'alpha' }, fixed: { E: 1.6 } }),
    );
    const tied = fitTied([first, second], ['alpha']);
    const [a, b] = tied.thetas.map((theta) => toParams(chinchilla, theta));
    expect(tied.minimum.certified).toBe(true);
    for (const params of [a, b]) {
      expect(params.E).toBeCloseTo(1.6, 12);
      expect(params.alpha).toBe(params.beta);
      expect(params.alpha).toBe(a.alpha);
    }
    expect(a.A).not.toBe(b.A);
  });

  it('is zero where both families say so', () => {
    const fits = fitBoth(simulateRuns([truth, faster(1.4)].map((law) => ({ ...law, E: 1e-9 })) as never));
    const tied = fitTied(fits, ['E']);
    expect(tied.minimum.certified).toBe(true);
    expect(Math.exp(tied.thetas[0][0])).toBeLessThan(1e-3);
    expect(tied.thetas[1][0]).toBe(tied.thetas[0][0]);
  });
});

it('knows which parameter is the irreducible loss', () => {
  expect(irreducibleOf({ law: chinchilla })).toBe('E');
  expect(irreducibleOf({ law: findLaw('flops-irreducible') })).toBe('E');
  expect(irreducibleOf({ law: findLaw('flops') })).toBeUndefined();
});
