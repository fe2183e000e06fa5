import { expect } from 'vitest';
import { createRandom } from '../../src/core/random.ts';
import { fitLaw } from '../../src/fit/fitLaw.ts';
import { evaluateLaw, toCoordinates, toParams, transformInputs, type Law } from '../../src/laws/law.ts';
import { createRuns, type Runs } from '../../src/runs/index.ts';
import type { LawCase } from './lawCases.ts';
import { logUniform } from './laws.ts';

/** Inputs of a law spread over the ranges of its entry: columns by name, each of length rows. */
function drawInputs(entry: LawCase, rows: number, seed: number): Record<string, number[]> {
  const random = createRandom(seed, 79);
  return Object.fromEntries(
    Object.entries(entry.inputs).map(([name, [low, high]]) => [
      name,
      Array.from({ length: rows }, () => logUniform(random, low, high)),
    ]),
  );
}

/** Runs that follow a law at the parameters of its entry, with log-normal noise of the given size. */
export function drawRuns(law: Law, entry: LawCase, options: { rows: number; seed: number; noise?: number }): Runs {
  const random = createRandom(options.seed, 80);
  const inputs = drawInputs(entry, options.rows, options.seed);
  const response = Array.from(
    { length: options.rows },
    (_, i) => entry.direct(entry.params, rowOf(inputs, i)) * Math.exp((options.noise ?? 0) * random.normal()),
  );
  return createRuns({ ...inputs, [law.response.name]: response });
}

const rowOf = (columns: Readonly<Record<string, readonly number[]>>, i: number): Record<string, number> =>
  Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, column[i]]));

const rows = 9;

/** The law is the formula that its entry writes out. */
export function checkValue(law: Law, entry: LawCase): void {
  const inputs = drawInputs(entry, rows, 3);
  const predicted = evaluateLaw(law, entry.params, inputs);
  for (let i = 0; i < rows; i++) expect(predicted[i] / entry.direct(entry.params, rowOf(inputs, i))).toBeCloseTo(1, 11);
}

const evaluate = (law: Law, theta: Float64Array, x: Float64Array[]): { f: Float64Array; jacobian: Float64Array } => {
  const f = new Float64Array(rows);
  const jacobian = new Float64Array(rows * law.params.length);
  law.evaluate(theta, x, rows, f, jacobian);
  return { f, jacobian };
};

/** Richardson-extrapolated central difference of a vector-valued function. */
export function difference(f: (t: number) => ArrayLike<number>, step: number): number[] {
  const [a, b, c, d] = [f(step), f(-step), f(2 * step), f(-2 * step)].map((v) => Array.from(v));
  return a.map((_, i) => (8 * (a[i] - b[i]) - (c[i] - d[i])) / (12 * step));
}

/** The law's coordinates at its entry, and two points near by. */
function pointsNear(law: Law, entry: LawCase): Float64Array[] {
  const random = createRandom(7, law.params.length);
  const theta = toCoordinates(law, entry.params);
  return [theta, ...[1, 2].map(() => theta.map((x) => x + 0.02 * Math.abs(x) * random.normal()))];
}

/** Gradient and Hessian are those that differences give. */
export function checkDerivatives(law: Law, entry: LawCase): void {
  const x = transformInputs(law, drawInputs(entry, rows, 3));
  const p = law.params.length;
  for (const theta of pointsNear(law, entry)) {
    const { f, jacobian } = evaluate(law, theta, x);
    const coefficient = Float64Array.from({ length: rows }, (_, i) => [0, 1, -2, 0.5, 3, -0.1, 7, 1, -1][i]);
    const hessian = new Float64Array(p * p);
    law.curvature(theta, x, rows, jacobian, coefficient, hessian);
    const size = Math.max(...f.map(Math.abs));
    for (let k = 0; k < p; k++) {
      const step = 1e-4 * Math.max(0.1, Math.abs(theta[k]));
      const moved = (t: number) =>
        evaluate(
          law,
          theta.map((v, j) => (j === k ? v + t : v)),
          x,
        );
      const gradient = difference((t) => moved(t).f, step);
      const slope = Math.max(size / step, ...gradient.map(Math.abs));
      for (let i = 0; i < rows; i++) {
        // A difference knows no more digits than the rounding of the value leaves it.
        const scale = Math.max(Math.abs(gradient[i]), 1e-12 * slope, (2e-11 * size) / step);
        expect(Math.abs(jacobian[i * p + k] - gradient[i]) / scale, `${law.params[k].name}, row ${i}`).toBeLessThan(
          1e-5,
        );
      }
      const second = difference((t) => moved(t).jacobian, step);
      for (let j = k; j < p; j++) {
        let sum = 0;
        let parts = 0;
        let steepest = 0;
        for (let i = 0; i < rows; i++) {
          sum += coefficient[i] * second[i * p + j];
          parts += Math.abs(coefficient[i] * second[i * p + j]);
          steepest = Math.max(steepest, Math.abs(jacobian[i * p + j]));
        }
        const scale = Math.max(parts, (1e-7 * steepest) / step);
        const name = `${law.params[j].name}, ${law.params[k].name}`;
        if (scale > 0) expect(Math.abs(hessian[j * p + k] - sum) / scale, name).toBeLessThan(1e-5);
      }
    }
  }
}

/** Data without noise give back the parameters of the entry. */
export function checkRecovery(law: Law, entry: LawCase): void {
  const fit = fitLaw(law, drawRuns(law, entry, { rows: 80, seed: 21 }), { objective: 'log-mse' });
  expect(fit.minimum.certified, fit.reasons.join(' ')).toBe(true);
  const found = toParams(law, fit.theta);
  for (const [name, value] of Object.entries(entry.params))
    expect(Math.abs(found[name] / value - 1), `${name}: ${found[name]}`).toBeLessThan(1e-6);
}
