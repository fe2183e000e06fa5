import { describe, expect, it } from 'vitest';
import { fitPolynomial } from '../../src/core/polynomial.ts';
import { createRandom } from '../../src/core/random.ts';

const x = Array.from({ length: 60 }, (_, i) => 100 + 7 * (i / 59) ** 1.5);
const cubic = (at: number): number => 2 - 0.3 * (at - 103) + 0.05 * (at - 103) ** 2 - 0.01 * (at - 103) ** 3;

describe('fitPolynomial', () => {
  it('reproduces a polynomial between and beyond its points', () => {
    const curve = fitPolynomial(x, x.map(cubic), 10);
    for (const at of [99, 100, 102.3, 104, 107, 108]) expect(Math.abs(curve(at) - cubic(at))).toBeLessThan(1e-9);
  });

  it('follows a smooth curve closely', () => {
    const curve = fitPolynomial(x, x.map(Math.sin), 12);
    for (const at of [100.5, 102.3, 104, 106.5]) expect(Math.abs(curve(at) - Math.sin(at))).toBeLessThan(1e-5);
  });

  it('smooths noise', () => {
    const random = createRandom(6, 84);
    let [raw, smooth] = [0, 0];
    for (let draw = 0; draw < 50; draw++) {
      const noise = x.map(() => 0.1 * random.normal());
      const curve = fitPolynomial(
        x,
        x.map((at, i) => cubic(at) + noise[i]),
        10,
      );
      for (const [i, at] of x.entries()) {
        raw += noise[i] ** 2;
        smooth += (curve(at) - cubic(at)) ** 2;
      }
    }
    // Four coefficients of sixty points carry 1/15 of the variance; the choice of the degree costs a little more.
    expect(smooth / raw).toBeLessThan(0.12);
  });

  it('takes few or repeated points', () => {
    expect(fitPolynomial([1, 2, 3, 4], [1, 2, 3, 4], 10)(9)).toBeCloseTo(2.5, 12);
    expect(fitPolynomial([1, 1, 2, 2, 3, 3, 4, 4], [2, 2, 4, 4, 6, 6, 8, 8], 10)(2.5)).toBeCloseTo(5, 12);
    expect(fitPolynomial([2, 2, 2, 2, 2], [1, 2, 3, 4, 5], 3)(2)).toBeCloseTo(3, 12);
  });
});
