import { describe, expect, it } from 'vitest';
import {
  choleskyInPlace,
  choleskySolve,
  identity,
  invertSymmetric,
  multiply,
  symmetricEigen,
  transpose,
} from '../../src/core/linalg.ts';
import { createRandom } from '../../src/core/random.ts';

const hilbert = (n: number): Float64Array =>
  Float64Array.from({ length: n * n }, (_, k) => 1 / (Math.floor(k / n) + (k % n) + 1));

/** The inverse of the 5 x 5 Hilbert matrix, whole numbers. */
const hilbertInverse = [
  [25, -300, 1050, -1400, 630],
  [-300, 4800, -18900, 26880, -12600],
  [1050, -18900, 79380, -117600, 56700],
  [-1400, 26880, -117600, 179200, -88200],
  [630, -12600, 56700, -88200, 44100],
].flat();

/** A random symmetric positive definite matrix. */
function positive(n: number, seed: number): Float64Array {
  const random = createRandom(seed);
  const a = Float64Array.from({ length: n * n }, () => random.normal());
  return multiply(a, transpose(a, n, n), n, n, n);
}

describe('Cholesky', () => {
  it('factors a matrix of the textbooks', () => {
    const a = Float64Array.of(4, 0, 0, 12, 37, 0, -16, -43, 98);
    expect(choleskyInPlace(a, 3)).toBe(true);
    expect([a[0], a[3], a[4], a[6], a[7], a[8]]).toEqual([2, 6, 1, -8, 5, 3]);
    const b = Float64Array.of(4, 12, -16); // the first column: the solution is (1, 0, 0)
    choleskySolve(a, 3, b);
    expect([...b]).toEqual([1, 0, 0]);
  });

  it.each([1, 2, 5, 9])('solves systems of %d unknowns', (n) => {
    const matrix = positive(n, n);
    const factor = matrix.slice();
    expect(choleskyInPlace(factor, n)).toBe(true);
    const random = createRandom(99);
    const x = Float64Array.from({ length: n }, () => random.normal());
    const b = multiply(matrix, x, n, n, 1);
    choleskySolve(factor, n, b);
    for (let k = 0; k < n; k++) expect(b[k]).toBeCloseTo(x[k], 7);
  });

  it.each([
    ['indefinite', [1, 2, 2, 1]],
    ['singular', [1, 1, 1, 1]],
    ['zero', [0, 0, 0, 0]],
    ['negative', [-1, 0, 0, 1]],
    ['not a number', [NaN, 0, 0, 1]],
  ])('refuses a matrix that is %s', (_, values) => {
    expect(choleskyInPlace(Float64Array.from(values), 2)).toBe(false);
  });

  it('reads the lower triangle only', () => {
    const a = Float64Array.of(4, NaN, 2, 5);
    expect(choleskyInPlace(a, 2)).toBe(true);
    expect([a[0], a[2], a[3]]).toEqual([2, 1, 2]);
  });
});

describe('symmetric eigenvalues', () => {
  it('of the 5 x 5 Hilbert matrix are the known ones, to the smallest', () => {
    const { values } = symmetricEigen(hilbert(5), 5);
    const known = [
      3.287928772171863e-6, 3.058980401511918e-4, 1.140749162341979e-2, 0.2085342186110133, 1.567050691098231,
    ];
    for (const [k, value] of known.entries()) expect(Math.abs(values[k] / value - 1)).toBeLessThan(1e-10);
    // Its determinant is 1 / 266716800000 and its trace the sum of the odd reciprocals.
    expect(values.reduce((a, b) => a * b, 1) * 266716800000).toBeCloseTo(1, 9);
    expect(values.reduce((a, b) => a + b, 0)).toBeCloseTo(1 + 1 / 3 + 1 / 5 + 1 / 7 + 1 / 9, 14);
  });

  it('of the second difference are 2 - 2 cos(k pi / (n + 1))', () => {
    const n = 8;
    const matrix = Float64Array.from({ length: n * n }, (_, k) => {
      const distance = Math.abs(Math.floor(k / n) - (k % n));
      return distance === 0 ? 2 : distance === 1 ? -1 : 0;
    });
    const { values } = symmetricEigen(matrix, n);
    for (let k = 0; k < n; k++) expect(values[k]).toBeCloseTo(2 - 2 * Math.cos(((k + 1) * Math.PI) / (n + 1)), 13);
  });

  it.each([1, 2, 5, 9])('come with orthonormal vectors for order %d', (n) => {
    const matrix = positive(n, 20 + n);
    const before = matrix.slice();
    const { values, vectors } = symmetricEigen(matrix, n);
    expect(matrix).toEqual(before);
    const product = multiply(transpose(vectors, n, n), vectors, n, n, n);
    const scaled = multiply(matrix, vectors, n, n, n);
    const eye = identity(n);
    for (let i = 0; i < n; i++)
      for (let k = 0; k < n; k++) {
        expect(product[i * n + k]).toBeCloseTo(eye[i * n + k], 12);
        expect(scaled[i * n + k]).toBeCloseTo(values[k] * vectors[i * n + k], 10);
        if (k > 0) expect(values[k]).toBeGreaterThanOrEqual(values[k - 1]);
      }
  });

  it('resolves tiny eigenvalues of graded matrices', () => {
    // D H D with D = diag(1e-8, 1): the small eigenvalue is (ab - c^2) d^2 / b up to 1e-16.
    const { values } = symmetricEigen(Float64Array.of(3e-16, 1e-8, 1e-8, 2), 2);
    expect(values[0] / 2.5e-16).toBeCloseTo(1, 12);
  });

  it('of indefinite and zero matrices are right too', () => {
    const [low, high] = symmetricEigen(Float64Array.of(0, 1, 1, 0), 2).values;
    expect([low, high]).toEqual([expect.closeTo(-1, 14), expect.closeTo(1, 14)]);
    expect([...symmetricEigen(new Float64Array(9), 3).values]).toEqual([0, 0, 0]);
  });
});

describe('the inverse', () => {
  it('of the 5 x 5 Hilbert matrix has whole numbers', () => {
    const inverse = invertSymmetric(hilbert(5), 5);
    for (const [k, value] of hilbertInverse.entries())
      expect(Math.abs((inverse?.[k] ?? NaN) / value - 1)).toBeLessThan(1e-9);
  });

  it('does not depend on units', () => {
    const scale = [1e-12, 1, 1e9, 1e-3, 1e6];
    const scaled = hilbert(5).map((x, k) => x * scale[Math.floor(k / 5)] * scale[k % 5]);
    const inverse = invertSymmetric(scaled, 5);
    for (const [k, value] of hilbertInverse.entries()) {
      const expected = value / scale[Math.floor(k / 5)] / scale[k % 5];
      expect(Math.abs((inverse?.[k] ?? NaN) / expected - 1)).toBeLessThan(1e-9);
    }
  });

  it('does not exist for singular or indefinite matrices', () => {
    expect(invertSymmetric(Float64Array.of(1, 1, 1, 1), 2)).toBeUndefined();
    expect(invertSymmetric(Float64Array.of(1, 2, 2, 1), 2)).toBeUndefined();
    expect(invertSymmetric(Float64Array.of(0, 0, 0, 1), 2)).toBeUndefined();
    expect(invertSymmetric(Float64Array.of(NaN, 0, 0, 1), 2)).toBeUndefined();
  });
});

describe('products', () => {
  it('are those of matrices that are not square', () => {
    const a = Float64Array.of(1, 2, 3, 4, 5, 6); // 2 x 3
    const b = Float64Array.of(7, 8, 9, 10, 11, 12); // 3 x 2
    expect([...multiply(a, b, 2, 3, 2)]).toEqual([58, 64, 139, 154]);
    expect([...transpose(a, 2, 3)]).toEqual([1, 4, 2, 5, 3, 6]);
    expect([...identity(2)]).toEqual([1, 0, 0, 1]);
  });
});
