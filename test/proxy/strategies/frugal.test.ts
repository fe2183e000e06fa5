import { beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../../src/proxy/engines/engine.ts';
import { openEngine } from '../../../src/proxy/engines/index.ts';
import type { RunConfig } from '../../../src/proxy/runConfig.ts';
import type { Trainer } from '../../../src/proxy/train/trainer.ts';
import { tiny } from '../tiny.ts';
import { copyOf, stepsOf, tensorOf, trainerOf } from '../trainers.ts';

let engine: Engine;
beforeAll(async () => {
  ({ engine } = await openEngine('wasm'));
});

const rate = 0.01;
const args = { density: 0.25, period: 3, signRate: 0.1 };
/** Without what else moves weights: decay, clipping and a schedule. */
const config: RunConfig = {
  ...tiny,
  strategies: [{ name: 'frugal', args }],
  optimizer: { ...tiny.optimizer, weightDecay: 0, clip: 0 },
  schedule: { ...tiny.schedule, kind: 'constant', rate, warmup: 0 },
};

/** Rows of a matrix that have a second moment. */
function rowsWithMoments({ specs, optimizer }: Trainer, name: string): number[] {
  const [rows, columns] = specs.find((spec) => spec.name === name)?.shape ?? [];
  const moments = tensorOf(optimizer.second, name);
  return Array.from({ length: rows }, (_, row) => row).filter((row) =>
    moments.subarray(row * columns, (row + 1) * columns).some((value) => value !== 0),
  );
}

describe('frugal', () => {
  it('moves the rows outside its share by the sign of their gradient, exactly', async () => {
    const { trainer, corpus } = await trainerOf(config, engine);
    const { batch, seed, model } = config;
    const windows = await corpus.batch(seed, 0, batch, model.context);
    const { gradients } = await trainer.gradient(windows, batch, 0);
    const before = copyOf(trainer.weights);
    await trainer.step();
    const hidden = trainer.specs.filter(({ isHidden }) => isHidden);
    expect(hidden).toHaveLength(6);
    for (const { name, shape } of hidden) {
      const [rows, columns] = shape;
      const kept = rowsWithMoments(trainer, name);
      expect(kept).toHaveLength(Math.round(args.density * rows));
      const [w0, w1, g] = [before, trainer.weights, gradients].map((map) => tensorOf(map, name));
      for (let row = 0; row < rows; row++)
        for (let i = row * columns; i < (row + 1) * columns; i++) {
          // The first step of AdamW is a sign too, at the whole rate.
          const size = kept.includes(row) ? 1 : args.signRate;
          if (size === args.signRate) expect(w1[i]).toBe(Math.fround(w0[i] - rate * (Math.sign(g[i]) * size)));
          else if (Math.abs(g[i]) > 1e-5) expect(Math.abs(w1[i] - w0[i] + rate * Math.sign(g[i]))).toBeLessThan(2e-5);
        }
      expect(tensorOf(trainer.optimizer.first, name).filter((value) => value !== 0).length).toBeLessThanOrEqual(
        kept.length * columns,
      );
    }
    // Everything else has moments as ever.
    expect(rowsWithMoments(trainer, 'embedding').length).toBeGreaterThan(8);
  });

  it('draws other rows after its period, and forgets the moments of the old ones', async () => {
    const { trainer } = await trainerOf(config, engine);
    const name = 'blocks.0.mlp.down';
    const drawn: number[][] = [];
    for (let step = 1; step <= 9; step++) {
      await trainer.step();
      drawn.push(rowsWithMoments(trainer, name));
    }
    for (const rows of drawn) expect(rows).toHaveLength(8);
    expect(drawn[1]).toEqual(drawn[0]);
    expect(drawn[2]).toEqual(drawn[0]);
    expect(drawn[3]).not.toEqual(drawn[0]);
    expect(drawn[5]).toEqual(drawn[3]);
    expect(drawn[6]).not.toEqual(drawn[3]);
    // Matrices draw by themselves.
    expect(rowsWithMoments(trainer, 'blocks.0.attention.query')).not.toEqual(
      rowsWithMoments(trainer, 'blocks.0.attention.key'),
    );
  });

  it('of the whole is AdamW whose moments start anew, and of nothing is signs alone', async () => {
    const all = { ...config, strategies: [{ name: 'frugal', args: { ...args, density: 1, period: 1e6 } }] };
    const { trainer: whole } = await trainerOf(all, engine);
    const { trainer: plain } = await trainerOf({ ...config, strategies: [] }, engine);
    await stepsOf(whole, 5);
    await stepsOf(plain, 5);
    expect(whole.weights).toEqual(plain.weights);
    const none = { ...config, strategies: [{ name: 'frugal', args: { ...args, density: 0 } }] };
    const { trainer: signs } = await trainerOf(none, engine);
    await stepsOf(signs, 5);
    expect(rowsWithMoments(signs, 'blocks.0.mlp.up')).toEqual([]);
  });
});
