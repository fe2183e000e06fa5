/** Learning rates that were recorded, or chosen, at some of the steps of a run. */
export interface ScheduleRows {
  readonly kind: 'rows';
  readonly name: string;
  /** Whole numbers that rise, length rows; the last is the last step of the schedule. */
  readonly step: readonly number[];
  /** Learning rate at each of these steps, length rows. */
  readonly learningRate: readonly number[];
  /**
   * Steps of the warm-up, over which the rate rises in a straight line from 0 at step 0 to the first of the rows; `null`
   * where it rises up to the first row. Not used where the rows begin at step 0.
   */
  readonly warmup: number | null;
  /**
   * Learning rate between two rows: `linear`, or `smooth`, where it continues what stands around it, with steps and corners
   * where the rows show them.
   */
  readonly between: 'smooth' | 'linear';
}

/** The families of schedules that have a name. */
export const scheduleKinds = ['constant', 'cosine', 'linear', 'wsd', 'wsdld', 'wsdcon'] as const;

/** A schedule of a family: warm-up to the peak, then constant, falling, or constant and then falling. */
export interface ScheduleShape {
  /**
   * `cosine` and `linear` fall from the end of the warm-up to the last step, `wsd` (exponentially) and `wsdld` (in a straight
   * line) over the last `decay` steps, and `wsdcon` drops to `end` at once, `decay` steps before the last.
   */
  readonly kind: (typeof scheduleKinds)[number];
  readonly name: string;
  /** The last step; there is one learning rate for each step from 0 to it. */
  readonly steps: number;
  /** Steps of the warm-up: the rate of step s below it is peak s / (warmup - 1). */
  readonly warmup: number;
  readonly peak: number;
  /** Learning rate of the last step; that of `constant` is the peak. */
  readonly end: number;
  /** Steps over which `wsd` and `wsdld` fall, or that `wsdcon` spends at `end`. */
  readonly decay: number;
}

/** Learning rates of a whole run, as plain data. */
export type Schedule = ScheduleRows | ScheduleShape;

/** The last step of a schedule. */
export function lastStep(schedule: Schedule): number {
  return schedule.kind === 'rows' ? (schedule.step.at(-1) ?? 0) : schedule.steps;
}

/** The step at which the warm-up of a schedule is over; 0 where there is none. */
export function warmupOf(schedule: Schedule): number {
  return schedule.kind === 'rows' ? (schedule.warmup ?? schedule.step[0]) : schedule.warmup;
}

/** Rate of a step of the warm-up: 0 at first, the peak at its last step. */
export const warmupRate = (s: number, warmup: number, peak: number): number =>
  s === 0 ? 0 : (peak * s) / (warmup - 1);

/** Longest schedule; every step has its rate in memory. */
const mostSteps = 20_000_000;

/** Why a schedule makes no sense, in words; `undefined` where it does. */
export function scheduleFault(schedule: Schedule): string | undefined {
  const last = lastStep(schedule);
  if (!(Number.isInteger(last) && last >= 1 && last <= mostSteps))
    return `it has ${String(last)} steps, not a whole number from 1 to ${String(mostSteps)}`;
  const isRate = (rate: number): boolean => rate >= 0 && rate < Infinity;
  if (schedule.kind === 'rows') {
    const { step, learningRate } = schedule;
    if (step.length !== learningRate.length) return 'it has not one learning rate for each step';
    if (!step.every((s, i) => Number.isInteger(s) && s > (i === 0 ? -1 : step[i - 1]))) return 'its steps do not rise';
    const bad = learningRate.find((rate) => !isRate(rate));
    return bad === undefined ? undefined : `${String(bad)} is no learning rate`;
  }
  const { kind, steps, warmup, peak, end, decay } = schedule;
  if (!(peak > 0 && peak < Infinity)) return `its peak is ${String(peak)}, which is no learning rate`;
  if (!isRate(end)) return `its end is ${String(end)}, which is no learning rate`;
  if (end > peak) return `its end, ${String(end)}, is above its peak, ${String(peak)}`;
  if (kind === 'wsd' && end === 0) return 'an exponential decay cannot end at 0';
  if (!(Number.isInteger(warmup) && warmup >= 0 && warmup < steps))
    return `its warm-up of ${String(warmup)} steps is no whole number below its ${String(steps)} steps`;
  if (!(Number.isInteger(decay) && decay >= 0 && decay <= steps - warmup))
    return `its decay of ${String(decay)} steps is no whole number that fits between the warm-up and the end`;
  return undefined;
}
