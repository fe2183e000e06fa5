import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/core/random.ts';
import { akima } from '../../../src/plan/approaches/akima.ts';
import { fitLine } from '../../../src/plan/approaches/line.ts';
import { fitParabola } from '../../../src/plan/approaches/parabola.ts';
import { measuredNoise, ruleNoise } from '../../../src/plan/approaches/seedNoise.ts';
import type { Slice } from '../../../src/plan/approaches/slices.ts';

describe('fitParabola', () => {
  it('finds the vertex of exact parabolas far from the origin, in any order', () => {
    const x = [24.1, 21.7, 22.3, 23.9, 20.5];
    const found = fitParabola(
      x,
      x.map((at) => 2.1 + 0.07 * (at - 22.8) ** 2),
    );
    expect(found?.vertex).toBeCloseTo(22.8, 10);
    expect(found?.lowest).toBeCloseTo(2.1, 12);
    expect(found?.curvature).toBeCloseTo(0.07, 12);
  });

  it('agrees with numpy.polyfit(x, y, 2)', () => {
    // numpy 2.4.6: np.polyfit([0, 1, 2.5, 3, 5], [3.1, 2.2, 1.9, 2.05, 3.3], 2)
    const found = fitParabola([0, 1, 2.5, 3, 5], [3.1, 2.2, 1.9, 2.05, 3.3]);
    expect(found).not.toBeNull();
    expect(found?.curvature).toBeCloseTo(0.20459554358147683, 10);
    expect(found?.vertex).toBeCloseTo(2.370187377896749, 10);
    expect(found?.lowest).toBeCloseTo(1.9033892985162617, 10);
  });

  it('has no minimum where the curve bends down, is straight, or has two sizes only', () => {
    expect(fitParabola([0, 1, 2], [1, 2, 1])).toBeNull();
    expect(fitParabola([0, 1], [1, 2])).toBeNull();
    expect(fitParabola([0, 1, 1, 0], [1, 2, 2.1, 0.9])).toBeNull();
    expect(fitParabola([3, 3, 3], [1, 2, 1])).toBeNull();
  });
});

describe('akima', () => {
  // scipy 1.17.1: Akima1DInterpolator(x, y)
  const x = [0, 1, 2.5, 3, 5, 6.5];
  const y = [3.1, 2.2, 1.9, 2.05, 3.3, 3.2];

  it('agrees with scipy between the points', () => {
    const { at } = akima(x, y);
    for (const [place, value] of [
      [0.3, 2.752825],
      [1.7, 1.9424354110207769],
      [2.9, 2.008736141906873],
      [4.1, 2.755677510245901],
      [6.2, 3.3089868852459015],
    ])
      expect(at(place)).toBeCloseTo(value, 10);
    for (const [k, place] of x.entries()) expect(at(place)).toBeCloseTo(y[k], 12);
  });

  it('finds the lowest place of a fine grid, and does not look for it beyond the points', () => {
    const { minimum, at } = akima(x, y);
    let best = 0;
    for (let place = 0; place <= 6.5; place += 1e-4) if (at(place) < at(best)) best = place;
    expect(minimum.isInside).toBe(true);
    expect(minimum.x).toBeCloseTo(best, 3);
    expect(minimum.y).toBeLessThanOrEqual(at(best));
    expect(akima([0, 1, 2, 3], [4, 3, 2, 1]).minimum).toEqual({ x: 3, y: 1, isInside: false });
    expect(akima([0, 1], [1, 2]).minimum).toEqual({ x: 0, y: 1, isInside: false });
  });
});

it('fits lines with and without weights', () => {
  const line = fitLine([1, 2, 4], [3.1, 4.9, 9.2]);
  expect(line?.slope).toBeCloseTo(2.05, 10);
  expect(line?.intercept).toBeCloseTo(0.95, 10);
  // A row of weight 3 counts as three rows.
  const thrice = fitLine([1, 2, 4, 4, 4], [3.1, 4.9, 9.2, 9.2, 9.2]);
  expect(fitLine([1, 2, 4], [3.1, 4.9, 9.2], [1, 1, 3])?.slope).toBeCloseTo(thrice?.slope ?? NaN, 12);
  expect(fitLine([2, 2], [1, 3])).toBeNull();
});

describe('seed noise', () => {
  it('follows the rule between its ends, on a logarithmic scale', () => {
    expect(ruleNoise(2)).toBe(0.005);
    expect(ruleNoise(3)).toBe(0.005);
    expect(ruleNoise(6)).toBeCloseTo(0.1, 12);
    expect(ruleNoise(9)).toBeCloseTo(0.1, 12);
    expect(ruleNoise(Math.sqrt(18))).toBeCloseTo(Math.sqrt(0.005 * 0.1), 12);
  });

  it('is measured as what was put on smooth curves', () => {
    const random = createRandom(5);
    const slices = Array.from({ length: 40 }, (_, k): Slice => {
      const logParams = Float64Array.from({ length: 9 }, (_, i) => 18 + k / 20 + 0.5 * i + 0.1 * random.next());
      return {
        flops: 1e18,
        logParams,
        logTokens: logParams,
        logLoss: logParams.map((n) => 0.02 * (n - 20 - k / 20) ** 2 + 0.004 * random.normal()),
        repeats: logParams.map(() => 1),
        runs: 9,
      };
    });
    expect(measuredNoise(slices)).toBeGreaterThan(0.0034);
    expect(measuredNoise(slices)).toBeLessThan(0.0046);
    expect(measuredNoise(slices.slice(0, 1))).toBeNull();
  });
});
