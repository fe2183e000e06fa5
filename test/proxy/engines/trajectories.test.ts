import { beforeAll, describe, expect, it } from 'vitest';
import type { IsoflopError } from '../../../src/core/errors.ts';
import { openCorpus } from '../../../src/proxy/corpus/index.ts';
import { cpu } from '../../../src/proxy/engines/cpu.ts';
import type { Engine, EngineDefinition } from '../../../src/proxy/engines/engine.ts';
import { engines, inShort } from '../../../src/proxy/engines/index.ts';
import { wasm } from '../../../src/proxy/engines/wasm.ts';
import type { ModelShape } from '../../../src/proxy/model/shape.ts';
import type { RunConfig } from '../../../src/proxy/runConfig.ts';
import { createTrainer } from '../../../src/proxy/train/trainer.ts';
import { models } from './models.ts';

const steps = 25;
const batch = 4;

/** A run of 25 steps of AdamW. */
const runOf = (model: ModelShape, corpus: RunConfig['corpus']): RunConfig => ({
  name: 'trajectory',
  family: null,
  engine: 'cpu',
  seed: 0,
  corpus,
  model,
  strategies: [],
  optimizer: { beta1: 0.9, beta2: 0.95, epsilon: 1e-8, weightDecay: 0.1, independentDecay: false, clip: 1 },
  schedule: { kind: 'cosine', rate: 1e-2, warmup: 0.1, final: 0.1, decay: 0.2, cycle: 1 },
  tokens: steps * batch * model.context,
  batch,
  accumulate: 1,
  evaluations: 1,
  evaluationRows: 8,
  checkpointSeconds: 60,
  keepWeights: false,
});

const markov = (vocabulary: number): RunConfig['corpus'] => ({
  kind: 'markov',
  vocabulary,
  order: 1,
  exponent: 1.5,
  straying: 0.1,
  seed: 1,
  validationTokens: 2048,
});

async function losses(engine: Engine, model: ModelShape): Promise<number[]> {
  const config = runOf(model, markov(model.vocabulary));
  const trainer = createTrainer(config, engine, await openCorpus(config.corpus));
  const all: number[] = [];
  for (let k = 0; k < steps; k++) all.push((await trainer.step()).loss);
  trainer.dispose();
  return all;
}

/** The engines beside cpu, and why one is not here. */
const others: { readonly definition: EngineDefinition; readonly reason: string | undefined }[] = [];
for (const definition of engines.filter((one) => one.id !== 'cpu'))
  others.push({
    definition,
    reason: await definition.open().then(
      () => undefined,
      (error: unknown) => inShort(error as IsoflopError),
    ),
  });
/** A GPU in software takes long. */
const minutes = 600_000;

const wide = Object.entries(models).map(
  ([name, shape]) => [name, { ...shape, vocabulary: 24, context: 12, width: 16, hidden: 32 }] as const,
);

describe('losses of 25 steps from equal weights', () => {
  const expected = new Map<string, number[]>();
  beforeAll(async () => {
    const engine = await cpu.open();
    for (const [name, model] of wide) expected.set(name, await losses(engine, model));
  });

  it('fall', () => {
    for (const all of expected.values()) expect(all[steps - 1]).toBeLessThan(all[0] - 0.2);
  });

  for (const { definition, reason } of others)
    describe(definition.id, () => {
      it.skipIf(reason !== undefined).each(wide)(
        `%s${reason === undefined ? '' : ` (${reason})`}`,
        async (name, model) => {
          const found = await losses(await definition.open(), model);
          const deviations = (expected.get(name) ?? []).map((loss, k) => Math.abs(found[k] - loss));
          expect(deviations).toHaveLength(steps);
          expect(Math.max(...deviations)).toBeLessThan(1e-4);
        },
        minutes,
      );
    });
});

describe('the loss of a model that is not trained', () => {
  it.each(Object.entries(models))('is that of a guess among 256 bytes: %s', async (_, shape) => {
    const model = { ...shape, vocabulary: 256, context: 64, width: 64, hidden: 256 };
    const config = runOf(model, markov(256));
    const trainer = createTrainer(config, await wasm.open(), await openCorpus(config.corpus));
    const { loss } = await trainer.evaluate();
    trainer.dispose();
    expect(Math.abs(loss / Math.log(256) - 1)).toBeLessThan(0.01);
  });
});
