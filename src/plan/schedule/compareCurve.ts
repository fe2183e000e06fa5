import type { CurvePoint, PredictedCurve } from './predictCurve.ts';

/** Losses that a run had. */
export interface MeasuredCurve {
  /** Whole steps, length rows. */
  readonly step: readonly number[];
  /** Nats per token, length rows. */
  readonly loss: readonly number[];
}

/** How far a predicted curve is from a measured one. */
export interface CurveError {
  readonly points: number;
  /** Mean of |predicted / measured - 1|. */
  readonly mean: number;
  /** The largest of these. */
  readonly worst: number;
  /** Predicted / measured - 1 at the last measured step. */
  readonly final: number;
  /** Share of the measured losses inside their intervals, `null` where there are none. */
  readonly coverage: number | null;
}

/**
 * Compares the points of a predicted curve with what was measured at the same steps.
 *
 * @param curve - predicted at the steps of `measured`
 * @example
 * ```ts
 * const measured = { step: [12000, 24000], loss: [3.45, 3.31] };
 * const schedule = parseSchedule('cosine:steps=24000,peak=3e-4,warmup=2160');
 * compareCurve(predictCurve(curveFit, schedule, { steps: measured.step }), measured).points; // 2
 * ```
 */
export function compareCurve({ points }: Pick<PredictedCurve, 'points'>, measured: MeasuredCurve): CurveError {
  const errors = points.map(({ loss }, i) => loss / measured.loss[i] - 1);
  const isInside = ({ interval }: CurvePoint, i: number): boolean =>
    interval !== null && measured.loss[i] >= interval[0] && measured.loss[i] <= interval[1];
  return {
    points: points.length,
    mean: errors.reduce((sum, error) => sum + Math.abs(error), 0) / errors.length,
    worst: errors.reduce((most, error) => Math.max(most, Math.abs(error)), 0),
    final: errors[errors.length - 1],
    coverage: points.some(({ interval }) => interval === null) ? null : points.filter(isInside).length / points.length,
  };
}
