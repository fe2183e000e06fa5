import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/core/random.ts';
import { findBudgets, groupBudgets } from '../../src/uncertainty/budgets.ts';

it('finds isoFLOP budgets that carry noise, and leaves stray runs to none', () => {
  const random = createRandom(1);
  const centers = [6e18, 1e19, 3e19, 6e19, 1e20];
  const noisy = centers.flatMap((c) => Array.from({ length: 12 }, () => c * 10 ** (0.04 * (random.next() - 0.5))));
  const stray = [1.7e19, 2e18, 5e20, 1.8e20];
  const { kind, budgets } = findBudgets([...noisy, ...stray]);
  expect(kind).toBe('isoflop');
  expect(budgets).toHaveLength(5);
  budgets.forEach((budget, k) => {
    expect(Math.abs(Math.log10(budget.flops / centers[k]))).toBeLessThan(0.02);
    expect([...budget.rows].sort((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, i) => 12 * k + i));
  });
});

it('takes exact budgets, in any order of rows', () => {
  const { budgets } = findBudgets([1e20, 1e18, 1e20, 1e18, 1e20, 1e18, 1e18, 1e20]);
  expect(budgets.map((budget) => [budget.flops, budget.rows.length])).toEqual([
    [expect.closeTo(1e18, -8), 4],
    [expect.closeTo(1e20, -10), 4],
  ]);
  expect(budgets[1].rows.toSorted((a, b) => a - b)).toEqual([0, 2, 4, 7]);
});

it('chooses budgets when compute is spread out, and draws only runs near them', () => {
  const random = createRandom(2);
  const flops = Array.from({ length: 400 }, () => 10 ** (17 + 6 * random.next()));
  const { kind, budgets } = findBudgets(flops);
  expect(kind).toBe('bins');
  expect(budgets).toHaveLength(8);
  for (const { flops: center, rows } of budgets)
    for (const i of rows) expect(Math.abs(Math.log10(flops[i] / center))).toBeLessThan(0.2);
  const all = budgets.flatMap((budget) => budget.rows);
  expect(new Set(all).size).toBe(all.length);
});

it('leaves out what is not positive and finite, and survives one run and none', () => {
  expect(findBudgets([NaN, -1, 0, Infinity]).budgets).toEqual([]);
  expect(findBudgets([NaN, 1e20]).budgets).toEqual([{ flops: expect.closeTo(1e20, -10) as number, rows: [1] }]);
});

describe('groupBudgets', () => {
  const params = [1e7, 2e7, 4e7, 8e7, 2e7, 4e7, 8e7, 1.6e8, 3e7];
  const flops = [1e18, 1.03e18, 0.98e18, 1e18, 1e19, 1.02e19, 1e19, 0.99e19, 3e18];
  const tokens = flops.map((c, i) => c / (6 * params[i]));

  it('gives each row its budget, and a stray one none', () => {
    const { count, budget, codes } = groupBudgets({ params, tokens, flops });
    expect(count).toBe(2);
    expect([...codes]).toEqual([0, 0, 0, 0, 1, 1, 1, 1, -1]);
    expect(budget[0]).toBeCloseTo(1e18, -16);
    expect(groupBudgets({ params, tokens }).codes).toEqual(codes);
  });

  it('follows its rows when they change places', () => {
    const order = [8, 3, 5, 0, 7, 1, 6, 2, 4];
    const pick = (column: readonly number[]): number[] => order.map((i) => column[i]);
    const shuffled = groupBudgets({ params: pick(params), tokens: pick(tokens), flops: pick(flops) });
    const { codes } = groupBudgets({ params, tokens, flops });
    expect([...shuffled.codes]).toEqual(order.map((i) => codes[i]));
  });

  it('finds more budgets than a figure can show, and none where compute is spread out', () => {
    const grid = Array.from({ length: 14 }, (_, k) => 1e17 * 2 ** k).flatMap((c) => [c, c, c]);
    const one = grid.map(() => 1e7);
    expect(groupBudgets({ params: one, tokens: one, flops: grid }).count).toBe(14);
    for (const [seed, rows] of [30, 45, 60, 100, 200, 400].entries()) {
      const random = createRandom(seed);
      const spread = Array.from({ length: rows }, () => 10 ** (17 + 5 * random.next()));
      const { count, codes } = groupBudgets({ params: spread, tokens: spread, flops: spread });
      expect(count).toBe(0);
      expect(new Set(codes)).toEqual(new Set([-1]));
    }
  });

  it('finds budgets a factor of 2 apart that runs miss by some per cent', () => {
    const random = createRandom(9);
    const missed = Array.from({ length: 24 }, (_, i) => 1e18 * 2 ** (i % 6) * Math.exp(0.04 * random.normal()));
    const { count, codes } = groupBudgets({ params: missed, tokens: missed, flops: missed });
    expect(count).toBe(6);
    expect([...codes]).toEqual(missed.map((_, i) => i % 6));
  });
});
