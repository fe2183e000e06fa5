import { IsoflopError } from '../../core/errors.ts';
import { nearestName } from '../../core/nearest.ts';
import { tryParseQuantity } from '../../core/quantity.ts';
import { scheduleFault, scheduleKinds, type ScheduleShape } from './schedule.ts';

const numbers = ['steps', 'warmup', 'peak', 'end', 'decay'] as const;
/** What is left out: `end` is a share of the peak, `decay` one of the steps. */
const usual = { warmup: 0, end: 0.1, decay: 0.2 };

/**
 * A schedule of a family from its text, a name and its numbers: `steps` and `peak` in any case, and where they are not to
 * be the usual ones `warmup` (0 steps), `end` (a tenth of the peak) and `decay` (the last fifth of the steps; a number up to
 * 1 is a share).
 *
 * @throws {@link IsoflopError} `SCHEDULE_INVALID`
 * @example
 * ```ts
 * parseSchedule('cosine:steps=24K,peak=3e-4,warmup=2160').end; // 3e-5
 * ```
 */
export function parseSchedule(text: string): ScheduleShape {
  const fail = (reason: string): never => {
    throw new IsoflopError('SCHEDULE_INVALID', { schedule: text, reason });
  };
  const [family, ...rest] = text.split(':');
  const kind = scheduleKinds.find((name) => name === family);
  if (kind === undefined) {
    const near = nearestName(family, scheduleKinds);
    const hint = near === undefined ? '' : ` (did you mean "${near}"?)`;
    return fail(`"${family}" is none of ${scheduleKinds.join(', ')}${hint}`);
  }
  const given = new Map<string, number>();
  for (const part of rest.join(':').split(',').filter(Boolean)) {
    const [name, ...values] = part.split('=').map((side) => side.trim());
    const number = tryParseQuantity(values.join('='));
    if (!numbers.some((known) => known === name)) fail(`"${name}" is none of ${numbers.join(', ')}`);
    if (number === undefined) fail(`"${part}" is not like ${name}=${name === 'peak' ? '3e-4' : '2000'}`);
    else given.set(name, number);
  }
  const needed = (name: 'steps' | 'peak'): number => given.get(name) ?? fail(`it does not say its ${name}`);
  const [steps, peak] = [needed('steps'), needed('peak')];
  const decay = given.get('decay') ?? usual.decay;
  const warmup = given.get('warmup') ?? usual.warmup;
  const schedule: ScheduleShape = {
    kind,
    name: text,
    steps,
    warmup,
    peak,
    end: kind === 'constant' ? peak : (given.get('end') ?? usual.end * peak),
    decay: decay <= 1 && decay > 0 ? Math.round(decay * (steps - warmup)) : decay,
  };
  const fault = scheduleFault(schedule);
  return fault === undefined ? schedule : fail(fault);
}
