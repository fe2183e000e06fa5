import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/core/random.ts';
import { convergedAt, linearAlignment } from '../../../src/proxy/dynamics/alignment.ts';
import { proportionalEffectiveRank, singularValues } from '../../../src/proxy/dynamics/effectiveRank.ts';
import { fitGrowth, unstableLogit } from '../../../src/proxy/dynamics/instability.ts';
import { noiseScale, squaredNorm } from '../../../src/proxy/dynamics/noiseScale.ts';
import { detectSaturation } from '../../../src/proxy/dynamics/saturation.ts';
import { bestRate, learningRateSensitivity } from '../../../src/proxy/dynamics/sensitivity.ts';

const random = createRandom(11);
const normals = (count: number): Float32Array => Float32Array.from({ length: count }, () => random.normal());

describe('proportional effective rank', () => {
  it('counts the directions in use', () => {
    expect(proportionalEffectiveRank([2, 2, 2, 2])).toBeCloseTo(1, 12);
    expect(proportionalEffectiveRank([5, 0, 0, 0])).toBeCloseTo(0.25, 12);
    expect(proportionalEffectiveRank([0, 0])).toBe(0);
    // exp(-(3/4 ln 3/4 + 1/4 ln 1/4)) / 2.
    expect(proportionalEffectiveRank([3, 1])).toBeCloseTo(Math.exp(0.5623351446188083) / 2, 12);
  });
  it('takes singular values, whose squares sum to those of the entries', () => {
    const values = normals(6 * 4);
    const found = singularValues(values, 6, 4);
    expect(found).toHaveLength(4);
    const sum = (list: Iterable<number>): number => [...list].reduce((total, x) => total + x * x, 0);
    expect(sum(found)).toBeCloseTo(sum(values), 5);
    expect(singularValues(Float32Array.of(3, 0, 0, 4), 2, 2)).toEqual([expect.closeTo(4, 6), expect.closeTo(3, 6)]);
  });
});

describe('alignment', () => {
  it('is 1 under rotations and scalings, and small for what is unrelated', () => {
    const [rows, width] = [400, 2];
    const values = normals(rows * width);
    const a = { values, rows, width };
    const turned = new Float32Array(rows * width);
    for (let i = 0; i < rows; i++) {
      turned[2 * i] = 3 * (0.6 * values[2 * i] - 0.8 * values[2 * i + 1]) + 7;
      turned[2 * i + 1] = 3 * (0.8 * values[2 * i] + 0.6 * values[2 * i + 1]) - 1;
    }
    expect(linearAlignment(a, { values: turned, rows, width })).toBeCloseTo(1, 6);
    expect(linearAlignment(a, { values: normals(rows * 3), rows, width: 3 })).toBeLessThan(0.05);
    expect(linearAlignment(a, { values: new Float32Array(rows), rows, width: 1 })).toBeNaN();
    expect(() => linearAlignment(a, { values, rows: 200, width: 4 })).toThrow(RangeError);
  });
  it('tells when a layer has become what it stays', () => {
    expect(convergedAt([0.1, 0.95, 0.5, 0.92, 0.97, 1])).toBe(3);
    expect(convergedAt([0.95, 0.92, 1])).toBe(0);
    expect(convergedAt([0.1, 0.5, 1])).toBeNull();
  });
});

describe('learning-rate sensitivity', () => {
  it('gives the examples of the paper', () => {
    const rates = [1e-3, 1e-2, 1e-1];
    expect(learningRateSensitivity({ rates, losses: [4.5, 4, 9], startLoss: 7 })).toBeCloseTo(7 / 6, 12);
    expect(learningRateSensitivity({ rates, losses: [4.2, 4, 4.3], startLoss: 7 })).toBeCloseTo(1 / 6, 12);
    expect(learningRateSensitivity({ rates, losses: [4.5, 4, NaN], startLoss: 7 })).toBeCloseTo(7 / 6, 12);
  });
  it('finds the best rate, if any', () => {
    expect(bestRate({ rates: [1, 2, 3], losses: [NaN, 4, 3], startLoss: 7 })).toBe(3);
    expect(bestRate({ rates: [1], losses: [NaN], startLoss: 7 })).toBeNull();
  });
});

describe('growth of the largest attention logit', () => {
  it('is a parabola in log N, extrapolated', () => {
    const grow = (params: number): number => 10 ** (1 - 0.2 * Math.log10(params) + 0.06 * Math.log10(params) ** 2);
    const sizes = [1e4, 1e5, 1e6, 1e7];
    const fit = fitGrowth(sizes, sizes.map(grow));
    expect(fit?.coefficients).toEqual([1, -0.2, 0.06].map((value) => expect.closeTo(value, 8) as number));
    expect(fit?.at(1e9)).toBeCloseTo(grow(1e9), 2);
    const size = fit?.sizeWhere(unstableLogit) ?? NaN;
    expect(Math.abs(Math.log10(grow(size)) - 4)).toBeLessThan(0.01);
    expect(fitGrowth([1e4, 1e6], [10, 10])?.sizeWhere(unstableLogit)).toBeNull();
    expect(fitGrowth([1e4, 1e4], [10, 11])).toBeNull();
  });
});

describe('saturation', () => {
  it('is a late rise above the noise', () => {
    const tokens = Array.from({ length: 40 }, (_, k) => k + 1);
    const noise = createRandom(5);
    const falling = tokens.map((t) => 3 + 2 * t ** -0.5 + 0.002 * noise.normal());
    expect(detectSaturation(tokens, falling).isSaturated).toBe(false);
    const rising = falling.map((loss, k) => loss + (k > 25 ? 0.02 * (k - 25) : 0));
    expect(detectSaturation(tokens, rising)).toMatchObject({ isSaturated: true });
    expect(detectSaturation(tokens, rising).bestAt).toBeLessThan(0.8);
  });
});

describe('gradient noise', () => {
  it('is found back from norms of two batch sizes', () => {
    const [signal, noise] = [4, 100];
    const squares = (rows: number): number => signal + noise / rows;
    expect(noiseScale({ rows: 2, squares: squares(2) }, { rows: 32, squares: squares(32) })).toEqual({
      signal: expect.closeTo(4, 9) as number,
      noise: expect.closeTo(100, 9) as number,
      rows: expect.closeTo(25, 9) as number,
    });
    expect(
      squaredNorm(
        new Map([
          ['a', Float32Array.of(1, 2)],
          ['b', Float32Array.of(2)],
        ]),
      ),
    ).toBe(9);
  });
});
