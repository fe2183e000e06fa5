import { formatQuantity } from '../core/quantity.ts';
import { createWarning, type Warning } from '../core/warnings.ts';
import type { Calibration, Fit } from '../fit/result.ts';
import { predictCalibrated, type CalibratedPrediction } from '../uncertainty/calibration.ts';

/** Inputs of a law and the quantity that the backtests rolled over, by name, in natural units. */
type Columns = Readonly<Record<string, Float64Array>>;

/** Calibrated predictions of points, and what supports each of them. */
export interface Calibrated extends CalibratedPrediction {
  /** Backtests at a comparable distance, 0 below all runs; length points. */
  readonly backtests: Int32Array;
  /** How many runs these were. */
  readonly runs: Int32Array;
}

/** Predicts with the calibration of a fit. */
export interface Calibrator {
  readonly holdout: string;
  readonly predict: (columns: Columns, confidence: number) => Calibrated;
  /**
   * What no backtest on these runs supports.
   *
   * @param alone - calibrated points without a backtest, and how many of these lie below all runs
   * @param points - how many points were asked for
   */
  readonly warnings: (alone: { readonly count: number; readonly below: number }, points: number) => Warning[];
  /** Whether a value of the quantity lies below all runs: backtests ask about larger ones. */
  readonly isBelow: (value: number) => boolean;
}

/** Prepares the calibrated predictions of a fit that has a calibration. */
export function createCalibrator(fit: Fit, calibration: Calibration): Calibrator {
  const { holdout, splits } = calibration;
  const smallest = fit.data.ranges[holdout]?.[0] ?? NaN;
  const isBelow = (value: number): boolean => value < smallest;
  const farthest = splits.reduce(
    (most, { distances }) => distances.reduce((largest, distance) => Math.max(largest, distance), most),
    0,
  );
  return {
    holdout,
    isBelow,
    predict: (columns, confidence) => {
      const found = predictCalibrated(fit.fitted, calibration, columns, confidence);
      const beyond = columns[holdout];
      const backtests = Int32Array.from(found.widening, (w, k) => (isBelow(beyond[k]) ? 0 : w.splits));
      const runs = Int32Array.from(found.widening, (w, k) => (isBelow(beyond[k]) ? 0 : w.runs));
      return { ...found, backtests, runs };
    },
    warnings: ({ count, below }, points) => {
      if (count === 0) return [];
      const asked = points === 1 ? 'The point lies' : `${String(count)} of ${String(points)} points lie`;
      const reach =
        splits.length === 0
          ? 'there is none on these runs'
          : below === count
            ? 'backtests ask about runs larger than those they know, and not about smaller ones'
            : `the farthest asked ${formatQuantity(Math.exp(farthest))} times beyond the runs it knew`;
      return [
        createWarning('NO_BACKTEST_AT_DISTANCE', `${asked} at a distance that no backtest supports: ${reach}.`, {
          numbers: { points: count, farthest: Math.exp(farthest) },
        }),
      ];
    },
  };
}
