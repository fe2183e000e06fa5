import { IsoflopError } from '../core/errors.ts';
import type { FitOptions } from '../fit/options.ts';
import { nameOf, type Law } from '../laws/law.ts';
import type { Runs } from '../runs/runs.ts';
import { checkConfidence } from '../uncertainty/predict.ts';
import { baselines } from './baselines.ts';
import {
  BacktestWork,
  type BacktestTask,
  type FailedSplit,
  type HeldOutRuns,
  type SplitScore,
} from './backtestSplit.ts';
import { scorePredictions, type Scores } from './scores.ts';
import { columnOf, quantityOf, splitsOf, type Holdout, type Split } from './splits.ts';

/** One law (or baseline) over all splits. */
export interface LawBacktest {
  /** Id of the law, or the text of a formula. */
  readonly law: string;
  readonly splits: readonly SplitScore[];
  /** Splits on which the law could not be fitted, and why. */
  readonly failed: readonly FailedSplit[];
  /** Over the held-out runs of all splits together; `null` where there are none. */
  readonly pooled: Scores | null;
}

/** What laws said about runs that came later, and how good that was. */
export interface Backtest {
  readonly holdout: Holdout;
  readonly confidence: number;
  readonly laws: readonly LawBacktest[];
  /** Predictions without a law. */
  readonly baselines: readonly LawBacktest[];
}

/** Does the pieces of a task, in this thread or in others; reports how many are done. */
export type BacktestExecutor = (
  task: BacktestTask,
  count: number,
  onProgress: ((done: number) => void) | undefined,
) => Promise<(SplitScore | FailedSplit)[]>;

/** Options of {@link backtestLaws}. */
export interface BacktestOptions {
  /** What the backtest rolls forward over; default `flops`. */
  readonly holdout?: Holdout;
  /** Where to cut, in the unit of the quantity that is held out; chosen from the data unless given. */
  readonly cuts?: readonly number[] | undefined;
  /** Nominal coverage of the intervals for a new run; default 0.9. */
  readonly confidence?: number;
  /** Options of every fit. */
  readonly fit?: FitOptions;
  readonly execute?: BacktestExecutor;
  /** Told how many of the fits are done. */
  readonly onProgress?: (done: number, fits: number) => void;
}

/** Works in the calling thread, with a pause after each piece so that a page stays responsive. */
const inThisThread: BacktestExecutor = async (task, count, onProgress) => {
  const work = new BacktestWork(task);
  const scores: (SplitScore | FailedSplit)[] = [];
  for (let k = 0; k < count; k++) {
    scores.push(...work.run(k, k + 1));
    onProgress?.(k + 1);
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  return scores;
};

/**
 * Rolls laws forward over compute, size or tokens: fits each to the runs below a cut, predicts those at or above it with
 * calibrated intervals for a new run, and scores the predictions. What an interval learns from backtests it learns from
 * the runs below the cut alone.
 *
 * @param laws - laws of one response
 * @throws {@link IsoflopError} `QUANTITY_MISSING`, `OPTION_INVALID`, `BACKTEST_IMPOSSIBLE`; what prevents the fit of a law stands in its result
 * @see arXiv 2410.11840, section 3; docs/backtests.md
 * @example
 * ```ts
 * const test = await backtestLaws(runs, [chinchilla], { cuts: [1e21] });
 * test.laws[0].splits[0].are; // 0.0105
 * ```
 */
export async function backtestLaws(runs: Runs, laws: readonly Law[], options: BacktestOptions = {}): Promise<Backtest> {
  const { holdout = 'flops', cuts, fit = {}, execute = inThisThread, onProgress } = options;
  const confidence = checkConfidence(options.confidence ?? 0.9);
  const splits = splitsOf(runs, holdout, cuts);
  if (splits.length === 0)
    throw new IsoflopError('BACKTEST_IMPOSSIBLE', { reason: `no cut in ${holdout} has runs on both sides` });
  const named = laws.map(nameOf);
  const task: BacktestTask = { laws: named, runs, splits, fit, confidence, holdout: quantityOf[holdout] };
  const count = laws.length * splits.length;
  const scores = await execute(task, count, (done) => onProgress?.(done, count));
  const tested = laws.map((law, k) =>
    assemble(
      law.id,
      scores.filter((_, at) => at % laws.length === k),
      confidence,
    ),
  );
  return { holdout, confidence, laws: tested, baselines: baselinesOf(runs, laws[0], holdout, splits, confidence) };
}

function assemble(law: string, scores: readonly (SplitScore | FailedSplit)[], confidence: number): LawBacktest {
  const splits = scores.filter((score): score is SplitScore => 'heldOut' in score);
  const failed = scores.filter((score): score is FailedSplit => !('heldOut' in score));
  return { law, splits, failed, pooled: poolScores(splits, confidence) };
}

/** Scores of all held-out runs together; intervals count only where every split has them. */
function poolScores(splits: readonly SplitScore[], confidence: number): Scores | null {
  if (splits.length === 0) return null;
  const join = (pick: (runs: HeldOutRuns) => Float64Array | null): Float64Array | null => {
    const parts = splits.map(({ heldOut }) => pick(heldOut));
    return parts.every((part) => part !== null) ? Float64Array.from(parts.flatMap((part) => [...part])) : null;
  };
  const observed = join((runs) => runs.observed) ?? new Float64Array(0);
  const predicted = join((runs) => runs.predicted) ?? new Float64Array(0);
  return scorePredictions(
    { observed, predicted, lower: join((runs) => runs.lower), upper: join((runs) => runs.upper) },
    confidence,
  );
}

function baselinesOf(
  runs: Runs,
  law: Law,
  holdout: Holdout,
  splits: readonly Split[],
  confidence: number,
): LawBacktest[] {
  const column = runs.quantities[law.response.name];
  if (column === undefined) return [];
  const held = columnOf(runs, holdout);
  const { tokens } = runs.quantities;
  return baselines.map(({ id, predict }) => {
    const scores = splits.map(({ cut, train, test }): SplitScore | FailedSplit => {
      const known = train.filter((row) => column[row] > 0);
      const rows = test.filter((row) => column[row] > 0);
      if (known.length === 0 || rows.length === 0) return { cut, why: `There is no ${law.response.name} on one side.` };
      const pick = (values: Float64Array): Float64Array => Float64Array.from(known, (row) => values[row]);
      const value = predict({ observed: pick(column), held: pick(held), tokens: tokens && pick(tokens) });
      const heldOut: HeldOutRuns = {
        rows,
        observed: Float64Array.from(rows, (row) => column[row]),
        predicted: new Float64Array(rows.length).fill(value),
        lower: null,
        upper: null,
      };
      const counts = { cut, train: known.length, test: rows.length };
      return { ...counts, ...scorePredictions(heldOut, confidence), equivalentCompute: null, warnings: [], heldOut };
    });
    return assemble(id, scores, confidence);
  });
}
