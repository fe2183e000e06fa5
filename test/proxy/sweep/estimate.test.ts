import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import type { Engine } from '../../../src/proxy/engines/engine.ts';
import { openEngine } from '../../../src/proxy/engines/index.ts';
import { estimateSweep } from '../../../src/proxy/sweep/estimate.ts';
import { trainRun } from '../../../src/proxy/train/run.ts';
import { folderFor, tiny } from '../tiny.ts';

let engine: Engine;
beforeAll(async () => {
  ({ engine } = await openEngine('wasm'));
});

it('counts parameters, tokens and FLOP by hand', async () => {
  const wide = { ...tiny, name: 'wide', model: { ...tiny.model, width: 16, hidden: 64 }, tokens: 1000 };
  const { runs, params, tokens, flops, seconds, untimed } = await estimateSweep([tiny, wide], engine);
  const count = (d: number): number => 16 * d + 4 * d * d + 2 * d * 4 * d + 3 * d;
  expect([runs, params]).toEqual([2, [count(8), count(16)]]);
  // 1000 tokens are 31.25 steps of 32: 31.
  expect(tokens).toBe(1280 + 31 * 32);
  // Three times the forward pass: two for each weight of the block and of the head, 4 T d for attention.
  const each = (d: number): number => 3 * (2 * 12 * d * d + 2 * 16 * d + 4 * 8 * d);
  expect(flops).toBe(1280 * each(8) + 31 * 32 * each(16));
  expect(seconds).toBeGreaterThan(0);
  expect(untimed).toEqual([]);
});

it('counts what the runs will record, whatever their strategies', async () => {
  const folder = await folderFor();
  for (const name of ['lost', 'qk-norm', 'all-but-last']) {
    const run = { ...tiny, name, strategies: [{ name, args: {} }], tokens: 64, evaluations: 1 };
    const { params, tokens, flops } = await estimateSweep([run], engine);
    const result = await trainRun(run, join(folder, name), engine);
    expect([params[0], tokens, flops]).toEqual([result.params, result.tokens, result.flops]);
  }
});

it('goes on without a run that cannot take a step, and says why', async () => {
  const missing = {
    ...tiny,
    name: 'missing',
    corpus: { kind: 'text', path: '/nowhere/a.txt', validationFraction: 0.1 },
  } as const;
  const found = await estimateSweep([missing, tiny], engine);
  expect(found.runs).toBe(2);
  expect(found.seconds).toBeGreaterThan(0);
  expect(found.untimed).toEqual([{ name: 'missing', error: expect.stringContaining('/nowhere/a.txt') as unknown }]);
  // With nothing that works there is nothing to train.
  await expect(estimateSweep([missing], engine)).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
});
