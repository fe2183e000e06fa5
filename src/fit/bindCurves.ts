import { IsoflopError } from '../core/errors.ts';
import { createWarning, type Warning } from '../core/warnings.ts';
import { Annealing } from '../laws/curve/annealing.ts';
import { warmupOf, type Schedule } from '../laws/curve/schedule.ts';
import type { Law } from '../laws/law.ts';
import { recordRates, type RecordedRates } from '../runs/recordedRates.ts';
import type { Runs } from '../runs/runs.ts';

/** Rates that differ by less than this, relative to the peak, are one. */
const sameRate = 1e-6;

/** A law of curves made that of the runs' own schedules, and the runs with the number of theirs in every row. */
export interface BoundCurves {
  readonly law: Law;
  readonly runs: Runs;
  readonly warnings: readonly Warning[];
}

/**
 * Binds a law of curves to the learning rates of runs; another law, or runs whose rows name the schedules of the law already,
 * pass as they are.
 *
 * @param options - `warmup`: steps of the warm-up of every run, over which the rate rises from 0 in a straight line; without
 *   it rates are taken to rise until the first row of a run. `fixed`: parameters that are held
 * @throws {@link IsoflopError} `QUANTITY_MISSING`, `SCHEDULE_INVALID`, `SCHEDULES_CONSTANT`
 */
export function bindCurves(
  law: Law,
  from: Runs,
  { warmup, fixed = {} }: { readonly warmup?: number | undefined; readonly fixed?: Readonly<Record<string, number>> },
): BoundCurves {
  const { curve } = law;
  if (warmup !== undefined && !(Number.isInteger(warmup) && warmup >= 0))
    throw new IsoflopError('OPTION_INVALID', {
      option: '--warmup',
      value: String(warmup),
      expected: 'a whole number of steps',
    });
  if (curve === undefined) {
    if (warmup === undefined) return { law, runs: from, warnings: [] };
    throw new IsoflopError('USAGE', {
      message: `--warmup is for laws of learning-rate schedules, and ${law.id} is none.`,
      remedy: 'Leave it out; --after-warmup leaves out the rows of the warm-up.',
    });
  }
  if (from.recordedRates === undefined && from.quantities.schedule !== undefined)
    return { law, runs: from, warnings: [] };
  for (const quantity of ['step', 'learningRate'])
    if (from.quantities[quantity] === undefined)
      throw new IsoflopError('QUANTITY_MISSING', {
        file: from.sources[0]?.name ?? 'the data',
        quantity,
        columns: [...Object.keys(from.quantities), ...Object.keys(from.categories)],
        hint: `, which ${law.id} needs`,
      });
  const runs = recordRates(from);
  const recorded = runs.recordedRates ?? [];
  const schedules = recorded.map((rates): Schedule => ({
    kind: 'rows',
    name: rates.name,
    step: rates.step,
    learningRate: rates.learningRate,
    warmup: warmup ?? null,
    between: 'smooth',
  }));
  const isHeld = curve.drop.amplitude.name in fixed;
  if (!isHeld && !schedules.some(fallsAfterWarmup))
    throw new IsoflopError('SCHEDULES_CONSTANT', {
      law: law.id,
      curves: schedules.length,
      amplitude: curve.drop.amplitude.name,
    });
  return { law: curve.bind(schedules), runs, warnings: warmup === undefined ? assumedWarmups(recorded) : [] };
}

function fallsAfterWarmup(schedule: Schedule): boolean {
  const { rates } = new Annealing(schedule);
  const peak = rates.reduce((high, rate) => Math.max(high, rate), 0);
  for (let s = Math.max(1, warmupOf(schedule)); s < rates.length; s++)
    if (rates[s - 1] - rates[s] > sameRate * peak) return true;
  return false;
}

/** Runs whose first row comes late enough that what is assumed before it moves the fit. */
function assumedWarmups(recorded: readonly RecordedRates[]): Warning[] {
  const late = recorded.filter(({ step }) => step[0] > 1);
  if (late.length === 0) return [];
  const first = Math.max(...late.map(({ step }) => step[0]));
  return [
    createWarning(
      'WARMUP_ASSUMED',
      `The rows of ${String(late.length)} of ${String(recorded.length)} runs begin at step ${String(Math.min(...late.map(({ step }) => step[0])))} or later: until then their learning rate is taken to rise from 0 in a straight line.`,
      { numbers: { runs: late.length, first } },
    ),
  ];
}
