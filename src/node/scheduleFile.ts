import { existsSync } from 'node:fs';
import { IsoflopError } from '../core/errors.ts';
import { parseSchedule } from '../laws/curve/parseSchedule.ts';
import { scheduleKinds, type Schedule } from '../laws/curve/schedule.ts';
import type { MeasuredCurve } from '../plan/schedule/compareCurve.ts';
import { readRuns } from '../runs/files.ts';
import { curveQuantities } from '../runs/curveQuantities.ts';
import type { Runs } from '../runs/runs.ts';

/** A schedule, and the losses that its run had where these are known. */
export interface CurveOfFile {
  readonly schedule: Schedule;
  readonly measured: MeasuredCurve | null;
}

/** Options of {@link readCurves}. */
export interface ReadCurvesOptions {
  /** Steps of the warm-up before the first row of a file; without it rates are taken to rise until that row. */
  readonly warmup?: number | undefined;
  /** Condition that rows of a file have to fulfil. */
  readonly where?: string | undefined;
}

/**
 * The learning-rate schedules that a text means: one of a family, such as `cosine:steps=24000,peak=3e-4`, or those of the
 * runs of a file with the columns `step` and `lr`, with their losses where there is a column of these.
 *
 * @throws {@link IsoflopError} `SCHEDULE_INVALID`, and as `readRuns`
 * @example
 * ```ts
 * const curves = await readCurves('data/multi-power.csv', { warmup: 2160, where: 'model == "25M"' });
 * curves.length; // 9
 * ```
 */
export async function readCurves(text: string, options: ReadCurvesOptions = {}): Promise<readonly CurveOfFile[]> {
  const [family] = text.split(':');
  const isNamed = scheduleKinds.some((kind) => kind === family) || text.includes('=');
  if (isNamed && !existsSync(text)) return [{ schedule: parseSchedule(text), measured: null }];
  const { warmup = null, where } = options;
  const runs = await readRuns(text, { needs: curveQuantities, ...(where === undefined ? {} : { where }) });
  const { recordedRates = [] } = runs;
  if (recordedRates.length === 0)
    throw new IsoflopError('SCHEDULE_INVALID', { schedule: text, reason: 'no row has a step and a learning rate' });
  return recordedRates.map(({ name, step, learningRate }, k): CurveOfFile => {
    const label = recordedRates.length === 1 && runs.categories.run === undefined ? text : name;
    return {
      schedule: { kind: 'rows', name: label, step, learningRate, warmup, between: 'smooth' },
      measured: measuredOf(runs, k),
    };
  });
}

function measuredOf({ quantities }: Runs, run: number): MeasuredCurve | null {
  const { schedule, step, loss } = quantities;
  if (schedule === undefined || step === undefined || loss === undefined) return null;
  const rows = Array.from(schedule.keys()).filter((i) => schedule[i] === run && !Number.isNaN(loss[i]));
  rows.sort((a, b) => step[a] - step[b]);
  return rows.length === 0 ? null : { step: rows.map((i) => step[i]), loss: rows.map((i) => loss[i]) };
}
