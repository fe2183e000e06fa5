import { describe, expect, it } from 'vitest';
import { multiply } from '../../src/core/linalg.ts';
import { createRandom } from '../../src/core/random.ts';
import { createCoordinates, type Restrictions } from '../../src/fit/coordinates.ts';
import { NonNegativeSolver } from '../../src/fit/nonNegative.ts';
import { findObjective, objectives } from '../../src/fit/objectives/index.ts';
import { Problem } from '../../src/fit/problem.ts';
import { addOuterProducts, addTransposed, timesVector } from '../../src/fit/rowAlgebra.ts';
import { chinchilla } from '../../src/laws/chinchilla.ts';
import { errorOf } from '../helpers/errors.ts';

describe('NonNegativeSolver', () => {
  /** The least c'Gc - 2h'c over c >= 0 by projected coordinate descent, which cannot miss it: the problem is convex. */
  function bruteForce(gram: Float64Array, h: Float64Array, n: number): { c: Float64Array; gained: number } {
    const c = new Float64Array(n);
    for (let sweep = 0; sweep < 20_000; sweep++)
      for (let k = 0; k < n; k++) {
        let rest = h[k];
        for (let j = 0; j < n; j++) if (j !== k) rest -= gram[k * n + j] * c[j];
        c[k] = Math.max(0, rest / gram[k * n + k]);
      }
    return { c, gained: h.reduce((sum, value, k) => sum + value * c[k], 0) };
  }

  it.each([1, 2, 3, 4])('finds the best non-negative coefficients of %d columns', (n) => {
    const random = createRandom(n);
    const solver = new NonNegativeSolver(n);
    let zeros = 0;
    for (let trial = 0; trial < 60; trial++) {
      const m = n + 3;
      const a = Float64Array.from({ length: m * n }, () => random.normal() + 0.5);
      const y = Float64Array.from({ length: m }, () => random.normal());
      const gram = new Float64Array(n * n);
      const h = new Float64Array(n);
      for (let i = 0; i < m; i++)
        for (let j = 0; j < n; j++) {
          h[j] += a[i * n + j] * y[i];
          for (let k = 0; k < n; k++) gram[j * n + k] += a[i * n + j] * a[i * n + k];
        }
      const gained = solver.solve(gram, h);
      const expected = bruteForce(gram, h, n);
      expect(Math.abs(gained - expected.gained)).toBeLessThan(1e-8 * (1 + expected.gained));
      for (let k = 0; k < n; k++) {
        expect(solver.solution[k]).toBeGreaterThanOrEqual(0);
        expect(Math.abs(solver.solution[k] - expected.c[k])).toBeLessThan(1e-5);
        if (solver.solution[k] === 0) zeros++;
      }
    }
    expect(zeros).toBeGreaterThan(10);
  });

  it('gives nothing where every column points away', () => {
    const solver = new NonNegativeSolver(2);
    expect(solver.solve(Float64Array.of(1, 0, 0, 1), Float64Array.of(-1, -2))).toBe(0);
    expect([...solver.solution]).toEqual([0, 0]);
  });

  it('copes with columns that coincide', () => {
    const solver = new NonNegativeSolver(2);
    expect(solver.solve(Float64Array.of(1, 1, 1, 1), Float64Array.of(1, 1))).toBeCloseTo(1, 10);
    expect(solver.solution[0] + solver.solution[1]).toBeCloseTo(1, 6);
  });
});

describe.each(objectives.map((o) => [o.id, o] as const))('objective %s', (_, objective) => {
  const delta = objective.delta === null ? Infinity : 0.3;
  const residual = Float64Array.of(-2, -0.31, -0.29, -1e-4, 0, 1e-4, 0.2, 0.29, 0.31, 5);
  const n = residual.length;
  const weights = Float64Array.from({ length: n }, (_unused, i) => 0.5 + i);
  const value = (r: Float64Array, w?: Float64Array) => {
    const [psi, slope] = [new Float64Array(n), new Float64Array(n)];
    return { sum: objective.penalty(r, w, n, delta, psi, slope), psi, slope };
  };
  const plain = (r: number): number => {
    const size = Math.abs(r);
    return size <= delta ? 0.5 * r * r : delta * (size - 0.5 * delta);
  };

  it('sums, with weights and without', () => {
    expect(value(residual).sum).toBeCloseTo(
      residual.reduce((s, r) => s + plain(r), 0),
      12,
    );
    expect(value(residual, weights).sum).toBeCloseTo(
      residual.reduce((s, r, i) => s + weights[i] * plain(r), 0),
      12,
    );
  });

  it('sums only as many rows as it is told', () => {
    const [psi, slope] = [new Float64Array(n), new Float64Array(n)];
    const sum = objective.penalty(residual, undefined, 3, delta, psi, slope);
    expect(sum).toBeCloseTo(
      residual.slice(0, 3).reduce((s, r) => s + plain(r), 0),
      12,
    );
    expect(psi[3]).toBe(0);
  });

  it('has the derivatives it says', () => {
    for (const w of [undefined, weights]) {
      const at = value(residual, w);
      for (let i = 0; i < n; i++) {
        const step = 1e-6;
        const move = (t: number) =>
          value(
            residual.map((r, j) => (j === i ? r + t : r)),
            w,
          );
        expect(at.psi[i]).toBeCloseTo((move(step).sum - move(-step).sum) / (2 * step), 6);
        expect(at.slope[i]).toBeCloseTo((move(step).psi[i] - move(-step).psi[i]) / (2 * step), 6);
      }
    }
  });

  it('has the same value and derivatives along a line', () => {
    const random = createRandom(3);
    const change = Float64Array.from({ length: n }, () => random.normal());
    const along = (t: number, w?: Float64Array): Float64Array => {
      const out = new Float64Array(3);
      objective.along(residual, change, t, w, n, delta, out);
      return out;
    };
    for (const w of [undefined, weights])
      for (const t of [0, 0.137, -0.5, 2]) {
        const [f, rise, bend] = along(t, w);
        expect(f).toBeCloseTo(
          value(
            residual.map((r, i) => r + t * change[i]),
            w,
          ).sum,
          12,
        );
        const step = 1e-6;
        expect(rise).toBeCloseTo((along(t + step, w)[0] - along(t - step, w)[0]) / (2 * step), 5);
        expect(bend).toBeCloseTo((along(t + step, w)[1] - along(t - step, w)[1]) / (2 * step), 4);
      }
  });

  it('does not hide a residual that is not a number', () => {
    expect(value(residual.map((r, i) => (i === 4 ? NaN : r))).sum).toBeNaN();
  });
});

describe('the table of objectives', () => {
  it('has log-huber with delta 1e-3 as the default', () => {
    expect(objectives.map((o) => o.id)).toEqual(['log-huber', 'huber', 'log-mse', 'mse']);
    expect(objectives[0].delta).toBe(1e-3);
    expect(objectives.map((o) => o.residual)).toEqual(['log', 'raw', 'log', 'raw']);
    expect(errorOf(() => findObjective('log-mae')).message).toContain('log-huber, huber, log-mse, mse');
  });
});

describe('row algebra', () => {
  it.each([1, 2, 3, 4, 5, 6])('is a matrix product for %d columns, also where it is written out', (size) => {
    const random = createRandom(size);
    const rows = 9;
    const draw = (length: number) => Float64Array.from({ length }, () => random.normal());
    const [jacobian, c, d] = [draw(rows * size), draw(rows), draw(size)];
    c[3] = 0;
    const outer = draw(size * size);
    const expectedOuter = outer.slice();
    const expectedTransposed = draw(size);
    const transposed = expectedTransposed.slice();
    for (let i = 0; i < rows; i++)
      for (let a = 0; a < size; a++) {
        expectedTransposed[a] += c[i] * jacobian[i * size + a];
        for (let b = 0; b <= a; b++)
          expectedOuter[a * size + b] += c[i] * jacobian[i * size + a] * jacobian[i * size + b];
      }
    addOuterProducts(jacobian, c, rows, size, outer);
    addTransposed(jacobian, c, rows, size, transposed);
    const product = new Float64Array(rows);
    timesVector(jacobian, d, rows, size, product);
    const expectedProduct = multiply(jacobian, d, rows, size, 1);
    for (let k = 0; k < outer.length; k++) expect(outer[k]).toBeCloseTo(expectedOuter[k], 12);
    for (let k = 0; k < size; k++) expect(transposed[k]).toBeCloseTo(expectedTransposed[k], 12);
    for (let i = 0; i < rows; i++) expect(product[i]).toBeCloseTo(expectedProduct[i], 12);
  });
});

const cases: [string, Restrictions][] = [
  ['free', { fixed: {}, tied: {} }],
  ['fixed exponent', { fixed: { alpha: 0.34 }, tied: {} }],
  ['fixed amplitude', { fixed: { A: 406.4 }, tied: {} }],
  ['fixed irreducible', { fixed: { E: 1.69 }, tied: {} }],
  ['fixed term', { fixed: { A: 406.4, alpha: 0.34 }, tied: {} }],
  ['tied exponents', { fixed: {}, tied: { alpha: 'beta' } }],
  ['tied exponents, other way', { fixed: {}, tied: { beta: 'alpha' } }],
  ['tied amplitudes', { fixed: {}, tied: { A: 'B' } }],
  ['everything tied and fixed', { fixed: { E: 1.7 }, tied: { A: 'B', alpha: 'beta' } }],
];

describe.each(cases)('coordinates: %s', (_, restrictions) => {
  const means = Float64Array.of(20.5, 23.25);
  const coordinates = createCoordinates(chinchilla, restrictions, means);
  const { size, names } = coordinates;
  const random = createRandom(17);
  const v = Float64Array.from({ length: size }, () => random.next());
  const rows = 6;
  const centred = [0, 1].map(() => Float64Array.from({ length: rows }, () => random.normal()));
  const raw = centred.map((x, k) => x.map((value) => value + means[k]));
  const loss = Float64Array.from({ length: rows }, () => 2 + random.next());
  const data = { rows, inputs: centred, observed: loss, logObserved: loss.map(Math.log), weights: undefined };
  const problem = new Problem(chinchilla, findObjective('log-mse'), Infinity, coordinates, data);

  it('have one name for each that is neither fixed nor tied', () => {
    expect([...names]).toEqual(
      chinchilla.params.map((p) => p.name).filter((n) => !(n in restrictions.fixed) && !(n in restrictions.tied)),
    );
  });

  it('come back after uncentring and centring', () => {
    const back = coordinates.centre(coordinates.uncentre(v));
    for (let k = 0; k < size; k++) expect(back[k]).toBeCloseTo(v[k], 12);
  });

  it('respect what is fixed and tied', () => {
    const theta = coordinates.uncentre(v);
    const at = (name: string): number => theta[chinchilla.params.findIndex((p) => p.name === name)];
    for (const [name, value] of Object.entries(restrictions.fixed))
      expect(at(name)).toBeCloseTo(name === 'alpha' || name === 'beta' ? value : Math.log(value), 12);
    for (const [name, master] of Object.entries(restrictions.tied)) expect(at(name)).toBeCloseTo(at(master), 10);
  });

  it('predict the same centred as in the units of the data', () => {
    const [a, b] = [new Float64Array(rows), new Float64Array(rows)];
    chinchilla.evaluate(problem.toTheta(v).slice(), centred, rows, a, undefined);
    chinchilla.evaluate(coordinates.uncentre(v), raw, rows, b, undefined);
    for (let i = 0; i < rows; i++) expect(a[i]).toBeCloseTo(b[i], 10);
  });

  it('have the derivative they say', () => {
    for (let k = 0; k < size; k++) {
      const up = coordinates.uncentre(v.map((x, j) => (j === k ? x + 1 : x)));
      const here = coordinates.uncentre(v);
      for (let j = 0; j < 5; j++) expect(up[j] - here[j]).toBeCloseTo(coordinates.derivative[j * size + k], 9);
    }
  });

  it.each(objectives.map((o) => o.id))('give the gradient and the Hessian of the problem: %s', (id) => {
    const objective = findObjective(id);
    const p = new Problem(chinchilla, objective, objective.delta === null ? Infinity : 0.4, coordinates, {
      ...data,
      weights: Float64Array.from({ length: rows }, (_unused, i) => 1 + i),
    });
    const at = p.createLinearization();
    const value = (t: number, k: number) => {
      p.linearize(
        v.map((x, j) => (j === k ? x + t : x)),
        at,
      );
      return { f: at.value, g: at.gradient.slice(), r: at.residual.slice() };
    };
    const step = 1e-6;
    for (let k = 0; k < size; k++) {
      const [up, down] = [value(step, k), value(-step, k)];
      p.linearize(v, at);
      expect(at.gradient[k] / ((up.f - down.f) / (2 * step))).toBeCloseTo(1, 5);
      for (let i = 0; i < rows; i++)
        expect(at.jacobian[i * size + k]).toBeCloseTo((up.r[i] - down.r[i]) / (2 * step), 5);
      const hessian = at.secondOrder.slice();
      addOuterProducts(at.jacobian, at.slope, rows, size, hessian);
      for (let j = k; j < size; j++) {
        const expected = (up.g[j] - down.g[j]) / (2 * step);
        expect(Math.abs(hessian[j * size + k] - expected)).toBeLessThan(1e-5 * (1 + Math.abs(expected)));
      }
    }
  });
});
