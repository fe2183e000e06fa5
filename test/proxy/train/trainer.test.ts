import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/core/random.ts';
import type { Engine } from '../../../src/proxy/engines/engine.ts';
import { openEngine } from '../../../src/proxy/engines/index.ts';
import type { RunConfig } from '../../../src/proxy/runConfig.ts';
import { folderFor, tiny } from '../tiny.ts';
import { stepsOf, tensorOf, trainerOf } from '../trainers.ts';

let engine: Engine;
beforeAll(async () => {
  ({ engine } = await openEngine('wasm'));
});

/** A text of these bytes, half of it to train on. */
async function textOf(bytes: Uint8Array): Promise<RunConfig['corpus']> {
  const path = join(await folderFor(), 'a.txt');
  await writeFile(path, bytes);
  return { kind: 'text', path, validationFraction: 0.5 };
}

describe('a model', () => {
  it.each([
    ['standard', { kind: 'standard' }],
    ['muP', { kind: 'mup', baseWidth: 8 }],
    ['muP of another base', { kind: 'mup', baseWidth: 32 }],
  ] as const)('that is untrained knows nothing of bytes: ln 256 (%s)', async (_, parametrisation) => {
    const random = createRandom(3);
    const corpus = await textOf(Uint8Array.from({ length: 8192 }, () => random.integer(256)));
    const model = { ...tiny.model, width: 16, hidden: 64, context: 16, parametrisation };
    const { trainer } = await trainerOf({ ...tiny, corpus, model, evaluationRows: 128 }, engine);
    const { loss, logZ } = await trainer.evaluate();
    expect(Math.abs(loss / Math.log(256) - 1)).toBeLessThan(0.01);
    expect(Math.abs(logZ / Math.log(256) - 1)).toBeLessThan(0.01);
  });

  it('learns the one batch that there is by heart', async () => {
    // Nine bytes to train on are one window of eight positions.
    const corpus = await textOf(Buffer.from('to be or not to be'));
    const config: RunConfig = {
      ...tiny,
      corpus,
      batch: 2,
      tokens: 150 * 2 * 8,
      optimizer: { ...tiny.optimizer, weightDecay: 0 },
    };
    const { trainer, corpus: opened } = await trainerOf(config, engine);
    const [first, second] = await Promise.all([0, 1].map((step) => opened.batch(1, step, 1, 8)));
    expect(Buffer.from(Uint8Array.from(first)).toString()).toBe('to be or ');
    expect(second).toEqual(first);
    expect(await stepsOf(trainer, 1)).toBeGreaterThan(5);
    expect(await stepsOf(trainer, 149)).toBeLessThan(0.05);
  });

  it('has the same gradient however many micro-batches it comes in', async () => {
    const found = await Promise.all(
      [1, 2, 3, 4].map(async (accumulate) => {
        const { trainer, corpus } = await trainerOf({ ...tiny, accumulate }, engine);
        return trainer.gradient(await corpus.batch(0, 0, 4, 8), 4, 0);
      }),
    );
    for (const { loss, gradients } of found.slice(1)) {
      expect(loss).toBeCloseTo(found[0].loss, 6);
      for (const [name, values] of gradients) {
        const whole = tensorOf(found[0].gradients, name);
        const scale = Math.max(...whole.map(Math.abs));
        values.forEach((value, i) => {
          expect(Math.abs(value - whole[i])).toBeLessThan(1e-5 * scale);
        });
      }
    }
  });

  it('takes each step at the rate of the schedule, and counts tokens', async () => {
    const { trainer } = await trainerOf({ ...tiny, tokens: 20 * 32 }, engine);
    expect([trainer.steps, trainer.stepTokens]).toEqual([20, 32]);
    const steps = [];
    for (let k = 0; k < 20; k++) steps.push(await trainer.step());
    expect(steps.map(({ step, tokens }) => [step, tokens])).toEqual(steps.map((_, k) => [k + 1, 32 * (k + 1)]));
    // Warm-up is one step of twenty; then a cosine to a tenth.
    expect(steps[0].rate).toBe(0.02);
    for (let k = 2; k < 20; k++) expect(steps[k].rate).toBeLessThan(steps[k - 1].rate);
    expect(steps[19].rate).toBeLessThan(0.0023);
    expect(steps[19].rate).toBeGreaterThan(0.002);
  });
});
