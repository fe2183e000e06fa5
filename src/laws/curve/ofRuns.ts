import { IsoflopError } from '../../core/errors.ts';
import { createWarning, type Warning } from '../../core/warnings.ts';
import { warmupOf, type Schedule } from './schedule.ts';
import { scheduleRates } from './scheduleRates.ts';

/** Rates that differ by less than this, relative to the peak, are one. */
const sameRate = 1e-6;

/** The learning rates that the rows of a run tell, as `recordRates` notes them. */
export interface RatesOfRun {
  readonly name: string;
  readonly step: readonly number[];
  readonly learningRate: readonly number[];
}

/** How recorded rates become schedules. */
export interface OfRunsOptions {
  /** Steps of the warm-up of every run. */
  readonly warmup: number | undefined;
  /** Id of the law, and its amplitude, for messages. */
  readonly law: string;
  readonly amplitude: string;
  /** Whether the amplitude is held at a value, so that nothing has to tell about annealing. */
  readonly isHeld: boolean;
}

/**
 * The schedules of runs from their recorded rates, and what had to be assumed for them.
 *
 * @throws {@link IsoflopError} `SCHEDULES_CONSTANT`
 */
export function schedulesOfRuns(
  recorded: readonly RatesOfRun[],
  { warmup, law, amplitude, isHeld }: OfRunsOptions,
): { readonly schedules: readonly Schedule[]; readonly warnings: readonly Warning[] } {
  const schedules = recorded.map(({ name, step, learningRate }): Schedule => ({
    ...{ kind: 'rows', name, step, learningRate },
    warmup: warmup ?? null,
    between: 'smooth',
  }));
  if (!isHeld && !schedules.some(fallsAfterWarmup))
    throw new IsoflopError('SCHEDULES_CONSTANT', { law, curves: schedules.length, amplitude });
  return { schedules, warnings: warmup === undefined ? assumedWarmups(recorded) : [] };
}

function fallsAfterWarmup(schedule: Schedule): boolean {
  const rates = scheduleRates(schedule);
  const peak = rates.reduce((high, rate) => Math.max(high, rate), 0);
  for (let s = Math.max(1, warmupOf(schedule)); s < rates.length; s++)
    if (rates[s - 1] - rates[s] > sameRate * peak) return true;
  return false;
}

/** Runs whose first row comes late enough that what is assumed before it moves the fit. */
function assumedWarmups(recorded: readonly RatesOfRun[]): Warning[] {
  const late = recorded.flatMap(({ step }) => (step[0] > 1 ? [step[0]] : []));
  if (late.length === 0) return [];
  const [first, last] = [Math.min(...late), Math.max(...late)];
  return [
    createWarning(
      'WARMUP_ASSUMED',
      `The rows of ${String(late.length)} of ${String(recorded.length)} runs begin at step ${String(first)}${last > first ? ` or later, up to ${String(last)}` : ''}: until then their learning rate is taken to rise from 0 in a straight line.`,
      { numbers: { runs: late.length, first, last } },
    ),
  ];
}
