import { describe, expect, it } from 'vitest';
import { fitLaw } from '../../src/fit/fitLaw.ts';
import { m4 } from '../../src/laws/learningCurveM4.ts';
import { m1, m2, m3 } from '../../src/laws/learningCurves.ts';
import { evaluateLaw, toParams } from '../../src/laws/law.ts';
import { mixtureOfExperts, routedExperts } from '../../src/laws/mixtureOfExperts.ts';
import { chinchilla } from '../../src/laws/chinchilla.ts';
import { lawCases } from '../helpers/lawCases.ts';
import { drawRuns } from '../helpers/lawChecks.ts';

const x = [1e3, 1e5, 1e7, 1e9];

describe('estimators of learning curves', () => {
  it('agree where they are the same law', () => {
    const values = { beta: 20, c: 0.3, gamma: 0, E: 0, E0: 1e6, alpha: 0 };
    const [first, ...others] = [m1, m2, m3, m4].map((law) => evaluateLaw(law, values, { x }));
    for (const other of others) for (const i of x.keys()) expect(other[i] / first[i]).toBeCloseTo(1, 12);
  });

  it('M4 without a plateau is M2, limit and all', () => {
    const values = { beta: 20, c: 0.3, E: 0.2, E0: 10, alpha: 0 };
    const [second, fourth] = [m2, m4].map((law) => evaluateLaw(law, values, { x }));
    for (const i of x.keys()) expect(fourth[i]).toBeCloseTo(second[i], 12);
  });

  it('M3 ends at beta gamma^c, M4 starts at E0 and ends at E', () => {
    expect(evaluateLaw(m3, { beta: 20, c: 0.3, gamma: 1e-6 }, { x: [1e30] })[0]).toBeCloseTo(20 * 1e-6 ** 0.3, 12);
    const [start, end] = evaluateLaw(m4, lawCases.m4.params, { x: [1e-30, 1e60] });
    expect(start).toBeCloseTo(lawCases.m4.params.E0, 10);
    expect(end).toBeCloseTo(lawCases.m4.params.E, 10);
  });

  it('M4 is exact on its plateau and near its end, to rounding of its limits', () => {
    const values = { E: 0.5, E0: 2, beta: 1e47, c: 17, alpha: 0.1 };
    const at = Float64Array.from([20, 160, 928, 5000, 1e5], Math.log);
    const theta = Float64Array.from([Math.log(0.5), Math.log(2), Math.log(1e47), 17, 0.1]);
    const [out, jacobian, hessian] = [5, 25, 25].map((size) => new Float64Array(size));
    m4.evaluate(theta, [at], 5, out, jacobian);
    m4.curvature(theta, [at], 5, jacobian, new Float64Array(5).fill(1), hessian);
    for (const numbers of [out, jacobian, hessian]) expect(numbers.every(Number.isFinite)).toBe(true);
    expect(evaluateLaw(m4, values, { x: [20] })[0]).toBeCloseTo(2, 14);
    // On the plateau only E0 counts, at the end only E.
    expect(jacobian[1]).toBeCloseTo(1, 12);
    expect(jacobian[20]).toBeCloseTo(1, 12);
  });

  it('M4 with a plateau that is known finds the rest', () => {
    const runs = drawRuns(m4, lawCases.m4, { rows: 40, seed: 2, noise: 0.001 });
    const { E0 } = lawCases.m4.params;
    const fit = fitLaw(m4, runs, { objective: 'log-mse', fixed: { E0 } });
    expect(fit.status, fit.reasons.join(' ')).toBe('converged');
    const found = toParams(m4, fit.theta);
    expect(found.E0).toBeCloseTo(E0, 12);
    for (const name of ['E', 'c', 'alpha'])
      expect(Math.abs(found[name] / lawCases.m4.params[name] - 1), name).toBeLessThan(0.05);
  });
});

describe('mixtures of experts', () => {
  it('of one expert are chinchilla and a power law of params', () => {
    const { a, alpha, b, beta, c } = lawCases.moe.params;
    const points = { params: [1e8, 1e10], tokens: [2e9, 3e11], experts: [1, 1] };
    const moe = evaluateLaw(mixtureOfExperts, lawCases.moe.params, points);
    const dense = evaluateLaw(chinchilla, { E: c, A: a, B: b, alpha: -alpha, beta: -beta }, points);
    for (const i of [0, 1]) expect(moe[i]).toBeCloseTo(dense[i], 12);
    const { a: slope, d } = lawCases['moe-routed'].params;
    const routed = evaluateLaw(routedExperts, lawCases['moe-routed'].params, points);
    expect(Math.log(routed[1] / routed[0])).toBeCloseTo(slope * Math.log(100), 12);
    expect(Math.log(routed[0])).toBeCloseTo(d + slope * Math.log(1e8), 12);
  });
});
