import { describe, expect, it } from 'vitest';
import {
  chiSquareSurvival,
  erf,
  fisherSurvival,
  incompleteBeta,
  normalQuantile,
  normalWithin,
  studentQuantile,
} from '../../src/core/special.ts';

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

describe('normalWithin', () => {
  it.each([
    [1e-3, 0, 0.01, 0.07965567455405796],
    [1e-3, 0.004, 0.002, 0.06059753594308194],
    [2, -1, 1, 0.8399948480369129],
    [0.01, 3, 1, 8.864878672278271e-5],
    [1e-7, 0.5, 1, 7.041306535285981e-8],
    [1e-12, 1, 0.2, 1.486719514734299e-17],
  ])('of %d about %d with deviation %d is the integral of scipy’s density', (reach, mean, sd, expected) => {
    expect(Math.abs(normalWithin(reach, mean, sd) / expected - 1)).toBeLessThan(2e-8);
  });

  it('agrees with an average over 64 quantiles where the zone is wide', () => {
    for (const mean of [0, 0.4, 1.1]) {
      let inside = 0;
      for (let j = 0; j < 64; j++) if (Math.abs(mean + normalQuantile((j + 0.5) / 64)) <= 0.7) inside++;
      expect(Math.abs(normalWithin(0.7, mean, 1) - inside / 64)).toBeLessThan(1 / 64);
    }
  });

  it('is certain without spread', () => {
    expect(normalWithin(1, 0.5, 0)).toBe(1);
    expect(normalWithin(1, -1.5, 0)).toBe(0);
  });
});

describe('chiSquareSurvival', () => {
  // scipy.stats.chi2.sf 1.15
  it.each([
    [3.841458820694124, 1, 0.04999999999999989],
    [84.0, 5, 1.219791654679287e-16],
    [238.4, 5, 1.691723959113791e-49],
    [0.3, 2, 0.8607079764250578],
    [0.001, 3, 0.9999915920809419],
    [50, 40, 0.1335748340856504],
    [700, 3, 2.099130853420449e-151],
    [1400, 1, 2.1010145162644e-306],
    [30.5, 11, 0.001321844413774516],
  ])('of %d with %d degrees of freedom is scipy’s', (x, df, expected) => {
    expect(Math.abs(chiSquareSurvival(x, df) / expected - 1)).toBeLessThan(2e-12);
  });

  it('is exp(-x/2) with two degrees of freedom, and 1 at zero and below', () => {
    for (const x of [0.01, 1, 7, 100, 1000]) expect(chiSquareSurvival(x, 2) / Math.exp(-x / 2)).toBeCloseTo(1, 12);
    expect([chiSquareSurvival(0, 3), chiSquareSurvival(-1, 3)]).toEqual([1, 1]);
  });
});

describe('fisherSurvival', () => {
  // scipy.stats.f.sf 1.15
  it.each([
    [4.0, 1, 10, 0.07338803477074037],
    [2.5, 3, 20, 0.08884375193768917],
    [0.2, 5, 7, 0.9524164502214273],
    [60, 2, 235, 8.884691099150707e-22],
    [16.8, 5, 235, 3.462571403721185e-14],
    [300, 4, 30, 1.005347777098485e-23],
  ])('of %d with %d and %d degrees of freedom is scipy’s', (x, upper, lower, expected) => {
    expect(Math.abs(fisherSurvival(x, upper, lower) / expected - 1)).toBeLessThan(2e-12);
  });

  it('becomes the chi-square where the denominator is known', () => {
    expect(fisherSurvival(16.8, 5, Infinity)).toBe(chiSquareSurvival(84, 5));
    expect(fisherSurvival(0, 2, 9)).toBe(1);
  });
});
