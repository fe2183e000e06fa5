import { beforeAll, describe, expect, it } from 'vitest';
import { singularValues } from '../../../src/proxy/dynamics/effectiveRank.ts';
import type { Engine } from '../../../src/proxy/engines/engine.ts';
import { openEngine } from '../../../src/proxy/engines/index.ts';
import { parameterSpecs } from '../../../src/proxy/model/shape.ts';
import { startWeights } from '../../../src/proxy/model/weights.ts';
import type { RunConfig } from '../../../src/proxy/runConfig.ts';
import { tiny } from '../tiny.ts';
import { bitsOf, copyOf, stepsOf, tensorOf, trainerOf } from '../trainers.ts';

let engine: Engine;
beforeAll(async () => {
  ({ engine } = await openEngine('wasm'));
});

const model = { ...tiny.model, width: 16, hidden: 64 };
const having = (args: { rank: number; channels: number }): RunConfig => ({
  ...tiny,
  model,
  strategies: [{ name: 'lost', args }],
});

/** `a (n, k) * b (k, m)`, row-major. */
const product = (a: Float32Array, b: Float32Array, n: number, k: number, m: number): Float64Array => {
  const result = new Float64Array(n * m);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < m; j++) for (let l = 0; l < k; l++) result[i * m + j] += a[i * k + l] * b[l * m + j];
  return result;
};

const shape = { ...model, vocabulary: 16 };
const dense = startWeights(parameterSpecs(shape), tiny.seed);

describe('lost', () => {
  it('starts at the best matrix of its rank, and exactly at the channels that are farthest from it', async () => {
    const { trainer } = await trainerOf(having({ rank: 0.25, channels: 0.1 }), engine);
    for (const {
      name,
      shape: [from, to],
    } of parameterSpecs(shape).filter(({ isHidden }) => isHidden)) {
      const original = tensorOf(dense, name);
      const [left, right, channels, sparse] = ['left', 'right', 'channels', 'sparse'].map((part) =>
        tensorOf(trainer.weights, `${name}.${part}`),
      );
      const r = Math.round(0.25 * Math.min(from, to));
      const k = Math.round(0.1 * from);
      expect([left.length, right.length, channels.length, sparse.length]).toEqual([from * r, r * to, from * k, k * to]);
      const thin = product(left, right, from, r, to);
      const away = (row: number): number =>
        Math.hypot(
          ...Array.from(original.subarray(row * to, (row + 1) * to), (value, j) => value - thin[row * to + j]),
        );
      const rows = Array.from({ length: from }, (_, row) => row);
      // What is left of the matrix is that of its smallest singular values (Eckart and Young).
      const tail = Math.hypot(...singularValues(original, from, to).slice(r));
      expect(Math.hypot(...rows.map(away)) / tail).toBeCloseTo(1, 4);
      // Each column of the channels chooses one row, those that are farthest off.
      const chosen = rows.filter((row) => channels.subarray(row * k, (row + 1) * k).some((value) => value === 1));
      expect(channels.filter((value) => value !== 0)).toEqual(new Float32Array(k).fill(1));
      expect(chosen).toHaveLength(k);
      const farthest = [...rows].sort((a, b) => away(b) - away(a)).slice(0, k);
      expect([...chosen].sort()).toEqual([...farthest].sort());
      const dense_ = product(channels, sparse, from, k, to);
      for (const row of chosen)
        for (let j = 0; j < to; j++) {
          const i = row * to + j;
          expect(Math.abs(thin[i] + dense_[i] - original[i])).toBeLessThan(1e-6);
        }
    }
  });

  it('is the dense model at full rank', async () => {
    const { trainer } = await trainerOf(having({ rank: 1, channels: 0 }), engine);
    const { trainer: plain } = await trainerOf({ ...tiny, model }, engine);
    expect((await trainer.evaluate()).loss).toBeCloseTo((await plain.evaluate()).loss, 5);
    // Without channels there is no sparse part.
    expect([...trainer.weights.keys()].some((name) => name.endsWith('.channels'))).toBe(false);
  });

  it('has fewer parameters and less arithmetic than the dense model, and its channels do not count', async () => {
    const { trainer } = await trainerOf(having({ rank: 0.25, channels: 0.1 }), engine);
    const { trainer: plain } = await trainerOf({ ...tiny, model }, engine);
    expect(trainer.params).toBeLessThan(0.6 * plain.params);
    expect(trainer.flopsPerToken).toBeLessThan(0.7 * plain.flopsPerToken);
    // Rank 4 and 2 channels of four 16 x 16, of 16 x 64, and 6 channels of 64 x 16; embedding and norms as they were.
    const hidden = 4 * (4 * 32 + 2 * 16) + (4 * 80 + 2 * 64) + (4 * 80 + 6 * 16);
    expect(trainer.params).toBe(16 * 16 + 3 * 16 + hidden);
  });

  it('trains its parts, but never which channels are dense', async () => {
    const { trainer } = await trainerOf(having({ rank: 0.25, channels: 0.1 }), engine);
    const before = bitsOf(copyOf(trainer.weights));
    await stepsOf(trainer, 3);
    for (const [name, bits] of Object.entries(bitsOf(trainer.weights)))
      expect([name, bits === before[name]]).toEqual([name, name.endsWith('.channels')]);
  });
});
