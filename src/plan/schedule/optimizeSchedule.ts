import { IsoflopError } from '../../core/errors.ts';
import { createWarning, type Warning } from '../../core/warnings.ts';
import type { Fit } from '../../fit/result.ts';
import { curveLawOf } from '../../laws/curve/evaluateCurve.ts';
import { scheduleFault, type Schedule, type ScheduleShape } from '../../laws/curve/schedule.ts';
import { scheduleRates } from '../../laws/curve/scheduleRates.ts';
import { lawOf } from '../../laws/index.ts';
import { checkConfidence, coordinatesOf } from '../../uncertainty/predict.ts';
import { compareFinals, type FinalLoss, type RivalSchedule } from './compareFinals.ts';
import { optimalRates } from './optimalRates.ts';
import { scheduleWarnings, traitsOf } from './scheduleRange.ts';

/** Shares of the steps after the warm-up over which schedules to compare with fall. */
const decays = [0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5];
/** A fall in one step by more than this share of the peak is a jump. */
const jump = 0.05;

/** What schedule is looked for. */
export interface ScheduleRequest {
  /** The last step. */
  readonly steps: number;
  /** Peak learning rate; that of the fitted curves unless given. */
  readonly peak?: number | undefined;
  /** Least learning rate; the lowest of the fitted curves unless given. */
  readonly minRate?: number | undefined;
  /** Steps of the warm-up; the longest of the fitted curves unless given. */
  readonly warmup?: number | undefined;
  /** Probability of the intervals; default that of the fit. */
  readonly confidence?: number | undefined;
}

/** The best schedule found. */
export interface OptimalSchedule extends FinalLoss {
  /** A rate for every step. */
  readonly schedule: Schedule;
  readonly steps: number;
  readonly warmup: number;
  readonly peak: number;
  readonly minRate: number;
  /** First step at which the rate is below 99% of the peak. */
  readonly decayFrom: number;
  /** The schedules of families, the best of each. */
  readonly rivals: readonly RivalSchedule[];
  /** Starts of the search, and how many of them led to the least loss, to 1e-6. */
  readonly starts: { readonly tried: number; readonly reached: number };
  readonly confidence: number;
  readonly warnings: readonly Warning[];
}

/**
 * Searches for the learning rates that never rise after the warm-up and end with the least predicted loss, and compares them
 * with the best cosine, linear and WSD schedules of the same steps, peak and least rate.
 *
 * The search counts a fall of the rate as gradual ({@link Stairs}); the losses it reports are those of the law itself.
 *
 * @throws {@link IsoflopError} `USAGE` for a law that takes no schedule, `OPTION_INVALID`
 * @see arXiv 2503.12811, section 5 (Luo et al. 2025)
 * @example
 * ```ts
 * const best = optimizeSchedule(curveFit, { steps: 2400, peak: 3e-4, minRate: 3e-5 });
 * best.rivals[0].schedule.kind; // 'cosine'
 * ```
 */
export function optimizeSchedule(fit: Fit, request: ScheduleRequest): OptimalSchedule {
  const law = lawOf(fit);
  const { drop } = curveLawOf(law, 'no schedule is best for it');
  const confidence = checkConfidence(request.confidence ?? fit.confidence);
  const { steps, peak, minRate, warmup } = resolve(fit, request);
  const shape = (kind: ScheduleShape['kind'], share = 0): ScheduleShape => {
    const decay = Math.round(share * (steps - warmup));
    const name = `${kind}${decay > 0 ? `, last ${String(decay)} steps` : ''}`;
    return { kind, name, steps, warmup, peak, end: kind === 'constant' ? peak : minRate, decay };
  };
  const after = (schedule: Schedule): Float64Array => scheduleRates(schedule).slice(warmup);
  const starts = [shape('constant'), shape('cosine'), shape('wsdld', 0.2)].map(after);
  const found = optimalRates({ at: { drop, theta: coordinatesOf(fit) }, steps, warmup, peak, low: minRate }, starts);
  const schedule: Schedule = {
    kind: 'rows',
    name: 'optimized',
    // The end of the warm-up is at the peak, whatever comes after it.
    step: [...(warmup > 0 ? [warmup - 1] : []), ...Array.from(found.rates, (_, i) => warmup + i)],
    learningRate: [...(warmup > 0 ? [warmup > 1 ? peak : 0] : []), ...found.rates],
    warmup,
    between: 'linear',
  };
  const families = (['cosine', 'linear', 'wsd', 'wsdld'] as const)
    .filter((kind) => minRate > 0 || kind !== 'wsd')
    .map((kind) =>
      kind === 'cosine' || kind === 'linear' ? [shape(kind)] : decays.map((share) => shape(kind, share)),
    );
  const compared = compareFinals(fit, schedule, families, confidence);
  const reached = found.ends.filter((end) => end <= Math.min(...found.ends) + 1e-6).length;
  return {
    ...compared.best,
    schedule,
    ...{ steps, warmup, peak, minRate },
    decayFrom:
      warmup +
      Math.max(
        0,
        found.rates.findIndex((rate) => rate < 0.99 * peak),
      ),
    rivals: compared.rivals,
    starts: { tried: starts.length, reached },
    confidence,
    warnings: [...scheduleWarnings(fit.schedules ?? [], schedule), ...jumpWarnings(found.rates, peak, warmup)],
  };
}

function resolve(
  fit: Fit,
  { steps, peak, minRate, warmup }: ScheduleRequest,
): Required<Omit<ScheduleRequest, 'confidence'>> & {
  readonly steps: number;
  readonly peak: number;
  readonly minRate: number;
  readonly warmup: number;
} {
  const known = (fit.schedules ?? []).map(traitsOf);
  const missing = (option: string): never => {
    throw new IsoflopError('OPTION_INVALID', {
      option,
      value: 'nothing',
      expected: 'a learning rate, since the fit holds no curves from which to take it',
    });
  };
  const found = {
    steps,
    peak: peak ?? (known.length === 0 ? missing('--peak') : Math.max(...known.map((one) => one.peak))),
    minRate: minRate ?? (known.length === 0 ? missing('--min-lr') : Math.min(...known.map((one) => one.least))),
    warmup: warmup ?? Math.max(0, ...(fit.schedules ?? []).map(warmupSteps)),
  };
  const fault = scheduleFault({ kind: 'linear', name: '', ...found, end: found.minRate, decay: 0 });
  if (fault !== undefined)
    throw new IsoflopError('SCHEDULE_INVALID', {
      schedule: `${String(steps)} steps from ${String(found.peak)} to ${String(found.minRate)}`,
      reason: fault,
    });
  return found;
}

const warmupSteps = (schedule: Schedule): number =>
  schedule.kind === 'rows' ? (schedule.warmup ?? 0) : schedule.warmup;

function jumpWarnings(rates: Float64Array, peak: number, warmup: number): Warning[] {
  let [largest, at] = [0, 0];
  for (let i = 1; i < rates.length; i++)
    if (rates[i - 1] - rates[i] > largest) [largest, at] = [rates[i - 1] - rates[i], i];
  if (largest <= jump * peak) return [];
  return [
    createWarning(
      'SCHEDULE_JUMPS',
      `The learning rate falls by ${(100 * (largest / peak)).toFixed(0)}% of its peak at step ${String(warmup + at)}: this law takes no notice of how gradually it falls.`,
      { numbers: { step: warmup + at, fall: largest } },
    ),
  ];
}
