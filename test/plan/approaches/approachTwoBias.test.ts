import { describe, expect, it } from 'vitest';
import type { Fit } from '../../../src/fit/result.ts';
import { chinchilla } from '../../../src/laws/chinchilla.ts';
import { allocate } from '../../../src/plan/allocate.ts';
import {
  approachTwoBias,
  type ApproachTwoBias,
  type BudgetGrid,
} from '../../../src/plan/approaches/approachTwoBias.ts';
import { publishedFit } from '../../../src/uncertainty/published.ts';

/** A surface as a fit; the coefficients of Hoffmann et al. are the rounded ones, as in the published table. */
const surface = (params: Record<string, number>): Fit =>
  publishedFit(chinchilla, { id: 'surface', source: 'test', params, note: '', verified: false });
const hoffmann = surface({ E: 1.69, A: 406.4, B: 410.7, alpha: 0.34, beta: 0.28 });
const asymmetric = surface({ E: 1.69, A: 406.4, B: 410.7, alpha: 0.465, beta: 0.155 });
const symmetric = surface({ E: 1.69, A: 400, B: 400, alpha: 0.31, beta: 0.31 });

/** 15 sizes from best / width to best * width at 1e17 to 1e21 FLOP, all moved by `shift`. */
const gridOf = (fit: Fit, width: number, shift = 1): BudgetGrid[] =>
  [1e17, 1e18, 1e19, 1e20, 1e21].map((flops) => {
    const best = allocate(fit, flops).params * shift;
    return { flops, params: Array.from({ length: 15 }, (_, k) => best * width ** (k / 7 - 1)) };
  });

const biasOf = (fit: Fit, grid: BudgetGrid[], method?: 'parabola' | 'akima'): ApproachTwoBias => {
  const bias = approachTwoBias(fit, grid, 1e24, method);
  if ('fault' in bias) throw new Error(bias.fault);
  return bias;
};

describe('the error of D* at 1e24 FLOP from 1e17 to 1e21 FLOP', () => {
  it.each([
    ['Chinchilla', hoffmann, [-0.33, -1.3, -2.9, -5.1]],
    ['asymmetric', asymmetric, [-1.67, -6.5, -13.91, -23.12]],
    ['symmetric', symmetric, [0, 0, 0, 0]],
  ] as const)('is the published one on the %s surface', (_, fit, expected) => {
    const found = [2, 4, 8, 16].map((width) => 100 * biasOf(fit, gridOf(fit, width)).tokens);
    for (const [k, percent] of expected.entries()) expect(found[k]).toBeCloseTo(percent, 2);
  });

  it('leaves exponents alone where grids are centred, and moves the intercept', () => {
    const [narrow, wide] = [2, 16].map((width) => biasOf(hoffmann, gridOf(hoffmann, width)));
    for (const { tokensExponent, trueTokensExponent, offCenter } of [narrow, wide]) {
      expect(tokensExponent).toBeCloseTo(0.548387, 6);
      expect(trueTokensExponent).toBeCloseTo(0.548387, 6);
      expect(offCenter).toBeCloseTo(1, 10);
    }
    // log10 of D* at 1 FLOP: the true one and that of the widest grid.
    const { alpha, beta, A, B } = { alpha: 0.34, beta: 0.28, A: 406.4, B: 410.7 };
    const logG = Math.log10((alpha * A) / (beta * B)) / (alpha + beta);
    const intercept = -logG - (alpha / (alpha + beta)) * Math.log10(6);
    expect(intercept).toBeCloseTo(-0.555357, 6);
    expect(intercept + Math.log10(1 + wide.tokens)).toBeCloseTo(-0.578092, 6);
  });

  it('comes from sizes off the centre on a symmetric surface too', () => {
    const low = biasOf(symmetric, gridOf(symmetric, 8, 1 / 3));
    expect(100 * low.tokens).toBeCloseTo(2.65, 1);
    expect(low.offCenter).toBeCloseTo(1 / 3, 10);
    expect(low.tokensExponent).toBeCloseTo(0.5, 10);
    const high = biasOf(symmetric, gridOf(symmetric, 8, 3));
    expect(high.params).toBeCloseTo(low.tokens, 10);
  });

  it('moves exponents where the centre drifts', () => {
    const drifting = gridOf(symmetric, 8).map((budget, k) => ({
      ...budget,
      params: Array.from(budget.params, (n) => n / 3 ** (k / 4)),
    }));
    expect(biasOf(symmetric, drifting).tokensExponent).toBeGreaterThan(0.501);
  });

  it('is far smaller for an interpolation', () => {
    expect(Math.abs(biasOf(asymmetric, gridOf(asymmetric, 8), 'akima').tokens)).toBeLessThan(0.01);
  });
});

it('says why where it cannot be told', () => {
  expect(approachTwoBias(hoffmann, [], 1e24)).toEqual({ fault: expect.stringContaining('fewer than two') as string });
  const flat = surface({ E: 1.69, A: 0, B: 410.7, alpha: 0.34, beta: 0.28 });
  expect(approachTwoBias(flat, gridOf(hoffmann, 4), 1e24)).toHaveProperty('fault');
});

it('does not depend on the units of size', () => {
  // N in millions: the amplitude takes the unit, and the factor of C = k N D.
  const scaled = surface({ E: 1.69, A: 406.4 / 1e6 ** 0.34, B: 410.7, alpha: 0.34, beta: 0.28 });
  const millions: Fit = {
    ...scaled,
    data: { ...scaled.data, conventions: { ...scaled.data.conventions, flopsPerParamToken: 6e6 } },
  };
  const grid = gridOf(hoffmann, 8, 2);
  const inMillions = grid.map((budget) => ({ ...budget, params: Array.from(budget.params, (n) => n / 1e6) }));
  expect(biasOf(millions, inMillions).tokens).toBeCloseTo(biasOf(hoffmann, grid).tokens, 10);
});
