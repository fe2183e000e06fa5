import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/core/random.ts';
import { fitLaw } from '../../src/fit/fitLaw.ts';
import { evaluateLaw, toParams } from '../../src/laws/law.ts';
import { criticalBatch } from '../../src/laws/criticalBatch.ts';
import { kaplanSteps } from '../../src/laws/kaplanSteps.ts';
import { stepsAtLoss } from '../../src/laws/stepsAtLoss.ts';
import { trajectory } from '../../src/laws/trajectory.ts';
import { estimateTrajectory, type TrajectoryPoints } from '../../src/laws/trajectoryEstimate.ts';
import { createRuns } from '../../src/runs/index.ts';
import { logUniform } from '../helpers/laws.ts';

const paper = { alphaN: 0.076, Nc: 1.5e14, alphaS: 0.67, Sc: 2.6e3, alphaB: 0.205, Bstar: 1.7e8 };
const truth = {
  A: paper.Nc ** paper.alphaN,
  G: paper.Sc ** paper.alphaS,
  Bstar: paper.Bstar,
  alphaN: paper.alphaN,
  alphaS: paper.alphaS,
  alphaB: paper.alphaB,
};
const batches = [2 ** 16, 2 ** 17, 2 ** 18, 2 ** 19, 2 ** 20, 2 ** 21];
/** Model sizes at one batch size, and one of them at several. */
const design = [
  ...[1e6, 3e6, 3e7, 6e7].map((size): [number, number] => [size, 2 ** 19]),
  ...batches.map((batch): [number, number] => [1e7, batch]),
];

/** Checkpoints of small runs that follow the law. */
function simulate(runs: readonly (readonly [number, number])[], noise = 0, seed = 3): TrajectoryPoints {
  const random = createRandom(seed, 81);
  const steps = Array.from({ length: 40 }, (_, k) => Math.round(2e3 * 75 ** (k / 39)));
  const points = runs.flatMap(([size, batch]) => steps.map((s) => [size, s, batch]));
  const [params, step, batchSize] = [0, 1, 2].map((k) => points.map((point) => point[k]));
  const exact = evaluateLaw(trajectory, truth, { params, steps: step, batchSize });
  return {
    params,
    steps: step,
    batchSize,
    loss: Array.from(exact, (loss) => loss * Math.exp(noise * random.normal())),
  };
}

const runsOf = ({ params, steps, batchSize, loss }: TrajectoryPoints) => createRuns({ params, steps, batchSize, loss });

describe('the law', () => {
  it('has the values of a calculation by hand', () => {
    const inputs = { params: [1e8, 33e9], steps: [1e4, 2.5e5], batchSize: [524_288, 4.2e6] };
    const [small, large] = evaluateLaw(trajectory, truth, inputs);
    expect(small).toBeCloseTo(3.525, 3);
    expect(large).toBeCloseTo(1.982, 3);
  });

  it('solves its equation to 1e-12 wherever it has numbers', () => {
    const random = createRandom(1, 82);
    for (let draw = 0; draw < 3000; draw++) {
      const alphaB = logUniform(random, 0.02, 5);
      const p = {
        alphaN: logUniform(random, 0.01, 2),
        alphaS: logUniform(random, 0.05, 3),
        alphaB,
        A: logUniform(random, 1e-3, 1e4),
        G: logUniform(random, 1e-3, 1e8),
        Bstar: logUniform(random, 1, 1e12) * 3 ** (1 / alphaB),
      };
      const [size, steps, batch] = [
        logUniform(random, 1e3, 1e12),
        logUniform(random, 1, 1e7),
        logUniform(random, 1, 1e9),
      ];
      const [loss] = evaluateLaw(trajectory, p, { params: [size], steps: [steps], batchSize: [batch] });
      const right = (l: number): number =>
        p.A / size ** p.alphaN + (p.G / steps ** p.alphaS) * (1 + p.Bstar / (batch * l ** (1 / alphaB))) ** p.alphaS;
      // The right side falls with the loss, so the root lies between two losses at which the difference changes its sign.
      const e = 2e-12;
      expect(right(loss * (1 - e)) > loss * (1 - e), JSON.stringify({ p, size, steps, batch, loss })).toBe(true);
      expect(right(loss * (1 + e)) < loss * (1 + e), JSON.stringify({ p, size, steps, batch, loss })).toBe(true);
    }
  });

  it('agrees with kaplan-steps at the steps of very large batches, and with the trade-off at one loss', () => {
    const { A, G, Bstar, alphaN, alphaS, alphaB } = truth;
    for (const batch of batches) {
      const [loss] = evaluateLaw(trajectory, truth, { params: [1e7], steps: [2e4], batchSize: [batch] });
      const [Bcrit] = evaluateLaw(criticalBatch, { Bstar, alphaB }, { loss: [loss] });
      const minSteps = 2e4 / (1 + Bcrit / batch);
      const same = evaluateLaw(kaplanSteps, { A, G, alphaN, alphaS }, { params: [1e7], minSteps: [minSteps] })[0];
      expect(same / loss).toBeCloseTo(1, 11);
      const [steps] = evaluateLaw(stepsAtLoss, { Smin: minSteps, Bcrit }, { batchSize: [batch] });
      expect(steps / 2e4).toBeCloseTo(1, 11);
      const tokens = batch * steps;
      expect((steps / minSteps - 1) * (tokens / (Bcrit * minSteps) - 1)).toBeCloseTo(1, 9);
    }
  });
});

describe('the estimate step by step', () => {
  const points = simulate(design);
  const estimate = estimateTrajectory(points);

  it('finds the constants of exact runs to 1e-5', () => {
    const { size, batch, time } = estimate;
    expect(estimate.missing).toEqual([]);
    const found = { ...size, ...batch, ...time };
    for (const [name, value] of Object.entries(paper)) {
      const key = name as keyof typeof paper;
      expect(Math.abs((found[key] ?? NaN) / value - 1), `${name}: ${String(found[key])}`).toBeLessThan(1e-5);
    }
  });

  it('shows every step', () => {
    const { size, batch, time, sweeps } = estimate;
    expect(sweeps).toBeLessThan(100);
    expect(size?.table.map((row) => row.params)).toEqual([1e6, 3e6, 1e7, 3e7, 6e7]);
    for (const row of size?.table ?? []) {
      expect(row.left).toBeGreaterThan(0);
      expect((row.loss - row.left) / (paper.Nc / row.params) ** paper.alphaN).toBeCloseTo(1, 6);
    }
    expect(batch?.params).toBe(1e7);
    expect(batch?.table.length).toBeGreaterThanOrEqual(10);
    for (const row of batch?.table ?? []) {
      expect(row.runs.length).toBeGreaterThanOrEqual(4);
      expect(row.criticalBatch / (paper.Bstar / row.loss ** (1 / paper.alphaB))).toBeCloseTo(1, 5);
      for (const { steps, tokens, batchSize } of row.runs) {
        expect(tokens).toBe(steps * batchSize);
        expect((steps / row.Smin - 1) * (tokens / row.Emin - 1)).toBeCloseTo(1, 4);
      }
    }
    expect(time?.table).toHaveLength(400);
    expect(time?.table.every((row) => row.used === row.excess > 0.05 * row.loss)).toBe(true);
  });

  it('is near the truth with 0.3% of noise', () => {
    const draws = Array.from({ length: 20 }, (_, seed) => estimateTrajectory(simulate(design, 0.003, seed)).params);
    const error = (name: keyof typeof truth): number =>
      Math.sqrt(
        draws.reduce((sum, params) => sum + ((params?.[name] ?? NaN) / truth[name] - 1) ** 2, 0) / draws.length,
      );
    expect(error('alphaN')).toBeLessThan(0.01);
    expect(error('alphaS')).toBeLessThan(0.03);
    expect(error('alphaB')).toBeLessThan(0.08);
  });

  it('averages dense curves, so that their ends do not outweigh the rest', () => {
    const random = createRandom(8, 85);
    const dense = design.flatMap(([size, batch]) =>
      Array.from({ length: 3000 }, (_, k) => ({ size, batch, step: 2000 + 50 * k })),
    );
    const inputs = {
      params: dense.map((point) => point.size),
      steps: dense.map((point) => point.step),
      batchSize: dense.map((point) => point.batch),
    };
    const loss = evaluateLaw(trajectory, truth, inputs).map((exact) => exact * Math.exp(0.01 * random.normal()));
    const { params, time } = estimateTrajectory({ ...inputs, loss });
    expect(time?.table.length).toBeLessThanOrEqual(200 * design.length);
    expect(Math.abs((params?.alphaN ?? NaN) / truth.alphaN - 1)).toBeLessThan(0.01);
    expect(Math.abs((params?.alphaS ?? NaN) / truth.alphaS - 1)).toBeLessThan(0.03);
    expect(Math.abs((params?.alphaB ?? NaN) / truth.alphaB - 1)).toBeLessThan(0.1);
  });

  it('leaves out the warm-up', () => {
    const steps = Array.from(points.steps);
    const spoilt = { ...points, loss: Array.from(points.loss, (loss, i) => (steps[i] < 4000 ? 2 * loss : loss)) };
    const found = estimateTrajectory(spoilt, { warmup: 4000 }).params;
    expect(Math.abs((found?.alphaS ?? NaN) / paper.alphaS - 1)).toBeLessThan(5e-3);
    const all = estimateTrajectory(spoilt).params;
    expect(Math.abs((all?.alphaS ?? NaN) / paper.alphaS - 1)).toBeGreaterThan(5e-3);
  });

  it('says in words what the data lack', () => {
    const few = estimateTrajectory(simulate(design.slice(0, 6)));
    expect(few.missing).toEqual(['Step (ii) needs one model size at 4 or more batch sizes; the most are 2.']);
    expect([few.size !== null, few.batch, few.time, few.params]).toEqual([true, null, null, null]);
    const one = estimateTrajectory(simulate(design.slice(4)));
    expect(one.missing).toEqual(['Step (i) needs 3 model sizes; there is 1.']);
    expect([one.size, one.batch !== null, one.time, one.params]).toEqual([null, true, null, null]);
    expect(estimateTrajectory({ params: [], steps: [], batchSize: [], loss: [] }).missing).toHaveLength(2);
    const converged = estimateTrajectory(points, { nearlyConverged: 0.9 });
    expect(converged.missing[0]).toMatch(/^Step \(iii\) needs 4 points with 90% or more .*; there are 0\.$/);
    const apart = {
      ...points,
      loss: Array.from(points.loss, (loss, i) => loss * batches.indexOf(points.batchSize[i])),
    };
    expect(estimateTrajectory(apart).missing[0]).toMatch(/^Step \(ii\): .* 0 of the losses/);
    const rising = { ...points, loss: Array.from(points.loss, (loss, i) => loss * points.params[i]) };
    expect(estimateTrajectory(rising).missing[0]).toMatch(/does not fall as models grow/);
  });
});

describe('the joint fit', () => {
  it('finds the constants of exact runs to 1e-6', () => {
    const fit = fitLaw(trajectory, runsOf(simulate(design)), { objective: 'log-mse' });
    expect(fit.status, fit.reasons.join(' ')).toBe('converged');
    for (const [name, value] of Object.entries(toParams(trajectory, fit.theta)))
      expect(Math.abs(value / truth[name as keyof typeof truth] - 1), name).toBeLessThan(1e-6);
  });

  it('predicts a model 500 times as large from runs with 0.3% of noise', () => {
    const fit = fitLaw(trajectory, runsOf(simulate(design, 0.003)));
    const at = { params: [33e9], steps: [2.5e5], batchSize: [4.2e6] };
    const [predicted] = evaluateLaw(trajectory, toParams(trajectory, fit.theta), at);
    expect(Math.abs(predicted / evaluateLaw(trajectory, truth, at)[0] - 1)).toBeLessThan(0.02);
  });

  it('finds the constants where parameters are held', () => {
    const fit = fitLaw(trajectory, runsOf(simulate(design)), { objective: 'log-mse', fixed: { alphaB: paper.alphaB } });
    for (const [name, value] of Object.entries(toParams(trajectory, fit.theta)))
      expect(Math.abs(value / truth[name as keyof typeof truth] - 1), name).toBeLessThan(1e-6);
  });
});
