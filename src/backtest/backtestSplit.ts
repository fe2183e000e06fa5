import { IsoflopError } from '../core/errors.ts';
import type { Warning } from '../core/warnings.ts';
import { fitLaw } from '../fit/fitLaw.ts';
import type { FitOptions } from '../fit/options.ts';
import { responseOf } from '../fit/rows.ts';
import { lawOf } from '../laws/index.ts';
import { evaluateLaw, toParams, type Law, type LawName } from '../laws/law.ts';
import type { Runs } from '../runs/runs.ts';
import { takeRows } from '../runs/select.ts';
import { predictCalibrated } from '../uncertainty/calibration.ts';
import { fittedRows } from '../uncertainty/fittedData.ts';
import { calibrate } from './calibrate.ts';
import { computeFactor, equivalentCompute } from './equivalentCompute.ts';
import { partOf } from './rehearse.ts';
import { scorePredictions, type HeldOut, type Scores } from './scores.ts';
import type { Split } from './splits.ts';

/** Everything that a thread needs to backtest laws; plain data that can be sent to it. */
export interface BacktestTask {
  readonly laws: readonly LawName[];
  readonly runs: Runs;
  readonly splits: readonly Split[];
  readonly fit: FitOptions;
  readonly confidence: number;
  /** The quantity that the splits are cuts of. */
  readonly holdout: string;
}

/** Runs beyond a cut, what a law said about them, and what came. */
export interface HeldOutRuns extends HeldOut {
  /** Row of the runs. Int32Array, length of the arrays. */
  readonly rows: Int32Array;
}

/** What one law said about the runs beyond one cut, and how good that was. */
export interface SplitScore extends Scores {
  readonly cut: number;
  /** Rows that were fitted below the cut, and predicted at or above it. */
  readonly train: number;
  readonly test: number;
  /** Median of the factor of compute by which the predictions err, or `null`; see `equivalentCompute`. */
  readonly equivalentCompute: number | null;
  readonly warnings: readonly Warning[];
  readonly heldOut: HeldOutRuns;
}

/** A backtest that could not be made. */
export interface FailedSplit {
  readonly cut: number;
  readonly why: string;
}

/** Backtests laws, one law and one split at a time: piece k is law k modulo the laws, of split k divided by them. */
export class BacktestWork {
  readonly count: number;
  private readonly task: BacktestTask;
  private readonly laws: readonly Law[];

  constructor(task: BacktestTask) {
    this.task = task;
    this.laws = task.laws.map((law) => lawOf(law));
    this.count = this.laws.length * task.splits.length;
  }

  /** The pieces `from` to `to` - 1. */
  run(from: number, to: number): (SplitScore | FailedSplit)[] {
    const laws = this.laws.length;
    return Array.from({ length: to - from }, (_, k) =>
      this.score(this.laws[(from + k) % laws], this.task.splits[Math.floor((from + k) / laws)]),
    );
  }

  private score(law: Law, split: Split): SplitScore | FailedSplit {
    try {
      return scoreSplit(law, this.task, split);
    } catch (error) {
      if (error instanceof IsoflopError) return { cut: split.cut, why: (error as IsoflopError).message };
      throw error;
    }
  }
}

/** Fits a law to what was known below the cut and compares what it says with what came. */
function scoreSplit(law: Law, { runs, fit: options, confidence, holdout }: BacktestTask, split: Split): SplitScore {
  const known = partOf(options, split.train);
  const fit = fitLaw(law, takeRows(runs, split.train), known);
  const asked = takeRows(runs, split.test);
  const columns = Object.fromEntries(
    Object.entries(asked.quantities).flatMap(([name, column]) =>
      column === undefined ? [] : [[name, column] as const],
    ),
  );
  const response = responseOf(law, asked);
  // Runs that lack what the law takes, or what it predicts, can neither be asked nor judged.
  const complete = Int32Array.from(response.keys()).filter((i) =>
    [response, ...law.inputs.map(({ name }) => columns[name])].every((column) => Number.isFinite(column[i])),
  );
  if (complete.length === 0) throw new IsoflopError('NO_ROWS_LEFT', { rows: asked.rows, dropped: 'all lack a value' });
  const pick = (column: Float64Array): Float64Array => Float64Array.from(complete, (i) => column[i]);
  const inputs = Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, pick(column)]));
  const observed = pick(response);
  const predicted = evaluateLaw(law, toParams(law, fit.theta), inputs);
  const { calibration, warnings } = calibrate(fit, { fit: known, confidence, holdout });
  const interval = calibration && predictCalibrated(fittedRows(fit), calibration, inputs, confidence).newRun;
  const heldOut: HeldOutRuns = {
    rows: complete.map((i) => split.test[i]),
    observed,
    predicted,
    lower: interval?.[0] ?? null,
    upper: interval?.[1] ?? null,
  };
  const factors = equivalentCompute(law, fit.theta, inputs, observed);
  return {
    cut: split.cut,
    train: fit.rows.data.rows,
    test: complete.length,
    ...scorePredictions(heldOut, confidence),
    equivalentCompute: computeFactor(factors),
    warnings: [...fit.warnings, ...warnings],
    heldOut,
  };
}
