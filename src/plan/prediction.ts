import type { Warning } from '../core/warnings.ts';

/** Quantities of which any two give the third. */
export const quantities = ['params', 'tokens', 'flops'] as const;
export type Quantity = (typeof quantities)[number];

/** Whether an input of a law is one of them. */
export const isLinked = (name: string): name is Quantity => (quantities as readonly string[]).includes(name);

/**
 * A model and its training: any two of the three quantities, compute alone, and whatever else the law takes, by name, such
 * as `uniqueTokens`.
 */
export type QueryPoint = Readonly<Partial<Record<string, number | undefined>>>;

/** A number for each quantity, `null` where it is not known. */
export type Quantities = Readonly<Record<Quantity, number | null>>;

/** What a law says about one point. */
export interface PredictedPoint extends Quantities {
  /** Inputs of the law other than these, by name. */
  readonly inputs: Readonly<Record<string, number>>;
  /** Expected loss, nats per token; where the law predicts something else, that (see {@link Prediction.response}). */
  readonly loss: number;
  /** Interval of the loss, `null` where the fit has none. */
  readonly interval: readonly [number, number] | null;
  /**
   * How far the point lies outside the data: 44.6 means 44.6 times the largest value among the runs, 0.1 a tenth of the
   * smallest, 1 inside. `null` where the quantity, or its range among the runs, is not known.
   */
  readonly extrapolation: Quantities;
  /** Intervals that backtests on the same runs support, `null` where the fit has no calibration. */
  readonly calibrated: CalibratedPoint | null;
}

/** What backtests on the runs of a fit add to one prediction. */
export interface CalibratedPoint {
  /** Middle of the intervals: the laws that backtest well, with the misfit that the runs nearby show. */
  readonly loss: number;
  /** Interval of the mean over runs. */
  readonly mean: readonly [number, number];
  /** Interval of a single new run. */
  readonly newRun: readonly [number, number];
  /** How much wider than estimated the backtests ask the intervals to be. */
  readonly widening: number;
  /** Backtests that asked about runs at a comparable distance beyond the data, and how many runs these were. */
  readonly backtests: number;
  readonly runs: number;
}

/** Predictions for several points, and the reasons to be careful with them. */
export interface Prediction {
  /** What is predicted: `loss` for most laws. */
  readonly response: string;
  readonly points: readonly PredictedPoint[];
  readonly warnings: readonly Warning[];
}
