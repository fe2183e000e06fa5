import { fixedPercent } from '../core/percent.ts';
import type { Fit } from '../fit/result.ts';
import type { OptimalSchedule } from '../plan/schedule/optimizeSchedule.ts';
import { predictCurve } from '../plan/schedule/predictCurve.ts';
import type { Figure } from './figure.ts';
import { scheduleFigure } from './scheduleFigure.ts';

/**
 * The best schedule that was found beside the ones that it was compared with, and the loss predicted along each.
 *
 * @example
 * ```ts
 * drawSchedules(curveFit, optimizeSchedule(curveFit, { steps: 2400, peak: 3e-4, minRate: 3e-5 })).data.length; // 10
 * ```
 */
export function drawSchedules(fit: Fit, best: OptimalSchedule): Figure {
  const { rivals, confidence, interval } = best;
  const drawn = [
    { name: 'best found', ...best, gain: undefined, gainInterval: null },
    ...rivals.map((rival) => ({ ...rival, name: rival.schedule.name })),
  ];
  return scheduleFigure(
    drawn.map(({ name, schedule, loss, gain, gainInterval }) => ({
      name,
      schedule,
      loss,
      points: predictCurve(fit, schedule).points,
      ...(gain === undefined ? {} : { gain: gainText(gain, gainInterval) }),
    })),
    [
      `${fit.law} fitted to ${fit.data.source}`,
      'in brackets: loss above that of the best',
      ...(interval === null ? [] : [`${fixedPercent(confidence, 0)} intervals`]),
    ].join('; '),
  );
}

const digits = (value: number): string => value.toFixed(5);

function gainText(gain: number, interval: readonly [number, number] | null): string {
  const text = `+${digits(gain)}`;
  return interval === null ? text : `${text}, ${digits(interval[0])} to ${digits(interval[1])}`;
}
