import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/core/random.ts';
import { blocksOf, forEachBlock, manyRows, totalsAt } from '../../src/fit/blocks.ts';
import { fitLaw } from '../../src/fit/fitLaw.ts';
import { Newton } from '../../src/fit/newton.ts';
import { addOuterProducts } from '../../src/fit/rowAlgebra.ts';
import { thinFit } from '../../src/fit/thinFit.ts';
import { chinchilla } from '../../src/laws/chinchilla.ts';
import { createRuns } from '../../src/runs/create.ts';
import type { Runs } from '../../src/runs/runs.ts';
import { estimateCovariance } from '../../src/uncertainty/covariance.ts';
import { groupRows } from '../../src/uncertainty/groups.ts';

/** Checkpoints of 300 runs in more rows than are linearised at once; a tenth of them are far off. */
function manyCheckpoints(rows = manyRows + 20_000): Runs {
  const random = createRandom(7);
  const each = Math.ceil(rows / 300);
  const columns = { params: [], tokens: [], loss: [], run: [] as string[] } as {
    params: number[];
    tokens: number[];
    loss: number[];
    run: string[];
  };
  for (let i = 0; i < rows; i++) {
    const k = Math.floor(i / each);
    const n = 10 ** (7 + k / 100);
    const d = 1e8 * 10 ** (1.5 * random.next() + 0.5 * ((7 * k) % 3));
    const noise = 0.02 * random.normal() * (random.next() < 0.1 ? 10 : 1);
    columns.params.push(n);
    columns.tokens.push(d);
    columns.loss.push((1.69 + 406.4 / n ** 0.34 + 410.7 / d ** 0.28) * Math.exp(noise));
    columns.run.push(`run-${String(k)}`);
  }
  return createRuns(columns);
}

describe('a fit of very many rows', () => {
  const runs = manyCheckpoints();
  const weights = Float64Array.from({ length: runs.rows }, (_, i) => 1 + (i % 3));

  it.each([
    ['all parameters', 'log-huber', {}],
    ['all parameters', 'log-mse', {}],
    ['weights and a fixed exponent', 'log-huber', { fixed: { alpha: 0.35 }, weights }],
    ['tied exponents', 'mse', { tied: { beta: 'alpha' } }],
  ] as const)('with %s ends by %s where the search that keeps every row does', (_, objective, options) => {
    const fit = fitLaw(chinchilla, runs, { objective, ...options });
    expect(fit.status).toBe('converged');
    const again = new Newton(fit.problem).minimize(fit.minimum.point);
    expect(again.certified).toBe(true);
    expect(Math.abs(again.value / fit.minimum.value - 1)).toBeLessThan(1e-12);
  });

  const fit = fitLaw(chinchilla, runs);
  const { problem, minimum } = fit;
  const { rows } = problem.data;
  const { size } = problem.free;
  const at = problem.createLinearization();
  problem.linearize(minimum.point, at);

  it('sums over blocks what a linearisation of all rows holds', () => {
    expect([...blocksOf(problem.data)].reduce((sum, block) => sum + block.rows, 0)).toBe(rows);
    const totals = totalsAt(problem, minimum.point);
    expect(totals.value / at.value).toBeCloseTo(1, 12);
    const hessian = at.secondOrder.slice();
    addOuterProducts(at.jacobian, at.slope, rows, size, hessian);
    for (let k = 0; k < size; k++) {
      expect(Math.abs(totals.gradient[k] - at.gradient[k])).toBeLessThan(1e-12 * at.gradientScale[k]);
      expect(totals.hessian[k * size + k] / hessian[k * size + k]).toBeCloseTo(1, 10);
    }
    let next = 0;
    forEachBlock(problem, minimum.point, ({ residual }, first, count) => {
      expect(first).toBe(next);
      next += count;
      expect(residual[count - 1]).toBe(at.residual[next - 1]);
    });
    expect(next).toBe(rows);
  });

  it('has no value where the objective has none', () => {
    const point = minimum.point.slice().fill(NaN);
    expect(totalsAt(problem, point).value).toBe(Infinity);
  });

  it('has the errors that the formula gives', () => {
    // White's covariance of least squares by groups, from all rows at once.
    const squares = fitLaw(chinchilla, runs, { objective: 'log-mse' });
    const all = squares.problem.createLinearization();
    squares.problem.linearize(squares.minimum.point, all);
    const groups = groupRows(squares);
    expect(groups.name).toBe('run');
    const { matrix } = estimateCovariance(squares, groups, 'sandwich');
    const scores = new Float64Array(groups.count * size);
    for (let i = 0; i < rows; i++)
      for (let k = 0; k < size; k++) scores[groups.codes[i] * size + k] += all.psi[i] * all.jacobian[i * size + k];
    const correction = ((groups.count / (groups.count - 1)) * (rows - 1)) / (rows - size);
    // Bread times meat times bread in the free coordinates is what is left when the Hessian multiplies it back.
    const information = all.secondOrder.slice();
    addOuterProducts(all.jacobian, all.slope, rows, size, information);
    const beta = squares.coordinates.names.indexOf('beta');
    expect(matrix).not.toBeNull();
    const solved = solve(information, size, beta);
    let variance = 0;
    for (let g = 0; g < groups.count; g++) {
      let score = 0;
      for (let k = 0; k < size; k++) score += solved[k] * scores[g * size + k];
      variance += score * score;
    }
    const p = chinchilla.params.length;
    const at = chinchilla.params.findIndex(({ name }) => name === 'beta');
    expect((matrix?.[at * p + at] ?? NaN) / (variance * correction)).toBeCloseTo(1, 8);
  });

  it('has the same errors in any order of its rows', () => {
    // Every other row is ten times as noisy: a sample of every other row would see one kind alone.
    const random = createRandom(3);
    const noise = Float64Array.from(
      { length: manyRows + 20_000 },
      (_, i) => (i % 2 === 0 ? 0.002 : 0.02) * random.normal(),
    );
    const design = noise.map(() => random.next());
    const order = Array.from(noise.keys());
    const errorsIn = (rows: readonly number[]): number[] => {
      const params = rows.map((i) => 10 ** (7 + 3 * design[i]));
      const tokens = rows.map((i) => 10 ** (9 + 3 * ((design[i] * 1000) % 1)));
      const loss = rows.map(
        (i, k) => (1.69 + 406.4 / params[k] ** 0.34 + 410.7 / tokens[k] ** 0.28) * Math.exp(noise[i]),
      );
      const fitted = fitLaw(chinchilla, createRuns({ params, tokens, loss }));
      const { matrix } = estimateCovariance(fitted, groupRows(fitted), 'sandwich');
      return [0, 1, 2, 3, 4].map((k) => Math.sqrt(matrix?.[6 * k] ?? NaN));
    };
    const inTurn = errorsIn(order);
    const halves = errorsIn([...order.filter((i) => i % 2 === 0), ...order.filter((i) => i % 2 === 1)]);
    for (const [k, error] of inTurn.entries()) expect(Math.abs(halves[k] / error - 1)).toBeLessThan(0.03);
  });

  it('is looked at in a sample of its rows', () => {
    const thin = thinFit(fit);
    expect(thin.rows.data.rows).toBe(Math.ceil(rows / 3));
    const row = thin.rows.index[1000];
    expect([3000, 3001, 3002]).toContain(row);
    expect(thin.rows.data.observed[1000]).toBe(fit.rows.data.observed[row]);
    expect(thinFit(thin)).toBe(thin);
  });
});

/** Column k of the inverse of a symmetric matrix, of which the lower triangle is given, by Gauss-Jordan elimination. */
function solve(lower: Float64Array, size: number, k: number): number[] {
  const rows = Array.from({ length: size }, (_, i) => [
    ...Array.from({ length: size }, (_unused, j) => (i >= j ? lower[i * size + j] : lower[j * size + i])),
    i === k ? 1 : 0,
  ]);
  for (let i = 0; i < size; i++) {
    const pivot = rows[i][i];
    rows[i] = rows[i].map((x) => x / pivot);
    for (let j = 0; j < size; j++) {
      if (j === i) continue;
      const factor = rows[j][i];
      rows[j] = rows[j].map((x, c) => x - factor * rows[i][c]);
    }
  }
  return rows.map((row) => row[size]);
}
