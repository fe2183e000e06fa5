import { IsoflopError } from '../core/errors.ts';
import type { Warning } from '../core/warnings.ts';
import type { Law } from '../laws/law.ts';
import { curveQuantities } from '../runs/curveQuantities.ts';
import { recordRates } from '../runs/recordedRates.ts';
import type { Runs } from '../runs/runs.ts';
import type { FitOptions } from './options.ts';
import { requireColumn } from './rows.ts';

/** A law of curves made that of the runs' own schedules, and the runs with the number of theirs in every row. */
export interface BoundCurves {
  readonly law: Law;
  readonly runs: Runs;
  readonly warnings: readonly Warning[];
}

/**
 * Binds a law of curves to the learning rates of runs. Another law, or runs whose rows name the schedules of the law
 * already, pass as they are.
 *
 * @throws {@link IsoflopError} `QUANTITY_MISSING`, `SCHEDULE_INVALID`, `SCHEDULES_CONSTANT`, `OPTION_INVALID`, `USAGE`
 */
export function bindCurves(law: Law, given: Runs, options: Pick<FitOptions, 'warmup' | 'fixed'>): BoundCurves {
  const { warmup, fixed = {} } = options;
  const { curve } = law;
  if (warmup !== undefined) checkWarmup(law, warmup);
  if (curve === undefined || (given.recordedRates === undefined && given.quantities.schedule !== undefined))
    return { law, runs: given, warnings: [] };
  for (const name of curveQuantities) requireColumn(law, given, name);
  const runs = recordRates(given);
  return { ...curve.bindRuns(runs.recordedRates ?? [], warmup, fixed), runs };
}

function checkWarmup(law: Law, warmup: number): void {
  if (law.curve === undefined)
    throw new IsoflopError('USAGE', {
      message: `--warmup is for laws of learning-rate schedules, not for ${law.id}.`,
      remedy: 'Leave it out; --after-warmup leaves out rows.',
    });
  if (!(Number.isInteger(warmup) && warmup >= 0))
    throw new IsoflopError('OPTION_INVALID', {
      option: '--warmup',
      value: String(warmup),
      expected: 'a whole number of steps',
    });
}
