import { beforeAll, describe, expect, it } from 'vitest';
import type { Engine, Tensor } from '../../../src/proxy/engines/engine.ts';
import { openEngine } from '../../../src/proxy/engines/index.ts';
import { createModel } from '../../../src/proxy/model.ts';
import type { RunConfig, StrategyConfig } from '../../../src/proxy/runConfig.ts';
import { dropout } from '../../../src/proxy/strategies/dropout.ts';
import { reweight } from '../../../src/proxy/strategies/reweight.ts';
import { combineStrategies } from '../../../src/proxy/train/strategySet.ts';
import { tiny } from '../tiny.ts';
import { bitsOf, copyOf, stepsOf, tensorOf, trainerOf } from '../trainers.ts';

let engine: Engine;
beforeAll(async () => {
  ({ engine } = await openEngine('wasm'));
});

const having = (...chosen: StrategyConfig[]): RunConfig => ({ ...tiny, strategies: chosen });

describe('dropout', () => {
  it('zeroes its share of what a branch adds and scales the rest, anew for each step and micro-batch', () => {
    const { tf } = engine;
    const rate = 0.3;
    const masked = (step: number, part: number): number[] =>
      tf.tidy(() => {
        const { branch } = dropout.training?.({ engine, seed: 5, step, part }, { rate }) ?? {};
        const ones: Tensor = tf.ones([200, 50]);
        return [...((branch?.(ones, 'blocks.0.mlp') ?? ones).dataSync() as Float32Array)];
      });
    const values = masked(0, 0);
    const scaled = Math.fround(1 / (1 - rate));
    expect(new Set(values)).toEqual(new Set([0, scaled]));
    const zeroed = values.filter((value) => value === 0).length / values.length;
    // Four standard deviations of 10,000 draws.
    expect(Math.abs(zeroed - rate)).toBeLessThan(4 * Math.sqrt((rate * (1 - rate)) / values.length));
    expect(values.reduce((sum, value) => sum + value, 0) / values.length).toBeCloseTo(1, 1);
    expect(masked(0, 0)).toEqual(values);
    expect(masked(1, 0)).not.toEqual(values);
    expect(masked(0, 1)).not.toEqual(values);
  });

  it('makes training random and leaves evaluation alone', async () => {
    const { trainer: plain, corpus } = await trainerOf(having(), engine);
    const { trainer } = await trainerOf(having({ name: 'dropout', args: { rate: 0.5 } }), engine);
    const windows = await corpus.batch(0, 0, 4, 8);
    const loss = async (of: typeof trainer, step: number): Promise<number> =>
      (await of.gradient(windows, 4, step)).loss;
    expect(await loss(trainer, 1)).not.toBe(await loss(trainer, 2));
    expect(await loss(plain, 1)).toBe(await loss(plain, 2));
    expect(await trainer.evaluate()).toEqual(await plain.evaluate());
    expect(await trainer.evaluate()).toEqual(await trainer.evaluate());
  });
});

describe('qk-norm', () => {
  it('bounds the logits of attention, however large queries and keys are', async () => {
    const largest = async (chosen: StrategyConfig[]): Promise<number> => {
      const { trainer } = await trainerOf(having(...chosen), engine);
      for (const part of ['query', 'key']) {
        const values = tensorOf(trainer.weights, `blocks.0.attention.${part}`);
        for (let i = 0; i < values.length; i++) values[i] *= 100;
      }
      return (await trainer.evaluate()).maxAttentionLogit;
    };
    // Rows of unit root mean square have length sqrt(h), so their scaled product is at most h / sqrt(h).
    expect(await largest([{ name: 'qk-norm', args: {} }])).toBeLessThanOrEqual(Math.sqrt(8) * (1 + 1e-5));
    expect(await largest([])).toBeGreaterThan(100);
  });
});

describe('logz', () => {
  it('draws log Z to zero', async () => {
    const logZ = async (...chosen: StrategyConfig[]): Promise<number> => {
      const { trainer } = await trainerOf(having(...chosen), engine);
      expect((await trainer.evaluate()).logZ).toBeCloseTo(Math.log(16), 1);
      await stepsOf(trainer, 40);
      return (await trainer.evaluate()).logZ;
    };
    const strong = await logZ({ name: 'logz', args: { coefficient: 0.3 } });
    const plain = await logZ();
    expect(Math.abs(strong)).toBeLessThan(Math.abs(plain) - 0.2);
  });

  it('adds the gradient of its coefficient times log Z squared, against differences', async () => {
    const { tf } = engine;
    const coefficient = 0.2;
    const { trainer: plain, corpus } = await trainerOf(having(), engine);
    const { trainer } = await trainerOf(having({ name: 'logz', args: { coefficient } }), engine);
    const windows = await corpus.batch(0, 0, 4, 8);
    const found = await trainer.gradient(windows, 4, 0);
    const without = await plain.gradient(windows, 4, 0);
    // The loss that is told is the plain one, by which runs with other objectives can be compared.
    expect(found.loss).toBe(without.loss);

    const model = createModel(engine, trainer.shape);
    const ids = Int32Array.from({ length: 32 }, (_, i) => windows[9 * Math.floor(i / 8) + (i % 8)]);
    /** What is added to the objective, with one weight of a tensor moved. */
    const penalty = (name: string, i: number, by: number): number =>
      tf.tidy(() => {
        const tensors = trainer.specs.map((spec) => {
          const values = tensorOf(trainer.weights, spec.name).slice();
          if (spec.name === name) values[i] += by;
          return [spec.name, tf.tensor(values, [...spec.shape])] as const;
        });
        const logits = model.logits(Object.fromEntries(tensors), tf.tensor1d(ids, 'int32'), 4);
        return coefficient * tf.mean(tf.square(model.ops.logPartition(logits))).dataSync()[0];
      });
    for (const name of ['norm.gain', 'embedding', 'blocks.0.mlp.down']) {
      const added = tensorOf(found.gradients, name).map((value, i) => value - tensorOf(without.gradients, name)[i]);
      const scale = Math.max(...added.map(Math.abs));
      expect(scale).toBeGreaterThan(1e-4);
      const i = added.findIndex((value) => Math.abs(value) === scale);
      const slope = (penalty(name, i, 1e-3) - penalty(name, i, -1e-3)) / 2e-3;
      expect(Math.abs(slope - added[i])).toBeLessThan(0.03 * scale);
    }
    model.dispose();
  });
});

describe('reweight', () => {
  const weightsOf = (losses: readonly number[], args: { temperature: number; cap: number }): number[] =>
    engine.tf.tidy(() => {
      const weights = reweight.rowWeights?.(engine.tf.tensor1d([...losses]), engine, args);
      if (weights === undefined) throw new Error('no weights');
      return [...(weights.dataSync() as Float32Array)];
    });

  it('gives weights that sum to one, rise with the loss, and are capped', () => {
    const weights = weightsOf([1, 2, 3, 4, 5], { temperature: 0.5, cap: 0 });
    expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 6);
    expect(weights[0]).toBeLessThan(weights[1]);
    expect(weights[1]).toBeLessThan(weights[2]);
    // From the middle of the range on all count alike.
    expect(weights[3]).toBeCloseTo(weights[2], 5);
    expect(weights[4]).toBeCloseTo(weights[2], 5);
    // Losses -1, -0.5 and 0 on the scale, over the temperature.
    expect(weights[1] / weights[0]).toBeCloseTo(Math.E, 3);
    for (const weight of weightsOf([2, 2, 2], { temperature: 1, cap: 0 })) expect(weight).toBeCloseTo(1 / 3, 6);
  });

  it('takes them for constants: the gradient is the weighted sum of those of the rows', async () => {
    const { trainer: plain, corpus } = await trainerOf(having(), engine);
    const args = { temperature: 0.3, cap: 0.5 };
    const { trainer } = await trainerOf(having({ name: 'reweight', args }), engine);
    const windows = await corpus.batch(0, 3, 4, 8);
    const rows = await Promise.all(
      [0, 1, 2, 3].map((row) => plain.gradient(windows.subarray(9 * row, 9 * row + 9), 1, 0)),
    );
    const weights = weightsOf(
      rows.map(({ loss }) => loss),
      args,
    );
    // They differ, so that a plain mean would not do.
    expect(Math.max(...weights) / Math.min(...weights)).toBeGreaterThan(3);
    const { gradients, loss } = await trainer.gradient(windows, 4, 0);
    expect(loss).toBeCloseTo(
      rows.reduce((sum, row) => sum + row.loss / 4, 0),
      5,
    );
    for (const [name, values] of gradients) {
      const scale = Math.max(...values.map(Math.abs));
      values.forEach((value, i) => {
        const sum = rows.reduce((total, row, r) => total + weights[r] * tensorOf(row.gradients, name)[i], 0);
        expect(Math.abs(value - sum)).toBeLessThan(1e-4 * scale + 1e-9);
      });
    }
  });
});

describe('all-but-last', () => {
  it.each([
    [0, []],
    [1, ['blocks.2.']],
    [2, ['blocks.1.', 'blocks.2.']],
  ])('with n of %s trains the last blocks, the last norm and the head; the rest keeps its bits', async (n, trained) => {
    const config = having({ name: 'all-but-last', args: { n } });
    const { trainer } = await trainerOf({ ...config, model: { ...tiny.model, layers: 3, tied: false } }, engine);
    const before = bitsOf(copyOf(trainer.weights));
    await stepsOf(trainer, 5);
    const changed = Object.entries(bitsOf(trainer.weights))
      .filter(([name, bits]) => bits !== before[name])
      .map(([name]) => name);
    const expected = Object.keys(before).filter(
      (name) => name === 'norm.gain' || name === 'head' || trained.some((block) => name.startsWith(block)),
    );
    expect(changed).toEqual(expected);
    // Frozen tensors have no moments either.
    for (const name of Object.keys(before).filter((one) => !expected.includes(one)))
      expect(tensorOf(trainer.optimizer.first, name).every((value) => value === 0)).toBe(true);
  });
});

describe('strategies together', () => {
  it('do what each of them does', async () => {
    const { trainer: plain, corpus } = await trainerOf(having(), engine);
    const together = having(
      { name: 'lost', args: { rank: 0.25, channels: 0 } },
      { name: 'dropout', args: { rate: 0.5 } },
      { name: 'qk-norm', args: {} },
      { name: 'all-but-last', args: { n: 0 } },
    );
    const { trainer } = await trainerOf(together, engine);
    expect(trainer.params).toBeLessThan(plain.params);
    expect(trainer.weights.has('blocks.0.attention.query.norm.gain')).toBe(true);
    const windows = await corpus.batch(0, 0, 4, 8);
    expect((await trainer.gradient(windows, 4, 1)).loss).not.toBe((await trainer.gradient(windows, 4, 2)).loss);
    const before = bitsOf(copyOf(trainer.weights));
    await stepsOf(trainer, 3);
    const after = bitsOf(trainer.weights);
    expect(Object.keys(before).filter((name) => after[name] !== before[name])).toEqual(['norm.gain']);
  });

  it('that are both branches follow each other', () => {
    // What dropout keeps twice is four times as large.
    const twice = { name: 'dropout', args: { rate: 0.5 } };
    const set = combineStrategies([twice, twice], { ...tiny.model, vocabulary: 16 }, engine, 0);
    const values = engine.tf.tidy(() => {
      const { branch } = set.training({ engine, seed: 0, step: 0, part: 0 });
      const ones: Tensor = engine.tf.ones([50, 50]);
      return [...((branch?.(ones, 'x') ?? ones).dataSync() as Float32Array)];
    });
    expect(new Set(values)).toEqual(new Set([0, 4]));
  });
});
