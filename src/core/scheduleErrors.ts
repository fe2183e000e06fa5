import { kind, quote } from './errorKind.ts';

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
} as const;
