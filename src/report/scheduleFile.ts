import type { Schedule } from '../laws/curve/schedule.ts';
import { scheduleRates } from '../laws/curve/scheduleRates.ts';

/** A learning rate with the digits that matter: nine, more than a trainer in single precision keeps. */
const digits = (rate: number): number => Number(rate.toPrecision(9));

/**
 * A schedule as CSV with the columns `step` and `lr`, a row for each step from 0 to the last.
 *
 * @example
 * ```ts
 * scheduleCsv(parseSchedule('linear:steps=2,peak=1e-3,end=0')); // 'step,lr\n0,0.001\n1,0.0005\n2,0\n'
 * ```
 */
export function scheduleCsv(schedule: Schedule): string {
  const lines = Array.from(scheduleRates(schedule), (rate, step) => `${String(step)},${String(digits(rate))}`);
  return `step,lr\n${lines.join('\n')}\n`;
}

/**
 * A schedule as JSON: its name, and the learning rate of every step from 0 to the last.
 *
 * @example
 * ```ts
 * JSON.parse(scheduleJson(parseSchedule('linear:steps=2,peak=1e-3,end=0'))).lr; // [0.001, 0.0005, 0]
 * ```
 */
export function scheduleJson(schedule: Schedule): string {
  return `${JSON.stringify({ name: schedule.name, lr: Array.from(scheduleRates(schedule), digits) })}\n`;
}
