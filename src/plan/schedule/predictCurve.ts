import type { Warning } from '../../core/warnings.ts';
import type { Fit } from '../../fit/result.ts';
import { checkSteps, curveLawOf } from '../../laws/curve/evaluateCurve.ts';
import { lastStep, warmupOf, type Schedule } from '../../laws/curve/schedule.ts';
import { scheduleRates } from '../../laws/curve/scheduleRates.ts';
import { lawOf } from '../../laws/index.ts';
import { predictLoss } from '../../uncertainty/predict.ts';
import { scheduleWarnings } from './scheduleRange.ts';

/** Steps at which a curve is predicted unless others are asked for. */
const usualPoints = 200;

/** Options of {@link predictCurve}. */
export interface CurveOptions {
  /** Whole steps to predict at; 200 from the end of the warm-up to the last unless given. */
  readonly steps?: readonly number[];
  /** Probability of the intervals; default that of the fit. */
  readonly confidence?: number | undefined;
}

/** A predicted loss with its interval; `null` where the fit has none. */
export interface CurvePoint {
  readonly step: number;
  readonly learningRate: number;
  /** Nats per token. */
  readonly loss: number;
  /** Interval of the law's mean. */
  readonly interval: readonly [number, number] | null;
}

/** The loss along a schedule. */
export interface PredictedCurve {
  readonly schedule: Schedule;
  readonly points: readonly CurvePoint[];
  /** The point at the last step. */
  readonly final: CurvePoint;
  readonly confidence: number;
  readonly warnings: readonly Warning[];
}

/**
 * Predicts the loss along a learning-rate schedule from the fit of a law of curves.
 *
 * @throws {@link IsoflopError} `USAGE` for a law that takes no schedule, `SCHEDULE_INVALID`, `OPTION_INVALID`
 * @see arXiv 2503.12811 (Luo et al. 2025)
 * @example
 * ```ts
 * const curve = predictCurve(curveFit, parseSchedule('wsd:steps=24000,peak=3e-4,warmup=2160,decay=4000'));
 * curve.final.loss; // 3.266
 * ```
 */
export function predictCurve(fit: Fit, schedule: Schedule, options: CurveOptions = {}): PredictedCurve {
  curveLawOf(lawOf(fit), 'it predicts no curve of one');
  checkSteps(schedule, options.steps);
  const confidence = options.confidence ?? fit.confidence;
  const last = lastStep(schedule);
  const steps = options.steps ?? spread(Math.min(warmupOf(schedule), last), last);
  const all = [...steps, last];
  const { loss, lower, upper } = predictLoss(
    { ...fit, schedules: [schedule] },
    { schedule: all.map(() => 0), step: all },
    { confidence },
  );
  const rates = scheduleRates(schedule);
  const points = all.map((step, i): CurvePoint => ({
    step,
    learningRate: rates[step],
    loss: loss[i],
    interval: lower === null || upper === null ? null : [lower[i], upper[i]],
  }));
  return {
    schedule,
    points: points.slice(0, -1),
    final: points[points.length - 1],
    confidence,
    warnings: scheduleWarnings(fit.schedules ?? [], schedule),
  };
}

/** Whole steps from one to another, both included, as evenly as they come. */
function spread(from: number, to: number): number[] {
  const count = Math.min(usualPoints, to - from + 1);
  if (count < 2) return [to];
  return Array.from({ length: count }, (_, i) => Math.round(from + (i * (to - from)) / (count - 1)));
}
