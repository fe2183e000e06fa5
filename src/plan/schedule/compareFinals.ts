import type { Fit } from '../../fit/result.ts';
import { lastStep, type Schedule, type ScheduleShape } from '../../laws/curve/schedule.ts';
import { lawOf } from '../../laws/index.ts';
import { coordinateDraws, coordinatesOf, percentiles, predictLoss, quadraticForm } from '../../uncertainty/predict.ts';
import { halfWidth } from '../../uncertainty/halfWidth.ts';

/** The loss at the end of a schedule. */
export interface FinalLoss {
  /** Nats per token. */
  readonly loss: number;
  /** Interval of the law's mean, `null` where the fit has none. */
  readonly interval: readonly [number, number] | null;
}

/** A schedule to compare with, and what the best one gains on it. */
export interface RivalSchedule extends FinalLoss {
  readonly schedule: ScheduleShape;
  /** Its loss less that of the best schedule, nats per token. */
  readonly gain: number;
  /** Interval of the gain, `null` where the fit has no error estimate. */
  readonly gainInterval: readonly [number, number] | null;
}

/**
 * The final loss of a schedule beside the best of each of some families, with intervals of the differences: the errors of two
 * schedules have most in common, so a difference is known far better than either loss.
 */
export function compareFinals(
  fit: Fit,
  best: Schedule,
  families: readonly (readonly ScheduleShape[])[],
  confidence: number,
): { readonly best: FinalLoss; readonly rivals: readonly RivalSchedule[] } {
  const losses = (schedules: readonly Schedule[]): Float64Array => {
    const step = schedules.map(lastStep);
    return predictLoss({ ...fit, schedules, bootstrap: null }, { schedule: schedules.map((_, k) => k), step }).loss;
  };
  const rivals = families.map((family) => {
    const ends = losses(family);
    return family[ends.indexOf(Math.min(...ends))];
  });
  const schedules = [best, ...rivals];
  const inputs = { schedule: schedules.map((_, k) => k), step: schedules.map(lastStep) };
  const bound = { ...fit, schedules };
  const { loss, lower, upper } = predictLoss(bound, inputs, { confidence });
  const gains = gainIntervals(bound, inputs, confidence);
  const final = (k: number): FinalLoss => ({
    loss: loss[k],
    interval: lower === null || upper === null ? null : [lower[k], upper[k]],
  });
  return {
    best: final(0),
    rivals: rivals.map((schedule, k) => ({
      schedule,
      ...final(k + 1),
      gain: loss[k + 1] - loss[0],
      gainInterval: gains === null ? null : gains[k],
    })),
  };
}

/** Intervals of the losses of all schedules but the first, less that of the first. */
function gainIntervals(
  fit: Fit,
  inputs: { readonly schedule: readonly number[]; readonly step: readonly number[] },
  confidence: number,
): (readonly [number, number])[] | null {
  const law = lawOf(fit);
  const p = law.params.length;
  const columns = [inputs.schedule, inputs.step].map((column) => Float64Array.from(column));
  const count = inputs.step.length;
  const values = new Float64Array(count);
  if (fit.bootstrap !== null) {
    const { certified } = fit.bootstrap;
    const all = Array.from({ length: count - 1 }, () => new Float64Array(certified));
    let draw = 0;
    for (const theta of coordinateDraws(fit)) {
      law.evaluate(theta, columns, count, values, undefined);
      for (let k = 1; k < count; k++) all[k - 1][draw] = values[k] - values[0];
      draw++;
    }
    return all.map((sample) => percentiles(sample, confidence));
  }
  const { matrix, degreesOfFreedom } = fit.covariance;
  if (matrix === null) return null;
  const jacobian = new Float64Array(count * p);
  law.evaluate(coordinatesOf(fit), columns, count, values, jacobian);
  const reach = halfWidth(confidence, degreesOfFreedom);
  return Array.from({ length: count - 1 }, (_, k): readonly [number, number] => {
    const gradient = Float64Array.from({ length: p }, (__, j) => jacobian[(k + 1) * p + j] - jacobian[j]);
    const gain = values[k + 1] - values[0];
    const error = reach * Math.sqrt(quadraticForm(matrix, gradient));
    return [gain - error, gain + error];
  });
}
