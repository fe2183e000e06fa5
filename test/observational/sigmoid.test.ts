import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/core/random.ts';
import { fitSigmoid, sigmoidAt, sigmoidObjective } from '../../src/observational/sigmoid.ts';
import { createRuns } from '../../src/runs/index.ts';
import { errorOf } from '../helpers/errors.ts';
import { fitHere } from '../helpers/refits.ts';

const truth = { weights: Float64Array.of(2, -1), offset: -0.5, floor: 0.12 };

function example(rows: number, noise: number, seed: number, from = truth): { s: Float64Array; y: Float64Array } {
  const random = createRandom(seed);
  const s = Float64Array.from({ length: 2 * rows }, () => random.normal());
  const y = Float64Array.from({ length: rows }, (_, i) => sigmoidAt(from, s.subarray(2 * i)) + noise * random.normal());
  return { s, y };
}

describe('a sigmoid of capabilities', () => {
  it('is found again from scores without noise', () => {
    const { s, y } = example(30, 0, 1);
    const fit = fitSigmoid(s, y);
    expect(fit.status).toBe('converged');
    for (const [j, w] of truth.weights.entries()) expect(fit.weights[j]).toBeCloseTo(w, 7);
    expect(fit.offset).toBeCloseTo(truth.offset, 7);
    expect(fit.floor).toBeCloseTo(truth.floor, 8);
  });

  it.each([
    ['squares', Infinity],
    ['Huber', 0.05],
  ])('has the derivatives of its objective (%s)', (_, huber) => {
    const { s, y } = example(25, 0.1, 2);
    const problem = { s, y, k: 2, huber };
    const theta = Float64Array.of(1.3, -0.4, 0.2, 0.07);
    const at = (k: number, by: number): Float64Array => theta.map((x, j) => (j === k ? x + by : x));
    const derivatives = (): { gradient: Float64Array; hessian: Float64Array; scale: Float64Array } => ({
      gradient: new Float64Array(4),
      hessian: new Float64Array(16),
      scale: new Float64Array(4),
    });
    const here = derivatives();
    sigmoidObjective(problem, theta, here);
    const h = 1e-6;
    for (let k = 0; k < 4; k++) {
      const difference = (sigmoidObjective(problem, at(k, h)) - sigmoidObjective(problem, at(k, -h))) / (2 * h);
      expect(here.gradient[k]).toBeCloseTo(difference, 6);
      const [above, below] = [derivatives(), derivatives()];
      sigmoidObjective(problem, at(k, h), above);
      sigmoidObjective(problem, at(k, -h), below);
      for (let j = k; j < 4; j++)
        expect(here.hessian[j * 4 + k]).toBeCloseTo((above.gradient[j] - below.gradient[j]) / (2 * h), 5);
    }
  });

  it('ends at the optimum that the fitter of laws certifies', async () => {
    const random = createRandom(4);
    const x = Array.from({ length: 40 }, () => 2 + random.normal());
    const y = x.map((s) => 0.1 + 0.9 / (1 + Math.exp(-1.8 * (s - 2))) + 0.04 * random.normal());
    const own = fitSigmoid(Float64Array.from(x), Float64Array.from(y), { floor: [0, 0.9] });
    // The same curve with a = 1 - b held, as a law of the loss, which is mirrored.
    const runs = createRuns({ loss: x.map((s) => 10 - s), accuracy: y });
    const { fit } = await fitHere(runs, {
      law: 'downstream-sigmoid',
      objective: 'mse',
      fixed: { a: own.floor - 1, b: 1 },
    });
    // The objective of laws is half the sum of squares.
    expect(fit.objective.value).toBeCloseTo(own.value / 2, 10);
    expect(fit.params.k.value).toBeCloseTo(own.weights[0], 5);
    expect(own.gradientNorm).toBeLessThan(1e-8);
  });

  it('keeps the floor in its range, and holds it where both ends are one', () => {
    const { s, y } = example(40, 0.01, 5, { ...truth, floor: 0.35 });
    expect(fitSigmoid(s, y).floor).toBe(0.2);
    expect(fitSigmoid(s, y, { floor: [0.25, 0.25] }).floor).toBe(0.25);
    expect(fitSigmoid(s, y, { floor: [0, 0.6] }).floor).toBeCloseTo(0.35, 1);
  });

  it('is hardly moved by an outlier under Huber', () => {
    const { s, y } = example(40, 0.005, 6);
    y[3] = y[3] > 0.5 ? 0 : 1;
    const off = (huber?: number): number => Math.abs(fitSigmoid(s, y, { huber }).weights[0] - 2);
    expect(off(0.02)).toBeLessThan(0.1);
    expect(off(0.02)).toBeLessThan(off() / 3);
  });

  it('gives no weight to a capability in which models do not differ but by rounding', () => {
    const { s, y } = example(30, 0.01, 7);
    const flat = s.map((x, at) => (at % 2 === 1 ? 1e-17 * x : x));
    const fit = fitSigmoid(flat, y);
    expect(fit.weights[1]).toBe(0);
    expect(fit.weights[0]).toBeGreaterThan(0.5);
  });

  it('says what the scores do not determine', () => {
    const s = Float64Array.of(-3, -2, -1, 1, 2, 3, 4);
    expect(fitSigmoid(s, Float64Array.of(0, 0, 0, 1, 1, 1, 1)).reasons.join()).toMatch(/step|gradient/);
    expect(fitSigmoid(s, new Float64Array(7).fill(0.6)).reasons.join()).toContain('does not change');
  });

  it('is refused for too few models, and for a floor that is none', () => {
    const { s, y } = example(4, 0, 1);
    expect(errorOf(() => fitSigmoid(s, y))).toMatchObject({ code: 'MODELS_TOO_FEW' });
    expect(errorOf(() => fitSigmoid(s, y, { floor: [0.3, 0.2] }))).toMatchObject({ code: 'OPTION_INVALID' });
  });
});
