import { describe, expect, it } from 'vitest';
import { erf, incompleteBeta, normalQuantile, studentQuantile } from '../../src/core/special.ts';

/** ln Gamma of whole and half numbers, by Gamma(x) = (x - 1) Gamma(x - 1). */
const logGamma = (x: number): number => {
  if (x > 1) return Math.log(x - 1) + logGamma(x - 1);
  return x === 1 ? 0 : 0.5 * Math.log(Math.PI);
};

describe('incompleteBeta', () => {
  const arguments_: [number, number, number][] = [
    [0.1, 0.5, 0.5],
    [0.3, 2, 3],
    [0.7, 5, 0.5],
    [0.99, 120, 0.5],
    [0.5, 30, 30],
    [1e-6, 0.5, 4],
  ];

  it.each(arguments_)('I_%d(%d, %d) = 1 - I_(1-x)(b, a)', (x, a, b) => {
    expect(incompleteBeta(x, a, b) + incompleteBeta(1 - x, b, a)).toBeCloseTo(1, 13);
  });

  it('has closed forms', () => {
    for (const x of [0.05, 0.3, 0.5, 0.9]) {
      expect(incompleteBeta(x, 1, 1)).toBeCloseTo(x, 14);
      expect(incompleteBeta(x, 3, 1)).toBeCloseTo(x ** 3, 14);
      expect(incompleteBeta(x, 1, 4)).toBeCloseTo(1 - (1 - x) ** 4, 14);
      expect(incompleteBeta(x, 0.5, 0.5)).toBeCloseTo((2 / Math.PI) * Math.asin(Math.sqrt(x)), 13);
      expect(incompleteBeta(x, 2, 2)).toBeCloseTo(x * x * (3 - 2 * x), 13);
    }
  });

  it.each(arguments_)('I_%d(%d, %d) follows I_x(a, b) = I_x(a + 1, b) + x^a (1 - x)^b / (a B(a, b))', (x, a, b) => {
    const step = Math.exp(a * Math.log(x) + b * Math.log1p(-x) + logGamma(a + b) - logGamma(a + 1) - logGamma(b));
    expect(incompleteBeta(x, a, b)).toBeCloseTo(incompleteBeta(x, a + 1, b) + step, 12);
  });

  it('is 0 and 1 at the ends and beyond', () => {
    expect([incompleteBeta(0, 2, 3), incompleteBeta(-1, 2, 3)]).toEqual([0, 0]);
    expect([incompleteBeta(1, 2, 3), incompleteBeta(2, 2, 3)]).toEqual([1, 1]);
  });
});

describe('normal quantiles', () => {
  it.each([
    [0.75, 0.6744897501960817],
    [0.9, 1.2815515655446004],
    [0.95, 1.6448536269514722],
    [0.975, 1.959963984540054],
    [0.99, 2.3263478740408408],
    [0.995, 2.5758293035489004],
    [0.999, 3.090232306167813],
    [0.999999, 4.753424308822899],
  ])('at %d are those of the tables', (p, z) => {
    expect(normalQuantile(p)).toBeCloseTo(z, 9);
    expect(normalQuantile(1 - p)).toBeCloseTo(-z, 9);
  });

  it('are 0 in the middle and rise', () => {
    expect(normalQuantile(0.5)).toBe(0);
    let last = -Infinity;
    for (let p = 0.001; p < 1; p += 0.001) {
      const z = normalQuantile(p);
      expect(z).toBeGreaterThan(last);
      last = z;
    }
  });
});

describe("quantiles of Student's t", () => {
  // NIST/SEMATECH e-Handbook, table 1.3.6.7.2, and R's qt for the digits beyond.
  it.each([
    [0.975, 1, 12.7062],
    [0.975, 2, 4.30265],
    [0.975, 5, 2.57058],
    [0.975, 10, 2.22814],
    [0.975, 30, 2.04227],
    [0.975, Infinity, 1.95996],
    [0.95, 1, 6.31375],
    [0.95, 3, 2.35336],
    [0.95, 20, 1.72472],
    [0.99, 5, 3.36493],
    [0.995, 2, 9.92484],
    [0.9, 100, 1.29007],
    [0.9995, 4, 8.6103],
  ])('at %d with %d degrees of freedom are those of the tables', (p, df, t) => {
    const digits = String(t).split('.')[1].length;
    expect(studentQuantile(p, df)).toBeCloseTo(t, digits);
    expect(studentQuantile(1 - p, df)).toBeCloseTo(-t, digits);
  });

  it('have closed forms for one and two degrees of freedom', () => {
    for (const p of [0.51, 0.6, 0.9, 0.999, 0.25]) {
      expect(studentQuantile(p, 1) / Math.tan(Math.PI * (p - 0.5))).toBeCloseTo(1, 8);
      const q = 2 * p - 1;
      expect(studentQuantile(p, 2) / ((q * Math.sqrt(2)) / Math.sqrt(1 - q * q))).toBeCloseTo(1, 8);
    }
  });

  it('go over into the normal ones', () => {
    expect(studentQuantile(0.5, 3)).toBe(0);
    expect(studentQuantile(0.975, 9.9e6)).toBeCloseTo(normalQuantile(0.975), 6);
    expect(studentQuantile(0.975, 1.1e7)).toBe(normalQuantile(0.975));
    expect(studentQuantile(0.975, 235)).toBeCloseTo(1.97011, 4);
  });
});

describe('erf', () => {
  it.each([
    [0, 0],
    [0.1, 0.1124629160182849],
    [0.5, 0.5204998778130465],
    [1, 0.8427007929497149],
    [2, 0.9953222650189527],
    [3, 0.9999779095030014],
    [7, 1],
    [-1, -0.8427007929497149],
  ])('of %f is that of Abramowitz and Stegun, table 7.1', (x, expected) => {
    expect(erf(x)).toBeCloseTo(expected, 14);
  });
});
