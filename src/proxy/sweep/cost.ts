import { countModelFlops, countParameters } from '../model/shape.ts';
import type { RunConfig } from '../runConfig.ts';
import { shapeUnder } from '../train/strategySet.ts';

/** What a run will take. */
export interface RunCost {
  readonly params: number;
  /** Tokens of all its steps, the last of which is a whole one. */
  readonly tokens: number;
  readonly flops: number;
}

/** Parameters, tokens and FLOP of a run, counted. */
export function costOf(config: RunConfig): RunCost {
  const plain = { ...config.model, vocabulary: config.corpus.kind === 'text' ? 256 : config.corpus.vocabulary };
  const { shape, specs } = shapeUnder(config.strategies, plain);
  const stepTokens = config.batch * shape.context;
  const tokens = Math.max(1, Math.round(config.tokens / stepTokens)) * stepTokens;
  return {
    params: countParameters(shape, specs).total,
    tokens,
    flops: tokens * countModelFlops(shape, specs).training,
  };
}
