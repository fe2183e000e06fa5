import { onTestFinished } from 'vitest';
import type { Corpus } from '../../src/proxy/corpus/corpus.ts';
import { openCorpus } from '../../src/proxy/corpus/index.ts';
import type { Engine } from '../../src/proxy/engines/engine.ts';
import type { Weights } from '../../src/proxy/model/weights.ts';
import type { RunConfig } from '../../src/proxy/runConfig.ts';
import { createTrainer, type Trainer } from '../../src/proxy/train/trainer.ts';

/** A trainer for one test, and its corpus. */
export async function trainerOf(
  config: RunConfig,
  engine: Engine,
  saved?: Parameters<typeof createTrainer>[3],
): Promise<{ trainer: Trainer; corpus: Corpus }> {
  const corpus = await openCorpus(config.corpus);
  const trainer = createTrainer(config, engine, corpus, saved);
  onTestFinished(async () => {
    trainer.dispose();
    await corpus.close();
  });
  return { trainer, corpus };
}

/** Trains so many steps; the loss of the last. */
export async function stepsOf(trainer: Trainer, count: number): Promise<number> {
  let loss = NaN;
  for (let k = 0; k < count; k++) ({ loss } = await trainer.step());
  return loss;
}

/** A copy of weights. */
export const copyOf = (weights: Weights): Map<string, Float32Array> =>
  new Map([...weights].map(([name, values]) => [name, values.slice()]));

/** The tensor of a name; a test that asks for another fails. */
export function tensorOf(weights: Weights, name: string): Float32Array {
  const values = weights.get(name);
  if (values === undefined) throw new Error(`no tensor ${name}`);
  return values;
}

/** Bits of weights, which tell -0 from 0 and compare fast. */
export const bitsOf = (weights: Weights): Record<string, string> =>
  Object.fromEntries(
    [...weights].map(([name, values]) => [
      name,
      Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('hex'),
    ]),
  );
