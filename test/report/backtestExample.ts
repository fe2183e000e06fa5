import type { Backtest, LawBacktest } from '../../src/backtest/backtest.ts';
import { createRuns, type Runs } from '../../src/runs/index.ts';
import { scorePredictions } from '../../src/backtest/scores.ts';

/** A law whose predictions of losses 2 and 3 are off by `error` (relative) with intervals of 4%, or none. */
export function lawOf(
  law: string,
  error: number,
  options: { intervals?: boolean; factor?: number | null } = {},
): LawBacktest {
  const observed = Float64Array.of(2, 3);
  const predicted = observed.map((loss) => loss * (1 + error));
  const ends = options.intervals === false ? null : ([0.98, 1.02] as const);
  const heldOut = {
    observed,
    predicted,
    lower: ends && predicted.map((loss) => loss * ends[0]),
    upper: ends && predicted.map((loss) => loss * ends[1]),
    rows: Int32Array.of(2, 3),
  };
  const scores = scorePredictions(heldOut, 0.9);
  const split = { train: 2, test: 2, ...scores, warnings: [], heldOut };
  return {
    law,
    splits: [
      { cut: 1e20, equivalentCompute: options.factor ?? null, ...split },
      { cut: 3e20, equivalentCompute: options.factor ?? null, ...split },
    ],
    failed: [],
    pooled: scores,
  };
}

/** A law that could not be fitted. */
export const failedLaw: LawBacktest = {
  law: 'farseer',
  splits: [],
  failed: [{ cut: 1e20, why: '2 rows cannot determine 9 parameters.' }],
  pooled: null,
};

/** Laws good, middling and failed, asked for in another order than that of the leaderboard. */
export const exampleBacktest: Backtest = {
  holdout: 'flops',
  confidence: 0.9,
  laws: [lawOf('skaling', -0.05, { factor: 3 }), failedLaw, lawOf('chinchilla', 0.01, { factor: 1.25 })],
  baselines: [lawOf('best-so-far', 0.1, { intervals: false }), lawOf('last-value', 0.2, { intervals: false })],
};

/** Two runs below both cuts and two beyond. */
export const exampleRuns: Runs = createRuns({
  params: [1e9, 1e9, 1e9, 1e9],
  tokens: [1, 2, 100, 400],
  flops: [1e19, 5e19, 1e21, 4e21],
  loss: [4, 3.5, 2, 3],
});
