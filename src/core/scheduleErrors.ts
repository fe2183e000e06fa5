import { kind, quote, show } from './errorKind.ts';

/** The part of the table of errors that learning-rate schedules and the laws that take them raise. */
export const scheduleKinds = {
  SCHEDULE_INVALID: kind<{ schedule: string; reason: string }>({
    exit: 2,
    http: 400,
    text: (d) => `${quote(d.schedule)} is no learning-rate schedule: ${d.reason}.`,
    remedy: () =>
      'Give a file with the columns step and lr, or a name with its numbers, such as cosine:steps=24000,peak=3e-4,warmup=2160.',
  }),
  SCHEDULES_CONSTANT: kind<{ law: string; curves: number; amplitude: string }>({
    exit: 2,
    http: 422,
    text: (d) =>
      `${d.law} cannot be fitted: the learning rate never falls in ${d.curves === 1 ? 'the only run' : `any of ${String(d.curves)} runs`}, so nothing is said about annealing.`,
    remedy: (d) =>
      `Add a run whose learning rate falls, such as a cosine; or leave annealing out with --fix ${d.amplitude}=0.`,
  }),
  SCHEDULE_MISSING: kind<{ law: string; what: string }>({
    exit: 2,
    http: 400,
    text: (d) => `${d.what} of ${d.law} needs a learning-rate schedule.`,
    remedy: () => 'Give one with --schedule FILE.csv or --schedule cosine:steps=24000,peak=3e-4,warmup=2160.',
  }),
  NOT_A_CURVE_LAW: kind<{ law: string; what: string; curveLaws: readonly string[] }>({
    exit: 2,
    http: 400,
    text: (d) => `${d.law} does not take a learning-rate schedule, so ${d.what}.`,
    remedy: (d) => `Fit a law of curves: ${d.curveLaws.join(' or ')}.`,
  }),
  STEP_OUTSIDE: kind<{ schedule: string; step: number; last: number }>({
    exit: 2,
    http: 400,
    text: (d) =>
      `Step ${show(d.step)} is not in the schedule ${quote(d.schedule)}, which has steps 0 to ${show(d.last)}.`,
    remedy: () => 'Give whole steps within the schedule, or a longer schedule.',
  }),
} as const;
