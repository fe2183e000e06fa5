import type { Backtest, LawBacktest } from '../backtest/backtest.ts';
import type { FailedSplit, SplitScore } from '../backtest/backtestSplit.ts';
import type { BacktestMatrix } from '../backtest/matrix.ts';
import type { Holdout } from '../backtest/splits.ts';
import type { Warning } from '../core/warnings.ts';
import { middleFactor } from './backtestText.ts';

/** The numbers of a {@link SplitScore}; `null` where there is none. */
type ScoreJson = Readonly<
  Record<'are' | 'medianAre' | 'worst' | 'bias' | 'coverage' | 'width' | 'winkler' | 'equivalentCompute', number | null>
>;

/** A law, or a baseline, in {@link BacktestJson}. */
export interface LawBacktestJson {
  readonly law: string;
  readonly splits: readonly (ScoreJson & { readonly cut: number; readonly train: number; readonly test: number })[];
  /** Over all held-out runs of all splits; `null` where the law could not be fitted. */
  readonly pooled: ScoreJson | null;
  /** Cuts at which the law could not be fitted, and why. */
  readonly failed: readonly FailedSplit[];
}

/** What `isoflop backtest --json` prints. */
export interface BacktestJson {
  readonly holdout: Holdout;
  readonly confidence: number;
  readonly laws: readonly LawBacktestJson[];
  readonly baselines: readonly LawBacktestJson[];
  readonly matrix?: BacktestMatrix;
  readonly warnings: readonly Warning[];
}

/** JSON has no infinities and no NaN; null says that there is no number. */
const finite = (value: number | null): number | null => (value !== null && Number.isFinite(value) ? value : null);

/**
 * A backtest as `isoflop backtest --json` prints it, laws in the order in which they were asked for.
 *
 * @param warnings - what a reader should be told, see `backtestWarnings`
 * @param matrix - the matrix of `--matrix`, where it was asked for
 * @example
 * ```ts
 * const backtest = await backtestLaws(runs, [chinchilla], { cuts: [1e20] });
 * backtestToJson(backtest, backtestWarnings(backtest, runs)).laws[0].splits[0].test; // 104
 * ```
 */
export function backtestToJson(
  backtest: Backtest,
  warnings: readonly Warning[],
  matrix?: BacktestMatrix,
): BacktestJson {
  const { holdout, confidence, laws, baselines } = backtest;
  return {
    holdout,
    confidence,
    laws: laws.map(lawToJson),
    baselines: baselines.map(lawToJson),
    ...(matrix === undefined ? {} : { matrix }),
    warnings,
  };
}

function lawToJson({ law, splits, pooled, failed }: LawBacktest): LawBacktestJson {
  return {
    law,
    splits: splits.map((split) => ({ cut: split.cut, train: split.train, test: split.test, ...scoreToJson(split) })),
    pooled: pooled === null ? null : scoreToJson({ ...pooled, equivalentCompute: middleFactor(splits) }),
    failed,
  };
}

function scoreToJson(score: { readonly [Key in keyof ScoreJson]: SplitScore[Key] }): ScoreJson {
  const { are, medianAre, worst, bias, coverage, width, winkler, equivalentCompute } = score;
  return {
    are: finite(are),
    medianAre: finite(medianAre),
    worst: finite(worst),
    bias: finite(bias),
    coverage: finite(coverage),
    width: finite(width),
    winkler: finite(winkler),
    equivalentCompute: finite(equivalentCompute),
  };
}
