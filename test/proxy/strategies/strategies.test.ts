import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../../src/proxy/engines/engine.ts';
import { openEngine } from '../../../src/proxy/engines/index.ts';
import { loadCheckpoint, saveCheckpoint } from '../../../src/proxy/record/checkpoint.ts';
import type { RunConfig, StrategyConfig } from '../../../src/proxy/runConfig.ts';
import { strategies } from '../../../src/proxy/strategies/index.ts';
import { folderFor, tiny } from '../tiny.ts';
import { bitsOf, stepsOf, trainerOf } from '../trainers.ts';

let engine: Engine;
beforeAll(async () => {
  ({ engine } = await openEngine('wasm'));
});

/** Two blocks and an untied head, so that every strategy has something to leave out or to change. */
const config: RunConfig = {
  ...tiny,
  model: { ...tiny.model, layers: 2, tied: false },
  corpus: { kind: 'markov', vocabulary: 8, order: 1, exponent: 2, straying: 0.5, seed: 0, validationTokens: 512 },
  accumulate: 2,
  tokens: 60 * 4 * 8,
};

/** Every strategy by itself, with arguments under which twenty steps show what it does, and some together. */
const cases: StrategyConfig[][] = [
  ...strategies.map(({ name }): StrategyConfig[] => [
    { name, args: name === 'frugal' ? { period: 7 } : name === 'lost' ? { rank: 0.5, channels: 0.25 } : {} },
  ]),
  [
    { name: 'lost', args: { rank: 0.5, channels: 0.25 } },
    { name: 'dropout', args: {} },
  ],
  [
    { name: 'frugal', args: { period: 7 } },
    { name: 'all-but-last', args: {} },
  ],
  [
    { name: 'reweight', args: {} },
    { name: 'logz', args: { coefficient: 0.01 } },
    { name: 'qk-norm', args: {} },
  ],
];
const titled = cases.map((chosen) => [chosen.map(({ name }) => name).join(' + '), chosen] as const);

it('are eight, each with a description and arguments in their ranges', () => {
  expect(strategies.map(({ name }) => name)).toEqual([
    'none',
    'dropout',
    'qk-norm',
    'logz',
    'lost',
    'reweight',
    'frugal',
    'all-but-last',
  ]);
  for (const { args } of strategies)
    for (const { fallback, least, most } of args) expect(fallback >= least && fallback <= most).toBe(true);
});

describe.each(titled)('training with %s', (_, chosen) => {
  const own = { ...config, strategies: chosen };

  it('learns', async () => {
    const { trainer } = await trainerOf({ ...own, accumulate: 1 }, engine);
    const before = (await trainer.evaluate()).loss;
    expect(before).toBeCloseTo(Math.log(8), 1);
    await stepsOf(trainer, 60);
    // The source leaves about half of the ln 8 = 2.08 nats.
    expect((await trainer.evaluate()).loss).toBeLessThan(before - 0.3);
  });

  it('goes on from a checkpoint with the same bits', async () => {
    const path = join(await folderFor(), 'checkpoint.safetensors');
    const { trainer: whole } = await trainerOf(own, engine);
    await stepsOf(whole, 20);
    const { trainer: first } = await trainerOf(own, engine);
    await stepsOf(first, 10);
    const { weights, optimizer, specs } = first;
    await saveCheckpoint(path, specs, { weights, optimizer, evaluations: 0, seconds: 0, losses: 0, evaluatedAt: 0 });
    const { trainer: second } = await trainerOf(own, engine, await loadCheckpoint(path, specs));
    await stepsOf(second, 10);
    expect(bitsOf(second.weights)).toEqual(bitsOf(whole.weights));
    expect(bitsOf(second.optimizer.first)).toEqual(bitsOf(whole.optimizer.first));
    expect(bitsOf(second.optimizer.second)).toEqual(bitsOf(whole.optimizer.second));
    expect(second.optimizer.step).toBe(20);
    expect(await second.evaluate()).toEqual(await whole.evaluate());
  });
});

it('leaves no tensors on the engine', async () => {
  const { tf } = engine;
  for (const [, chosen] of titled) {
    const { trainer } = await trainerOf({ ...config, strategies: chosen }, engine);
    await trainer.step();
    await trainer.evaluate();
    const { numTensors } = tf.memory();
    await stepsOf(trainer, 3);
    await trainer.evaluate();
    expect(tf.memory().numTensors).toBe(numTensors);
  }
});
