import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../../src/proxy/engines/engine.ts';
import { openEngine } from '../../../src/proxy/engines/index.ts';
import type { RunConfig } from '../../../src/proxy/runConfig.ts';
import { trainRun } from '../../../src/proxy/train/run.ts';
import { readRows } from '../../../src/proxy/train/runFolder.ts';

let folder: string;
let engine: Engine;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isoflop-train-'));
  ({ engine } = await openEngine('wasm'));
});
afterAll(() => rm(folder, { recursive: true }));

const config: RunConfig = {
  name: 'small',
  family: null,
  engine: 'wasm',
  seed: 1,
  corpus: { kind: 'markov', vocabulary: 16, order: 1, exponent: 1.5, straying: 0.5, seed: 0, validationTokens: 1024 },
  model: {
    context: 16,
    layers: 1,
    width: 16,
    heads: 1,
    hidden: 32,
    positions: 'rotary',
    activation: 'gelu',
    norm: 'rmsnorm',
    biases: 'none',
    tied: true,
    qkNorm: false,
    parametrisation: { kind: 'standard' },
  },
  strategies: [{ name: 'dropout', args: { rate: 0.1 } }],
  optimizer: { beta1: 0.9, beta2: 0.95, epsilon: 1e-8, weightDecay: 0.1, independentDecay: false, clip: 1 },
  schedule: { kind: 'cosine', rate: 2e-2, warmup: 0.05, final: 0.1, decay: 0.2, cycle: 1 },
  tokens: 60 * 4 * 16,
  batch: 4,
  accumulate: 2,
  evaluations: 5,
  evaluationRows: 16,
  checkpointSeconds: 0,
  keepWeights: false,
};

/** What has to be the same, however often a run was interrupted. */
const essence = async (path: string): Promise<unknown> =>
  (await readRows(path)).map(({ step, loss, train_loss, gradient_norm, log_z }) => [
    step,
    loss,
    train_loss,
    gradient_norm,
    log_z,
  ]);

describe('a run', () => {
  it('learns, and is not done again', async () => {
    const path = join(folder, 'whole');
    const result = await trainRun(config, path, engine);
    expect(result).toMatchObject({ status: 'done', tokens: 60 * 4 * 16 });
    // An untrained model knows nothing: ln 16 within a few percent; the source leaves 1.66 nats.
    expect(Math.abs(result.startLoss / Math.log(16) - 1)).toBeLessThan(0.02);
    expect(result.loss).toBeLessThan(result.startLoss - 0.2);
    expect(await trainRun(config, path, engine, { resume: true })).toEqual(result);
    await expect(trainRun(config, path, engine)).rejects.toMatchObject({ code: 'RUN_EXISTS' });
    expect((await readFile(join(path, 'metrics.csv'), 'utf8')).trim().split('\n')).toHaveLength(6);
  });

  it('that was interrupted goes on with the same bits', async () => {
    const path = join(folder, 'interrupted');
    // At evaluations, of which progress is told in any case.
    for (const stopAt of [3, 8, 22]) {
      const stop = new AbortController();
      const interrupted = trainRun(config, path, engine, {
        resume: true,
        signal: stop.signal,
        onProgress: ({ step }) => {
          if (step >= stopAt) stop.abort();
        },
      });
      await expect(interrupted).rejects.toMatchObject({ name: 'AbortError' });
    }
    expect((await trainRun(config, path, engine, { resume: true })).status).toBe('done');
    expect(await essence(path)).toEqual(await essence(join(folder, 'whole')));
  });

  it('that diverges says so, and keeps what it has', async () => {
    const path = join(folder, 'diverged');
    const wild = {
      ...config,
      optimizer: { ...config.optimizer, clip: 0 },
      schedule: { ...config.schedule, rate: 1e4 },
    };
    const result = await trainRun(wild, path, engine);
    expect(result.status).toBe('diverged');
    expect(result.reason).not.toBeNull();
    expect((await readRows(path)).at(-1)?.status).toBe('diverged');
  });

  it('of a corpus that is too short leaves nothing behind', async () => {
    const file = join(folder, 'short.txt');
    await writeFile(file, 'to be');
    const path = join(folder, 'short');
    const short: RunConfig = { ...config, corpus: { kind: 'text', path: file, validationFraction: 0.1 } };
    await expect(trainRun(short, path, engine)).rejects.toMatchObject({ code: 'CORPUS_SHORT' });
    await expect(stat(path)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
