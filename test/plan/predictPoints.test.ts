import { describe, expect, it } from 'vitest';
import type { Fit } from '../../src/fit/result.ts';
import { allocate } from '../../src/plan/allocate.ts';
import { predictPoints } from '../../src/plan/predictPoints.ts';
import type { QueryPoint } from '../../src/plan/predictPoints.ts';
import { fitRuns } from '../../src/node/fitRuns.ts';
import { isoflopGrid, plannedRuns, sumLoss } from '../helpers/designs.ts';
import { exampleFit } from '../report/savedFitExample.ts';

const fit = exampleFit();
const ranges = { params: [1e8, 1e10], tokens: [1e9, 1e11], flops: [1e18, 1e22] } as const;
const inRange: Fit = { ...fit, data: { ...fit.data, ranges } };

/** A fit of another law without errors. */
const single = (law: string, values: Readonly<Record<string, number>>): Fit => ({
  ...fit,
  law,
  params: Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, { value, stderr: null, interval: null, state: 'free' }]),
  ),
  optimum: null,
  covariance: { ...fit.covariance, matrix: null },
  bootstrap: null,
});

const one = (of: Fit, point: QueryPoint) => predictPoints(of, [point]).points[0];

describe('predictPoints', () => {
  it('gives the loss of the published law by hand', () => {
    const { E, A, B, alpha, beta } = fit.params;
    const expected = E.value + A.value / 70e9 ** alpha.value + B.value / 1.4e12 ** beta.value;
    const point = one(fit, { params: 70e9, tokens: 1.4e12 });
    expect(point.loss).toBeCloseTo(expected, 12);
    expect(point.loss).toBeCloseTo(1.9734, 3);
    expect(point.flops).toBe(6 * 70e9 * 1.4e12);
    const [low, high] = point.interval ?? [NaN, NaN];
    expect(low).toBeLessThan(point.loss);
    expect(high).toBeGreaterThan(point.loss);
  });

  it('takes any two of the three quantities, or all when they agree', () => {
    const full = { params: 70e9, tokens: 1.4e12, flops: 5.88e23 };
    const { loss } = one(fit, { params: full.params, tokens: full.tokens });
    for (const left of ['params', 'tokens', 'flops'] as const) {
      const point = one(fit, { ...full, [left]: undefined });
      expect(point.loss).toBeCloseTo(loss, 10);
      expect(point[left]).toBeCloseTo(full[left], -Math.log10(full[left]) + 10);
    }
    expect(one(fit, full).loss).toBe(loss);
  });

  it("counts compute as the fit's data do", () => {
    const other: Fit = {
      ...fit,
      data: { ...fit.data, conventions: { ...fit.data.conventions, flopsPerParamToken: 2 } },
    };
    expect(one(other, { params: 1e9, tokens: 1e10 }).flops).toBe(2e19);
    expect(one(other, { params: 1e9, flops: 2e19 }).tokens).toBe(1e10);
  });

  it('puts compute alone at the optimum', () => {
    const best = allocate(fit, 5.76e23);
    const point = one(fit, { flops: 5.76e23 });
    expect(point.params).toBeCloseTo(best.params, -2);
    expect(point.tokens).toBeCloseTo(best.tokens, -2);
    expect(point.loss).toBeCloseTo(best.loss, 12);
    // A model of the same compute beside the optimum is worse.
    expect(one(fit, { params: 1.2 * best.params, flops: 5.76e23 }).loss).toBeGreaterThan(point.loss);
  });

  it('answers ten thousand budgets without working out the intervals of each optimum', () => {
    const points = Array.from({ length: 10_000 }, (_, k) => ({ flops: 1e20 * (k + 1) }));
    expect(predictPoints(fit, points).points.length).toBe(10_000);
  });

  it('gives laws of one quantity that quantity', () => {
    const power = (x: number): number => 1.5 + 20 / x ** 0.1;
    const values = { E: 1.5, A: 20, gamma: 0.1 };
    const point = one(single('flops-irreducible', values), { params: 1e9, tokens: 1e10 });
    expect(point.loss).toBeCloseTo(power(6e19), 12);
    expect(one(single('flops-irreducible', values), { flops: 6e19 }).params).toBeNull();
    const ofParams = single('params-irreducible', { E: 1.5, A: 20, alpha: 0.1 });
    expect(one(ofParams, { params: 1e9 })).toMatchObject({ tokens: null, flops: null, interval: null });
    expect(one(ofParams, { params: 1e9 }).loss).toBeCloseTo(power(1e9), 12);
    expect(predictPoints(ofParams, [{ params: 1e9 }]).warnings.map(({ code }) => code)).toContain(
      'INTERVAL_UNAVAILABLE',
    );
  });

  it.each<[string, Fit, QueryPoint, string]>([
    ['nothing', fit, {}, 'POINT_INCOMPLETE'],
    ['a size alone', fit, { params: 1e9 }, 'POINT_INCOMPLETE'],
    ['tokens for a law of params', single('params', { A: 20, alpha: 0.1 }), { tokens: 1e9 }, 'POINT_INCOMPLETE'],
    ['zero', fit, { params: 0, tokens: 1e9 }, 'QUANTITY_NOT_POSITIVE'],
    ['a negative number', fit, { params: -1e9, tokens: 1e9 }, 'QUANTITY_NOT_POSITIVE'],
    ['NaN', fit, { params: NaN, tokens: 1e9 }, 'QUANTITY_NOT_POSITIVE'],
    ['infinity', fit, { flops: Infinity }, 'QUANTITY_NOT_POSITIVE'],
    ['a contradiction', fit, { params: 1e9, tokens: 1e10, flops: 1e20 }, 'POINT_CONTRADICTORY'],
    [
      'compute alone where there is no optimum',
      { ...fit, params: { ...fit.params, alpha: { ...fit.params.alpha, value: -0.1 } } },
      { flops: 1e20 },
      'NO_OPTIMUM',
    ],
  ])('refuses %s', (_, of, point, code) => {
    expect(() => predictPoints(of, [point])).toThrow(expect.objectContaining({ code }) as Error);
  });
});

describe('the distance from the data', () => {
  const warnings = (...points: QueryPoint[]) => predictPoints(inRange, points).warnings;

  it('is 1 inside, a multiple above and a fraction below', () => {
    expect(one(inRange, { params: 1e9, tokens: 1e10 }).extrapolation).toEqual({ params: 1, tokens: 1, flops: 1 });
    const above = one(inRange, { params: 1e11, tokens: 1e12 }).extrapolation;
    expect(above.params).toBeCloseTo(10, 12);
    expect(above.tokens).toBeCloseTo(10, 12);
    expect(above.flops).toBeCloseTo(60, 12);
    const below = one(inRange, { params: 1e7, tokens: 1e10 }).extrapolation;
    expect(below).toEqual({ params: 0.1, tokens: 1, flops: 0.6 });
  });

  it('is unknown where the data have no such quantity', () => {
    const none: Fit = { ...fit, data: { ...fit.data, ranges: {} } };
    expect(one(none, { params: 1e9, tokens: 1e10 }).extrapolation).toEqual({ params: null, tokens: null, flops: null });
    expect(predictPoints(none, [{ params: 1e9, tokens: 1e10 }]).warnings).toEqual([]);
  });

  it('is told in one warning with the numbers, a remark up to ten times', () => {
    expect(warnings({ params: 1e9, tokens: 1e10 })).toEqual([]);
    expect(warnings({ params: 2e10, tokens: 1e11 })).toMatchObject([
      {
        code: 'EXTRAPOLATION',
        level: 'info',
        message:
          'The point lies outside the data: it has 1.2 times the largest compute (1.2e22 against 1e22 FLOP), ' +
          '2 times the largest model (20B against 10B parameters).',
      },
    ]);
    expect(warnings({ params: 1e9, tokens: 1e13 })).toMatchObject([{ code: 'EXTRAPOLATION', level: 'warning' }]);
    expect(warnings({ params: 5e6, tokens: 1e10 })[0].level).toBe('warning');
  });

  it('is told once for many points, of the farthest', () => {
    const [warning, ...others] = warnings(
      { params: 1e9, tokens: 1e10 },
      { params: 2e10, tokens: 1e10 },
      { params: 1e11, tokens: 1e10 },
    );
    expect(others).toEqual([]);
    expect(warning.message).toBe(
      '2 of 3 points lie outside the data; the farthest have 10 times the largest model (100B against 10B parameters).',
    );
  });
});

describe('the backtests that support a prediction', () => {
  it('are none below the runs, because backtests ask about larger ones', async () => {
    const calibrated = await fitRuns(plannedRuns(isoflopGrid(), sumLoss(), { noise: 0.003 }));
    const { ranges } = calibrated.data;
    const low = { params: ranges.params?.[0] ?? 0, tokens: ranges.tokens?.[0] ?? 0 };
    const inside = predictPoints(calibrated, [{ params: low.params, flops: ranges.flops?.[0] ?? 0 }]);
    expect(inside.points[0].calibrated?.backtests).toBeGreaterThan(0);
    expect(inside.warnings).toEqual([]);
    const below = predictPoints(calibrated, [{ params: low.params / 10, tokens: low.tokens / 10 }]);
    expect(below.points[0].calibrated).toMatchObject({ backtests: 0, runs: 0 });
    const warning = below.warnings.find(({ code }) => code === 'NO_BACKTEST_AT_DISTANCE');
    expect(warning?.message).toContain('not about smaller ones');
  });
});
