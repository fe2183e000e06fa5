import { openCorpus } from '../corpus/index.ts';
import type { Engine } from '../engines/engine.ts';
import type { RunConfig } from '../runConfig.ts';
import { tellMemory } from '../train/memory.ts';
import { createTrainer, type Trainer } from '../train/trainer.ts';
import { costOf } from './cost.ts';

/** What a sweep will cost. */
export interface SweepEstimate {
  readonly runs: number;
  readonly params: readonly [least: number, most: number];
  readonly tokens: number;
  readonly flops: number;
  /** Seconds of one process, evaluations included, without runs that could not be timed. */
  readonly seconds: number;
  /** Runs whose first steps failed; all are trained for what they are. */
  readonly untimed: readonly { readonly name: string; readonly error: string }[];
}

/** Steps that are timed for each kind of model, after one that only warms up. */
const timedSteps = 3;
/** How an evaluation of as many tokens compares with training on them: a forward pass alone. */
const evaluationShare = 1 / 3;

const kindOf = ({ model, batch, accumulate, corpus, strategies }: RunConfig): string =>
  JSON.stringify([model, batch, accumulate, corpus, strategies]);

/** Seconds of one step, measured. */
async function timeStep(config: RunConfig, engine: Engine): Promise<number> {
  const corpus = await openCorpus(config.corpus);
  let trainer: Trainer | undefined;
  try {
    trainer = createTrainer(config, engine, corpus);
    await trainer.step();
    const began = performance.now();
    for (let k = 0; k < timedSteps; k++) await trainer.step();
    return (performance.now() - began) / 1000 / timedSteps;
  } catch (error) {
    throw tellMemory(config.name, error);
  } finally {
    trainer?.dispose();
    await corpus.close();
  }
}

/**
 * Counts what runs will cost, and times a few steps of each kind of model for how long they will take.
 *
 * @throws what the first steps threw, where not one kind of model could take them
 */
export async function estimateSweep(runs: readonly RunConfig[], engine: Engine): Promise<SweepEstimate> {
  const stepSeconds = new Map<string, number | Error>();
  let [tokens, flops, seconds] = [0, 0, 0];
  const sizes: number[] = [];
  const untimed: { name: string; error: string }[] = [];
  for (const config of runs) {
    const kind = kindOf(config);
    let each = stepSeconds.get(kind);
    if (each === undefined)
      stepSeconds.set(kind, (each = await timeStep(config, engine).catch((error: unknown) => error as Error)));
    const cost = costOf(config);
    if (each instanceof Error) untimed.push({ name: config.name, error: each.message });
    else {
      const stepTokens = config.batch * config.model.context;
      const evaluated = config.evaluations * config.evaluationRows * config.model.context;
      seconds += (each * (cost.tokens + evaluationShare * evaluated)) / stepTokens;
    }
    tokens += cost.tokens;
    flops += cost.flops;
    sizes.push(cost.params);
  }
  const [first] = stepSeconds.values();
  if (first instanceof Error && untimed.length === runs.length) throw first;
  return { runs: runs.length, params: [Math.min(...sizes), Math.max(...sizes)], tokens, flops, seconds, untimed };
}
