import { describe, expect, it } from 'vitest';
import { compareBatches, compareRates, compareSizes } from '../../../src/proxy/dynamics/compareRuns.ts';
import { madeUpRuns, type MadeUp } from './madeUp.ts';

describe('runs that have ended', () => {
  it('are those with a result and an evaluation', () => {
    const runs = madeUpRuns([{ name: 'a' }, { name: 'b', status: 'unfinished' }]);
    expect(runs.map(({ name }) => name)).toEqual(['a']);
    expect(runs[0].last.step).toBe(1000);
  });
});

describe('learning rates', () => {
  const lossAt: Readonly<Record<string, number>> = { '0.001': 2.5, '0.01': 2, '0.1': 2.2 };
  const grid = Object.entries(lossAt).map(([rate, loss]): MadeUp => ({ rate: Number(rate), loss: () => loss }));

  it('have the sensitivity of their losses, and a best one', () => {
    const [course, ...others] = compareRates(madeUpRuns(grid));
    expect(others).toEqual([]);
    expect(course).toEqual({
      family: 'none',
      params: 1000,
      tokens: 32_000,
      batch: 4,
      rates: [0.001, 0.01, 0.1],
      losses: [2.5, 2, 2.2],
      startLoss: 3,
      sensitivity: expect.closeTo((0.5 + 0 + 0.2) / 3, 12) as number,
      bestRate: 0.01,
      isAtEnd: false,
    });
  });

  it('are averaged over seeds; one that diverged counts as untrained', () => {
    const seeds = grid.map((run): MadeUp => ({ ...run, seed: 1, loss: () => lossAt[String(run.rate)] + 0.2 }));
    const [averaged] = compareRates(madeUpRuns([...grid, ...seeds]));
    expect(averaged.losses).toEqual([2.6, 2.1, 2.3].map((loss) => expect.closeTo(loss, 12) as number));
    const wild: MadeUp = { rate: 0.1, seed: 2, status: 'diverged', loss: () => NaN };
    const [course] = compareRates(madeUpRuns([...grid, wild]));
    expect(course.losses).toEqual([2.5, 2, null]);
    // (0.5 + 0 + (3 - 2)) / 3.
    expect(course.sensitivity).toBeCloseTo(0.5, 12);
  });

  it('are compared within a family, a size, a budget and a batch, where there are two', () => {
    const others: MadeUp[] = [
      { family: 'dropout' },
      { params: 2000 },
      { tokens: 64_000 },
      { batch: 8 },
      { params: 3000, rate: 0.2, loss: () => 1.5 },
      { params: 3000, rate: 0.1, loss: () => 1.4 },
    ];
    const found = compareRates(madeUpRuns([...grid, ...others]));
    expect(found.map(({ params, bestRate, isAtEnd }) => [params, bestRate, isAtEnd])).toEqual([
      [1000, 0.01, false],
      [3000, 0.1, true],
    ]);
  });
});

describe('growth with size', () => {
  const sizes = [1e3, 1e4, 1e5, 1e6];
  const x = (params: number): number => Math.log10(params);
  /** The largest logit as a parabola that comes to 1e4, and the gradient as a line that comes to 1e-8. */
  const logit = (params: number): number => 10 ** (0.5 - 0.1 * x(params) + 0.05 * x(params) ** 2);
  const rms = (params: number): number => 10 ** (-2 - 0.5 * x(params));
  const grown = (params: number, more: MadeUp = {}): MadeUp => ({
    params,
    rest: { max_attention_logit: logit(params), gradient_norm: rms(params) * Math.sqrt(params) },
    ...more,
  });

  it('is found back, with the size at which training is expected to break down', () => {
    const [logits, gradients] = compareSizes(madeUpRuns(sizes.map((params) => grown(params))));
    expect(logits).toMatchObject({ quantity: 'max_attention_logit', rate: 0.01, params: sizes, threshold: 1e4 });
    expect(logits.coefficients).toEqual([0.5, -0.1, 0.05].map((value) => expect.closeTo(value, 6) as number));
    // 0.05 x^2 - 0.1 x + 0.5 = 4.
    const root = (0.1 + Math.sqrt(0.01 + 4 * 0.05 * 3.5)) / 0.1;
    expect(Math.abs(Math.log10(logits.unstableFrom ?? NaN) - root)).toBeLessThan(0.01);
    expect(gradients).toMatchObject({ quantity: 'gradient_rms', threshold: 1e-8 });
    expect(gradients.coefficients).toEqual([-2, -0.5, 0].map((value) => expect.closeTo(value, 6) as number));
    // -2 - x / 2 = -8.
    expect(Math.abs(Math.log10(gradients.unstableFrom ?? NaN) - 12)).toBeLessThan(0.01);
  });

  it('needs three sizes of one rate, and leaves out what diverged', () => {
    expect(compareSizes(madeUpRuns(sizes.slice(0, 2).map((params) => grown(params))))).toEqual([]);
    expect(compareSizes(madeUpRuns(sizes.map((params, k) => grown(params, { rate: 0.01 * (k + 1) }))))).toEqual([]);
    const wild: MadeUp = {
      params: 1e6,
      seed: 1,
      status: 'diverged',
      rest: { max_attention_logit: NaN, gradient_norm: 1e9 },
    };
    const [logits] = compareSizes(madeUpRuns([...sizes.map((params) => grown(params)), wild]));
    expect(logits.values.at(-1)).toBeCloseTo(logit(1e6), 9);
  });

  it('that never gets there says so', () => {
    const flat = sizes.map((params): MadeUp => ({
      params,
      rest: { max_attention_logit: 5, gradient_norm: Math.sqrt(params) },
    }));
    for (const { unstableFrom } of compareSizes(madeUpRuns(flat))) expect(unstableFrom).toBeNull();
  });
});

describe('critical batch size', () => {
  const critical = 100;
  /** A loss that only depends on steps S / (1 + B_crit / B): S = Smin (1 + B_crit / B) at each loss. */
  const planted = (batch: number, more: MadeUp = {}): MadeUp => ({
    name: `b${String(batch)}`,
    batch,
    tokens: 400 * (1 + critical / (8 * batch)) * batch * 8,
    evaluations: 25,
    loss: (_share, step) => 2 + 3 * (step / (1 + critical / (8 * batch))) ** -0.4,
    ...more,
  });
  const batches = [2, 4, 8, 16, 32];

  it('is found back at every loss', () => {
    const [course, ...others] = compareBatches(madeUpRuns(batches.map((batch) => planted(batch))));
    expect(others).toEqual([]);
    expect(course).toMatchObject({ family: 'none', params: 1000, batches: batches.map((batch) => 8 * batch) });
    expect(course.rungs.length).toBeGreaterThan(10);
    for (const { loss, criticalBatch, Smin, Emin } of course.rungs) {
      expect(Math.abs(criticalBatch / critical - 1)).toBeLessThan(0.1);
      // 2 + 3 S^-0.4 = L.
      expect(Math.abs(Smin / ((loss - 2) / 3) ** -2.5 - 1)).toBeLessThan(0.1);
      expect(criticalBatch).toBeCloseTo(Emin / Smin, 6);
    }
    const losses = course.rungs.map(({ loss }) => loss);
    expect(losses).toEqual([...losses].sort((a, b) => b - a));
  });

  it('takes each batch size at its best rate, and needs four', () => {
    const worse = batches.map((batch) => planted(batch, { rate: 0.5, loss: () => 4 }));
    const all = madeUpRuns([...worse, ...batches.map((batch) => planted(batch))]);
    const [course] = compareBatches(all);
    for (const { criticalBatch } of course.rungs) expect(Math.abs(criticalBatch / critical - 1)).toBeLessThan(0.1);
    expect(compareBatches(madeUpRuns(batches.slice(0, 3).map((batch) => planted(batch))))).toEqual([]);
    const lost = batches.map((batch, k) => planted(batch, k < 2 ? { status: 'diverged' } : {}));
    expect(compareBatches(madeUpRuns(lost))).toEqual([]);
  });
});
