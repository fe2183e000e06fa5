import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { backtestMatrix } from '../../src/backtest/matrix.ts';
import { chinchilla } from '../../src/laws/chinchilla.ts';
import { findLaw } from '../../src/laws/index.ts';
import { readRuns } from '../../src/runs/files.ts';
import { createRuns, type Runs } from '../../src/runs/index.ts';

const data = join(import.meta.dirname, '../../data');
const mse = { objective: 'mse' } as const;

/** Checkpoints of runs of L = 2 + 400 / N^0.3 + 400 / D^0.3 that end at `ends` times 20 N tokens. */
function ladder(sizes: readonly number[], ends: readonly number[] = sizes.map(() => 1)): Runs {
  const rows = sizes.flatMap((params, k) =>
    Array.from({ length: 20 }, (_, i) => ({ params, tokens: ((i + 1) / 20) * 20 * params * ends[k] })),
  );
  return createRuns({
    params: rows.map((r) => r.params),
    tokens: rows.map((r) => r.tokens),
    loss: rows.map((r) => 2 + 400 / r.params ** 0.3 + 400 / r.tokens ** 0.3),
    run: rows.map((r) => String(r.params)),
  });
}
const sizes = [1e8, 2e8, 4e8, 8e8, 1.6e9, 3.2e9];

describe('OPT-175B from the smaller sizes (arXiv 2410.11840; ARE by scipy curve_fit in the reference)', () => {
  let opt: Runs;
  beforeAll(async () => {
    const columns = 'params=model_size,tokens=10^num_token,flops=10^flops,loss=log(ppl),run=model_size';
    opt = await readRuns(join(data, 'opt-trajectories.csv'), { columns });
  });

  it.each([
    [0, [0.0404, 0.0512, 0.0504]],
    [1e10, [0.032, 0.0352, 0.0311]],
  ])('after %d tokens were dropped', async (dropTokens, expected) => {
    const matrix = await backtestMatrix(chinchilla, opt, { dropTokens, fit: mse, shares: [1], models: [3, 4, 5] });
    for (const [k, [cell]] of matrix.cells.entries()) expect(cell.are).toBeCloseTo(expected[k], 4);
    expect(matrix.rows[2]).toEqual({ models: 5, from: 125e6, to: 30e9, target: 175e9, test: 10 });
    expect(matrix.cells[2][0].rows).toBe(dropTokens === 0 ? 112 : 101);
  });

  it('beats the best loss so far, which the reference puts at 5.82%', async () => {
    const { cells } = await backtestMatrix(chinchilla, opt, { fit: mse, shares: [1], models: [5] });
    expect(cells[0][0].naive).toBeCloseTo(0.0582, 4);
  });
});

it('predicts a law without noise exactly, wherever three sizes determine it', async () => {
  const matrix = await backtestMatrix(chinchilla, ladder(sizes), { shares: [0.3, 1] });
  expect(matrix.rows.map(({ models }) => models)).toEqual([2, 3, 4, 5]);
  for (const row of matrix.cells.slice(1))
    for (const cell of row) {
      expect(cell.are).toBeLessThan(1e-6);
      expect(cell.status).toBe('converged');
    }
  expect(matrix.cells[0].map(({ warnings }) => warnings)).toEqual([
    ['FEW_SIZES', 'UNIDENTIFIABLE'],
    ['FEW_SIZES', 'UNIDENTIFIABLE'],
  ]);
});

it('counts what was fitted: rows, and the compute of every run up to its last fitted checkpoint', async () => {
  const matrix = await backtestMatrix(chinchilla, ladder(sizes), { models: [2], shares: [0.5, 1] });
  const [half, all] = matrix.cells[0];
  expect([half.rows, all.rows]).toEqual([18, 40]);
  const compute = (share: number): number => 6 * share * 20 * (1e8 ** 2 + 2e8 ** 2);
  expect((half.flops ?? 0) / compute(0.45)).toBeCloseTo(1, 12);
  expect((all.flops ?? 0) / compute(1)).toBeCloseTo(1, 12);
  // A share below 1 leaves out the checkpoint at the share, a share of 1 takes the whole run.
  expect(matrix.rows[0].test).toBe(7);
});

it('takes shares of each run, or of the longest run of the family as ColPret does', async () => {
  const runs = ladder(sizes, [1, 4, 1, 1, 1, 1]);
  const rows = async (fractionOf: 'run' | 'family') =>
    (await backtestMatrix(chinchilla, runs, { fractionOf, models: [2], shares: [0.25] })).cells[0][0].rows;
  // Of each run: the first 4 of 20. Of the most tokens, 16e9: all 20 of the small one and 4 of the other.
  expect(await rows('run')).toBe(8);
  expect(await rows('family')).toBe(24);
});

it('says of each cell why there is no prediction', async () => {
  const matrix = await backtestMatrix(chinchilla, ladder(sizes), { models: [1, 3], shares: [0.05, 0.5] });
  const reasons = matrix.cells.map((row) => row.map(({ are, status, reason }) => [are === null, status, reason]));
  expect(reasons[0][0]).toEqual([true, 'refused', 'no checkpoint is that early']);
  expect(reasons[0][1][2]).toMatch(/^Every run has the same params/);
  expect(reasons[1][1]).toEqual([false, 'converged', null]);
});

it('rolls a window of sizes towards the target', async () => {
  const matrix = await backtestMatrix(chinchilla, ladder(sizes), { experiment: 'window', window: 3, shares: [1] });
  expect(matrix.rows.map(({ from, to, target }) => [from, to, target])).toEqual([
    [1e8, 4e8, 3.2e9],
    [2e8, 8e8, 3.2e9],
    [4e8, 1.6e9, 3.2e9],
  ]);
  for (const [cell] of matrix.cells) expect(cell.are).toBeLessThan(1e-6);
});

it('predicts the smallest size from the largest', async () => {
  const matrix = await backtestMatrix(chinchilla, ladder(sizes), { experiment: 'shrink', models: [3], shares: [1] });
  expect(matrix.rows[0]).toMatchObject({ from: 8e8, to: 3.2e9, target: 1e8 });
  expect(matrix.cells[0][0].are).toBeLessThan(1e-5);
});

it('predicts the end of each run from its own beginning, never fitting what it predicts', async () => {
  const matrix = await backtestMatrix(findLaw('tokens-irreducible'), ladder(sizes), { experiment: 'own' });
  expect(matrix.shares).toEqual([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]);
  expect(matrix.rows.map(({ models, target }) => [models, target])).toEqual(sizes.map((size) => [1, size]));
  for (const row of matrix.cells) expect(row[6].are).toBeLessThan(1e-6);
});

it('takes rows that are runs by themselves as such', async () => {
  const { params, tokens, loss } = ladder(sizes).quantities;
  const finals = createRuns({ params, tokens, loss } as Record<string, Float64Array>);
  const matrix = await backtestMatrix(chinchilla, finals, { models: [3], shares: [0.5, 1] });
  expect(matrix.fractionOf).toBe('family');
  expect(matrix.cells[0].map(({ rows }) => rows)).toEqual([20 + 19 + 9, 60]);
  const forced = await backtestMatrix(chinchilla, finals, { models: [3], shares: [0.5, 1], fractionOf: 'run' });
  expect(forced.warnings.map(({ code }) => code)).toContain('NO_CHECKPOINTS');
  expect(forced.cells[0][0].reason).toBe('no checkpoint is that early');
});

it('keeps to twelve rows where there are many sizes', async () => {
  const many = Array.from({ length: 40 }, (_, k) => 1e8 * 1.1 ** k);
  const matrix = await backtestMatrix(chinchilla, ladder(many), { shares: [1] });
  expect(matrix.rows.map(({ models }) => models)).toEqual([2, 5, 9, 12, 15, 19, 22, 26, 29, 32, 36, 39]);
});

it('refuses what it cannot lay out', async () => {
  const run = (options: object, runs = ladder(sizes)) => backtestMatrix(chinchilla, runs, options);
  await expect(run({}, ladder([1e8, 2e8]))).rejects.toMatchObject({ code: 'BACKTEST_IMPOSSIBLE' });
  for (const options of [
    { shares: [] },
    { shares: [0] },
    { shares: [1.5] },
    { models: [6] },
    { models: [1.5] },
    { window: 6, experiment: 'window' },
    { testFrom: 0 },
    { dropTokens: NaN },
  ])
    await expect(run(options), JSON.stringify(options)).rejects.toMatchObject({ code: 'OPTION_INVALID' });
  const noTokens = createRuns({ params: [1, 2, 3], loss: [1, 2, 3] });
  await expect(run({}, noTokens)).rejects.toMatchObject({ code: 'QUANTITY_MISSING' });
});

it('reports every cell as it is done', async () => {
  const seen: [number, number][] = [];
  await backtestMatrix(chinchilla, ladder(sizes), {
    models: [3],
    shares: [0.5, 1],
    onProgress: (done, cells) => seen.push([done, cells]),
  });
  expect(seen).toEqual([
    [1, 2],
    [2, 2],
  ]);
});
