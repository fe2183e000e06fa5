import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/core/random.ts';
import { chinchilla } from '../../src/laws/chinchilla.ts';
import { findLaw } from '../../src/laws/index.ts';
import { evaluateLaw, toParams } from '../../src/laws/law.ts';
import {
  Discrepancy,
  learnScales,
  type DiscrepancyRows,
  type Form,
  type FormPrediction,
} from '../../src/uncertainty/discrepancy.ts';

const power = findLaw('params');

/** ln L = a - alpha ln N on five rows, of which two are alike, and its errors. */
const sizes = [1e7, 1e8, 1e8, 7e8, 5e9];
const [a, alpha] = [3, 0.08];
const errors = [0.01, -0.004, 0.006, -0.012, 0.009];
const mean = sizes.reduce((sum, n) => sum + Math.log(n), 0) / sizes.length;
const scales = { misfit: 0.01, lengths: [2], noise: 0.005, run: 0 };
const lineForm: Form = {
  law: power,
  theta: Float64Array.of(a, alpha),
  means: Float64Array.of(mean),
  held: [],
  tied: {},
  scale: 'log',
  scales,
};
const lossAt = (n: number): number => Math.exp(a - alpha * Math.log(n));
const lineRows = (noise: readonly number[] = errors, runs: Int32Array | null = null): DiscrepancyRows => ({
  rows: sizes.length,
  columns: { params: Float64Array.from(sizes) },
  observed: Float64Array.from(sizes, (n, i) => lossAt(n) * Math.exp(noise[i])),
  runs,
});
const asked = [2e7, 1e8, 2e9, 1e12];

const predict = (form: Form, rows: DiscrepancyRows, columns: Record<string, number[]>): FormPrediction => {
  const points = Object.values(columns)[0].length;
  const typed = Object.fromEntries(Object.entries(columns).map(([name, x]) => [name, Float64Array.from(x)]));
  return new Discrepancy(form, rows).predict(typed, points);
};

/** Solves a small dense system by elimination with pivots. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((row, i) => [...row, right[i]]);
  const n = rows.length;
  for (let k = 0; k < n; k++) {
    const pivot = rows.reduce((best, row, i) => (i >= k && Math.abs(row[k]) > Math.abs(rows[best][k]) ? i : best), k);
    [rows[k], rows[pivot]] = [rows[pivot], rows[k]];
    for (let i = 0; i < n; i++) {
      if (i === k) continue;
      const factor = rows[i][k] / rows[k][k];
      for (let j = k; j <= n; j++) rows[i][j] -= factor * rows[k][j];
    }
  }
  return rows.map((row, i) => row[n] / row[i]);
}

const dot = (x: readonly number[], y: readonly number[]): number => x.reduce((sum, value, i) => sum + value * y[i], 0);

interface Kriging {
  /** Prior covariance of the coefficients' errors at two sizes. */
  moves: (x: number, y: number) => number;
  misfit?: number;
  runs?: readonly number[];
  run?: number;
}

/** Textbook kriging of the residuals, written for itself. */
function krige({ moves, misfit = 0.01, runs = [], run = 0 }: Kriging): { center: number; mean: number }[] {
  const smooth = (x: number, y: number): number => {
    const d = Math.abs(x - y) / 2;
    return misfit ** 2 * (1 + Math.sqrt(5) * d + (5 * d * d) / 3) * Math.exp(-Math.sqrt(5) * d);
  };
  const logs = sizes.map(Math.log);
  const matrix = logs.map((x, i) =>
    logs.map(
      (y, j) =>
        smooth(x, y) +
        moves(x, y) +
        (i === j ? 0.005 ** 2 : 0) +
        (runs.length > 0 && runs[i] === runs[j] ? run ** 2 : 0),
    ),
  );
  return asked.map((n) => {
    const t = Math.log(n);
    const cross = logs.map((x) => smooth(x, t) + moves(x, t));
    return {
      center: Math.log(lossAt(n)) + dot(cross, solve(matrix, errors)),
      mean: Math.sqrt(smooth(t, t) + moves(t, t) - dot(cross, solve(matrix, cross))),
    };
  });
}

/** A coefficient may be off by half its value, exponents by at least 0.05; the amplitude at the mean size. */
const free = (x: number, y: number): number => 0.25 + 0.05 ** 2 * (x - mean) * (y - mean);

function expectKriging(found: FormPrediction, expected: { center: number; mean: number }[], extra: number): void {
  for (const [k, { center, mean: sd }] of expected.entries()) {
    expect(found.center[k]).toBeCloseTo(center, 9);
    expect(found.meanSd[k] / sd).toBeCloseTo(1, 6);
    expect(found.newSd[k] / Math.hypot(sd, extra)).toBeCloseTo(1, 6);
  }
}

describe('predictions from what a law leaves over', () => {
  it('are those of kriging with errors of the coefficients, a misfit and noise, duplicates among the rows', () => {
    expectKriging(predict(lineForm, lineRows(), { params: asked }), krige({ moves: free }), 0.005);
  });

  it('let an amplitude that is held stay where it is', () => {
    const held = predict({ ...lineForm, held: ['A'] }, lineRows(), { params: asked });
    expectKriging(held, krige({ moves: (x, y) => 0.05 ** 2 * x * y }), 0.005);
  });

  it('know that rows of one run share its luck', () => {
    const runs = [0, 1, 1, 2, 2];
    const form = { ...lineForm, scales: { ...scales, run: 0.008 } };
    const found = predict(form, lineRows(errors, Int32Array.from(runs)), { params: asked });
    expectKriging(found, krige({ moves: free, runs, run: 0.008 }), Math.hypot(0.005, 0.008));
  });

  it('are those of the law far from the rows, where its coefficients are known', () => {
    const found = predict({ ...lineForm, held: ['A', 'alpha'] }, lineRows(), { params: [1e7, 1e30] });
    expect(found.center[1]).toBeCloseTo(Math.log(lossAt(1e30)), 12);
    expect(found.meanSd[1]).toBeCloseTo(0.01, 12);
    // Among the rows the misfit is known better than its own size.
    expect(found.meanSd[0]).toBeLessThan(0.006);
    expect(found.center[0]).toBeGreaterThan(Math.log(lossAt(1e7)) + 0.003);
  });

  it('go through rows without noise', () => {
    const exact = { ...lineForm, scales: { ...scales, noise: 1e-7 } };
    const noise = [0.01, -0.004, -0.004, -0.012, 0.009];
    const { center, meanSd } = predict(exact, lineRows(noise), { params: sizes });
    for (const [i, n] of sizes.entries()) {
      expect(center[i]).toBeCloseTo(Math.log(lossAt(n)) + noise[i], 6);
      expect(meanSd[i]).toBeLessThan(1e-6);
    }
  });

  it('stay numbers where a law fits every row exactly, more rows than the coefficients need', () => {
    const { theta, columns } = plane;
    const observed = evaluateLaw(chinchilla, toParams(chinchilla, theta), columns);
    const rows = { rows: observed.length, columns, observed, runs: null };
    const form = { ...plane.form, scales: learnScales(plane.form, rows) };
    const far = { params: [1e12], tokens: [1e13] };
    const { center, meanSd } = predict(form, rows, far);
    const truth = evaluateLaw(chinchilla, toParams(chinchilla, theta), far)[0];
    expect(center[0]).toBeCloseTo(Math.log(truth), 8);
    expect(meanSd[0]).toBeLessThan(1e-4);
  });

  it('draw single outliers in', () => {
    const moved = (last: number): number =>
      predict(lineForm, lineRows([...errors.slice(0, 4), last]), { params: asked }).center[3];
    expect(moved(3)).toBe(moved(2));
    expect(moved(3)).not.toBe(moved(0.01));
  });
});

/** Chinchilla's law on a grid of 36 runs. */
const plane = (() => {
  const params: number[] = [];
  const tokens: number[] = [];
  for (const n of [3e7, 1e8, 3e8, 1e9, 3e9, 1e10])
    for (const ratio of [2, 5, 10, 20, 50, 100]) {
      params.push(n);
      tokens.push(ratio * n);
    }
  const columns = { params: Float64Array.from(params), tokens: Float64Array.from(tokens) };
  const theta = Float64Array.of(Math.log(1.8), Math.log(480), Math.log(2100), 0.35, 0.37);
  const logMean = (column: Float64Array): number => column.reduce((sum, x) => sum + Math.log(x), 0) / column.length;
  const form = {
    law: chinchilla,
    theta,
    means: Float64Array.of(logMean(columns.params), logMean(columns.tokens)),
    held: [] as string[],
    tied: {} as Record<string, string>,
    scale: 'log' as const,
  };
  return { theta, columns, form };
})();

const planeScales = { misfit: 0.004, lengths: [2, 3], noise: 0.003, run: 0 };

/** The law with a smooth misfit of known size and noise. */
function planeRows({ misfit = 0.01, noise = 0.003, seed = 1 } = {}): DiscrepancyRows {
  const random = createRandom(seed, 9);
  const { params, tokens } = plane.columns;
  const law = evaluateLaw(chinchilla, toParams(chinchilla, plane.theta), plane.columns);
  const wave = (i: number): number => Math.SQRT2 * Math.sin((2 * Math.PI * Math.log(params[i] * tokens[i])) / 9);
  const observed = law.map((y, i) => y * Math.exp(misfit * wave(i) + noise * random.normal()));
  return { rows: observed.length, columns: plane.columns, observed, runs: null };
}

const target = { params: [5e10, 2e9], tokens: [1e12, 1e10] };

function expectSame(found: FormPrediction, expected: FormPrediction, digits: number): void {
  for (const name of ['center', 'meanSd', 'newSd'] as const)
    for (const [k, value] of expected[name].entries()) expect(found[name][k] / value).toBeCloseTo(1, digits);
}

describe('what does not matter', () => {
  const form = { ...plane.form, scales: planeScales };
  const rows = planeRows();
  const expected = predict(form, rows, target);

  it('is the order of the rows', () => {
    const turn = (column: Float64Array): Float64Array => column.map((_, i) => column[(7 * i + 5) % column.length]);
    const { params, tokens } = rows.columns;
    const turned = { ...rows, columns: { params: turn(params), tokens: turn(tokens) }, observed: turn(rows.observed) };
    expectSame(predict(form, turned, target), expected, 7);
  });

  it('is the unit of params and tokens', () => {
    const [perMillion, perBillion] = [Math.log(1e6), Math.log(1e9)];
    const [e, logA, logB, exponentN, exponentD] = plane.theta;
    const inUnits = {
      ...form,
      theta: Float64Array.of(e, logA - exponentN * perMillion, logB - exponentD * perBillion, exponentN, exponentD),
      means: Float64Array.of(form.means[0] - perMillion, form.means[1] - perBillion),
    };
    const { params, tokens } = rows.columns;
    const columns = { params: params.map((n) => n / 1e6), tokens: tokens.map((d) => d / 1e9) };
    const there = { params: target.params.map((n) => n / 1e6), tokens: target.tokens.map((d) => d / 1e9) };
    expectSame(predict(inUnits, { ...rows, columns }, there), expected, 7);
  });

  it('is whether a term is off or so small that it adds nothing', () => {
    const off = (amplitude: number): FormPrediction => {
      const theta = plane.theta.slice();
      theta[1] = amplitude;
      return predict({ ...form, theta, held: ['A', 'alpha'] }, rows, target);
    };
    expectSame(off(-Infinity), off(-600), 10);
    expect(off(-Infinity).center.every(Number.isFinite)).toBe(true);
  });
});

it('moves tied parameters as one', () => {
  // Where N = D the two terms of Chinchilla's law, tied, are the one term of a law of N with twice the amplitude.
  const single = findLaw('params-irreducible');
  const diagonal = Float64Array.from({ length: 12 }, (_, i) => 1e7 * 3 ** i);
  const m = diagonal.reduce((sum, n) => sum + Math.log(n), 0) / 12;
  const shared = { scale: 'log' as const, held: [] };
  const one: Form = {
    ...shared,
    law: single,
    theta: Float64Array.of(Math.log(1.7), Math.log(200), 0.3),
    means: Float64Array.of(m),
    tied: {},
    scales: { misfit: 1e-6, lengths: [2], noise: 0.01, run: 0 },
  };
  const two: Form = {
    ...shared,
    law: chinchilla,
    theta: Float64Array.of(Math.log(1.7), Math.log(100), Math.log(100), 0.3, 0.3),
    means: Float64Array.of(m, m),
    tied: { beta: 'alpha', B: 'A' },
    scales: { misfit: 1e-6, lengths: [4, 3], noise: 0.01, run: 0 },
  };
  const law = evaluateLaw(single, toParams(single, one.theta), { params: diagonal });
  const observed = law.map((y, i) => y * (1 + 0.01 * Math.sin(9 * i)));
  const at = (form: Form): FormPrediction => {
    const columns = Object.fromEntries(form.law.inputs.map(({ name }) => [name, diagonal]));
    const there = Object.fromEntries(form.law.inputs.map(({ name }) => [name, [1e13]]));
    return predict(form, { rows: 12, columns, observed, runs: null }, there);
  };
  expectSame(at(two), at(one), 6);
});

describe('learnt scales', () => {
  it('are those of a simulated misfit and noise, give or take what 36 rows tell', () => {
    for (const [misfit, noise] of [
      [0.01, 0.003],
      [0.02, 0.001],
      [0.004, 0.012],
    ]) {
      const found = [1, 2, 3, 4, 5].map((seed) => learnScales(plane.form, planeRows({ misfit, noise, seed })));
      const middle = (values: number[]): number => values.sort((x, y) => x - y)[2];
      expect(middle(found.map((s) => s.noise)) / noise).toBeGreaterThan(0.7);
      expect(middle(found.map((s) => s.noise)) / noise).toBeLessThan(1.4);
      if (misfit < noise) continue;
      expect(middle(found.map((s) => s.misfit)) / misfit).toBeGreaterThan(1 / 2.5);
      expect(middle(found.map((s) => s.misfit)) / misfit).toBeLessThan(2.5);
    }
  });

  it('tell the luck of runs from that of rows, and know none without runs', () => {
    const random = createRandom(4, 2);
    const rows = planeRows({ misfit: 0, noise: 0.002 });
    const runs = Int32Array.from({ length: 36 }, (_, i) => i % 12);
    const luck = Array.from({ length: 12 }, () => 0.02 * random.normal());
    const observed = rows.observed.map((y, i) => y * Math.exp(luck[runs[i]]));
    const found = learnScales(plane.form, { ...rows, observed, runs });
    expect(found.run).toBeGreaterThan(0.01);
    expect(found.run).toBeLessThan(0.04);
    expect(found.noise).toBeLessThan(0.005);
    expect(learnScales(plane.form, { ...rows, observed }).run).toBe(0);
  });
});
