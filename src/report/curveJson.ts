import { scheduleRates } from '../laws/curve/scheduleRates.ts';
import type { CurveError } from '../plan/schedule/compareCurve.ts';
import type { OptimalSchedule } from '../plan/schedule/optimizeSchedule.ts';
import type { PredictedCurve } from '../plan/schedule/predictCurve.ts';

/** A predicted curve, and how far it is from the measured one where there is one. */
export interface ComparedCurve {
  readonly curve: PredictedCurve;
  readonly error: CurveError | null;
}

/**
 * Predicted curves as `isoflop predict --schedule --json` prints them.
 *
 * @example
 * ```ts
 * const curve = predictCurve(curveFit, parseSchedule('cosine:steps=24000,peak=3e-4,warmup=2160'), { steps: [24000] });
 * curvesToJson([{ curve, error: null }]).curves[0].final.step; // 24000
 * ```
 */
export function curvesToJson(curves: readonly ComparedCurve[]) {
  return {
    curves: curves.map(({ curve: { schedule, final, points, confidence }, error }) => ({
      schedule: schedule.name,
      final,
      confidence,
      error,
      points,
    })),
    warnings: curves.flatMap(({ curve }) => curve.warnings),
  };
}

/**
 * An optimal schedule as `isoflop schedule --json` prints it; its learning rates are those of every step from 0 to the last.
 *
 * @example
 * ```ts
 * scheduleToJson(optimizeSchedule(curveFit, { steps: 2400, peak: 3e-4, minRate: 3e-5 })).lr.length; // 2401
 * ```
 */
export function scheduleToJson({ schedule, rivals, ...best }: OptimalSchedule) {
  return {
    ...best,
    rivals: rivals.map(({ schedule: shape, ...rival }) => ({ ...shape, ...rival })),
    lr: Array.from(scheduleRates(schedule)),
  };
}
