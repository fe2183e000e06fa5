import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRuns } from '../../src/runs/create.ts';
import { readRuns } from '../../src/runs/files.ts';
import { runCodes } from '../../src/runs/runCodes.ts';
import { takeRows } from '../../src/runs/select.ts';

const codesOf = (columns: Parameters<typeof createRuns>[0]): number[] => [...runCodes(createRuns(columns)).codes];

describe('runCodes', () => {
  it.each([
    ['chinchilla.csv', undefined, 245, false],
    ['datablations.csv', undefined, 48, true],
    ['datablations-contour.csv', undefined, 229, false],
    ['gadre.csv', 'params=N,tokens=D,loss=loss_c4_val,run=name', 69, false],
    // The name is OPT in every row; the steps tell that rows of one size are checkpoints.
    ['opt-trajectories.csv', 'params=model_size,tokens=10^num_token,flops=10^flops,loss=log(ppl)', 6, true],
    ['opt-trajectories.csv', 'params=model_size,tokens=10^num_token,loss=log(ppl),run=model_size', 6, true],
  ] as const)('finds the runs of %s with %s', async (file, columns, count, hasCheckpoints) => {
    expect(runCodes(await readRuns(`data/${file}`, { columns }))).toMatchObject({ count, hasCheckpoints });
  });

  it('finds curves without params', async () => {
    const curves = await readRuns('data/multi-power.csv', { needs: ['step', 'loss'] });
    expect(runCodes(curves)).toMatchObject({ count: 18, hasCheckpoints: true });
  });

  it('takes a table of steps alone for one run', () => {
    expect(codesOf({ step: [1, 2, 3], loss: [4, 3, 2] })).toEqual([0, 0, 0]);
    expect(codesOf({ step: [1, 2, 1], loss: [4, 3, 2] })).toEqual([0, 1, 2]);
  });

  it('tells runs of one name apart by size and seed', () => {
    const run = ['a', 'a', 'a', 'a'];
    expect([...runCodes(createRuns({ params: [1, 2, 1, 2], run }), { unnamed: 'size' }).codes]).toEqual([0, 1, 0, 1]);
    expect(codesOf({ params: [1, 1, 1, 1], seed: [7, 7, 8, NaN], run })).toEqual([0, 0, 1, 2]);
  });

  it('takes rows without a name for runs of their own unless steps make them checkpoints', () => {
    const params = [1e9, 1e9, 2e9, 2e9];
    const bare = createRuns({ params, tokens: [1e9, 2e9, 1e9, 2e9], loss: [4, 3, 3.5, 2.5] });
    expect(runCodes(bare)).toMatchObject({ count: 4, hasCheckpoints: false });
    expect([...runCodes(bare, { unnamed: 'size' }).codes]).toEqual([0, 0, 1, 1]);
    const stepped = createRuns({ params, step: [10, 20, 10, 20], loss: [4, 3, 3.5, 2.5] });
    expect(runCodes(stepped)).toEqual({ codes: Int32Array.of(0, 0, 1, 1), count: 2, hasCheckpoints: true });
  });

  it('takes a step that occurs twice for a sign of several runs', () => {
    const sweep = createRuns({ params: [1e9, 1e9, 1e9], step: [10, 20, 20], learningRate: [1e-3, 1e-3, 2e-3] });
    expect(runCodes(sweep)).toMatchObject({ count: 3, hasCheckpoints: false });
  });

  it('takes a name of several sizes for a family, whose rows of one size need steps to be checkpoints', () => {
    const columns = { params: [1e9, 1e9, 2e9], tokens: [1e9, 2e9, 2e9], loss: [4, 3, 2], run: ['c4', 'c4', 'c4'] };
    expect(runCodes(createRuns(columns))).toMatchObject({ count: 3, hasCheckpoints: false });
    expect(runCodes(createRuns({ ...columns, step: [1, 2, 2] }))).toMatchObject({ count: 2, hasCheckpoints: true });
    const named = createRuns({ ...columns, run: ['c4', 'c4', 'other'] });
    expect(runCodes(named)).toMatchObject({ count: 2, hasCheckpoints: true });
    expect(
      codesOf({ params: [1, 1, 2, 1, 1, 2], step: [1, 2, 1, 1, 2, 1], run: ['a', 'a', 'a', 'b', 'b', 'b'] }),
    ).toEqual([0, 0, 1, 2, 2, 3]);
  });

  it('takes repeated rows for no checkpoints', () => {
    const twice = createRuns({ params: [1e9, 1e9], tokens: [1e9, 1e9], loss: [3, 3.1], run: ['a', 'a'] });
    expect(runCodes(twice)).toMatchObject({ count: 1, hasCheckpoints: false });
  });

  it('finds the same runs in any order of the rows', () => {
    const row = fc.tuple(
      fc.constantFrom('', 'a', 'b'),
      fc.integer({ min: 1, max: 2 }),
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 3 }),
    );
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 1, maxLength: 12 }),
        fc.boolean(),
        fc.array(fc.nat(), { minLength: 12, maxLength: 12 }),
        (rows, stepped, random) => {
          const table = createRuns({
            run: rows.map(([name]) => name),
            params: rows.map(([, n]) => n),
            tokens: rows.map(([, , d]) => d),
            ...(stepped ? { step: rows.map(([, , , s]) => s) } : {}),
          });
          const order = rows.map((_, i) => ({ i, key: random[i] })).sort((x, y) => x.key - y.key);
          const before = runCodes(table);
          const after = runCodes(
            takeRows(
              table,
              order.map(({ i }) => i),
            ),
          );
          expect(after.count).toBe(before.count);
          expect(after.hasCheckpoints).toBe(before.hasCheckpoints);
          for (const [x, { i }] of order.entries())
            for (const [y, { i: j }] of order.entries())
              expect(after.codes[x] === after.codes[y]).toBe(before.codes[i] === before.codes[j]);
        },
      ),
    );
  });
});
