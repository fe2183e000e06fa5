import { openCorpus } from '../corpus/index.ts';
import type { Engine } from '../engines/engine.ts';
import type { RunConfig } from '../runConfig.ts';
import { createTrainer } from '../train/trainer.ts';
import { costOf } from './cost.ts';

/** What a sweep will cost. */
export interface SweepEstimate {
  readonly runs: number;
  readonly params: readonly [least: number, most: number];
  readonly tokens: number;
  readonly flops: number;
  /** Seconds of one process, evaluations included. */
  readonly seconds: number;
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
  const trainer = createTrainer(config, engine, corpus);
  try {
    await trainer.step();
    const began = performance.now();
    for (let k = 0; k < timedSteps; k++) await trainer.step();
    return (performance.now() - began) / 1000 / timedSteps;
  } finally {
    trainer.dispose();
    await corpus.close();
  }
}

/** Counts what runs will cost, and times a few steps of each kind of model for how long they will take. */
export async function estimateSweep(runs: readonly RunConfig[], engine: Engine): Promise<SweepEstimate> {
  const stepSeconds = new Map<string, number>();
  let [tokens, flops, seconds] = [0, 0, 0];
  const sizes: number[] = [];
  for (const config of runs) {
    const kind = kindOf(config);
    let each = stepSeconds.get(kind);
    if (each === undefined) stepSeconds.set(kind, (each = await timeStep(config, engine)));
    const cost = costOf(config);
    const stepTokens = config.batch * config.model.context;
    const evaluated = config.evaluations * config.evaluationRows * config.model.context;
    seconds += (each * (cost.tokens + evaluationShare * evaluated)) / stepTokens;
    tokens += cost.tokens;
    flops += cost.flops;
    sizes.push(cost.params);
  }
  return { runs: runs.length, params: [Math.min(...sizes), Math.max(...sizes)], tokens, flops, seconds };
}
