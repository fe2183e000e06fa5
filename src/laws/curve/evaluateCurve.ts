import { IsoflopError } from '../../core/errors.ts';
import { evaluateLaw, type CurveLaw, type Law } from '../law.ts';
import { lastStep, scheduleFault, type Schedule } from './schedule.ts';

/**
 * What makes a law one of curves.
 *
 * @param what - what is asked for and needs it, for the message
 * @throws {@link IsoflopError} `USAGE`
 */
export function curveLawOf(law: Law, what: string): CurveLaw {
  if (law.curve !== undefined) return law.curve;
  throw new IsoflopError('USAGE', {
    message: `${law.id} does not take a learning-rate schedule, so ${what}.`,
    remedy: 'Fit a law of curves: multi-power or annealing.',
  });
}

/**
 * Refuses a schedule that makes no sense, or steps that it does not have.
 *
 * @throws {@link IsoflopError} `SCHEDULE_INVALID`, `OPTION_INVALID`
 */
export function checkSteps(schedule: Schedule, steps: ArrayLike<number> = []): void {
  const fault = scheduleFault(schedule);
  if (fault !== undefined) throw new IsoflopError('SCHEDULE_INVALID', { schedule: schedule.name, reason: fault });
  const last = lastStep(schedule);
  for (let i = 0; i < steps.length; i++)
    if (!(Number.isInteger(steps[i]) && steps[i] >= 0 && steps[i] <= last))
      throw new IsoflopError('OPTION_INVALID', {
        option: 'steps',
        value: String(steps[i]),
        expected: `whole steps from 0 to ${String(last)}, the last of "${schedule.name}"`,
      });
}

/**
 * What a law of curves predicts along a schedule.
 *
 * @param params - its natural parameters
 * @param schedule - the learning rates of the whole run
 * @param steps - whole steps, at most the last of the schedule
 * @returns the loss at each of the steps, in nats per token
 * @throws {@link IsoflopError} `USAGE` for a law that takes no schedule, `SCHEDULE_INVALID`, `OPTION_INVALID`
 * @see arXiv 2503.12811 (Luo et al. 2025); arXiv 2408.11029 (Tissue et al. 2024)
 * @example
 * ```ts
 * const schedule = parseSchedule('cosine:steps=24000,peak=3e-4,warmup=2160');
 * evaluateCurve(multiPower, multiPower.published[0].params, schedule, [2160, 24000]); // [4.1, 3.315]
 * ```
 */
export function evaluateCurve(
  law: Law,
  params: Readonly<Record<string, number>>,
  schedule: Schedule,
  steps: ArrayLike<number>,
): Float64Array {
  const curve = curveLawOf(law, 'it predicts no curve of one');
  checkSteps(schedule, steps);
  return evaluateLaw(curve.bind([schedule]), params, { schedule: new Float64Array(steps.length), step: steps });
}
