import { scheduleFault, type Schedule } from '../laws/curve/schedule.ts';
import type { FitDocument } from './fitSchema.ts';

type SavedSchedule = NonNullable<FitDocument['schedules']>[number];

/** A schedule as a saved fit holds it. */
export function encodeSchedule(schedule: Schedule): SavedSchedule {
  if (schedule.kind !== 'rows') return { ...schedule };
  return { ...schedule, step: [...schedule.step], learningRate: [...schedule.learningRate] };
}

/** The schedules of a saved fit, which are checked. */
export function decodeSchedules(
  saved: readonly SavedSchedule[],
  invalid: (place: string, reason: string) => never,
): readonly Schedule[] {
  for (const [k, schedule] of saved.entries()) {
    const fault = scheduleFault(schedule);
    if (fault !== undefined) invalid(`schedules.${String(k)}`, fault);
  }
  return saved;
}
