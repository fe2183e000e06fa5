import { join } from 'node:path';
import { readRuns } from '../../src/runs/files.ts';
import { curveQuantities } from '../../src/runs/curveQuantities.ts';
import { createRuns, type Runs } from '../../src/runs/index.ts';
import { exampleSchedules } from '../../src/laws/curve/defineCurve.ts';
import { evaluateCurve } from '../../src/laws/curve/evaluateCurve.ts';
import type { Schedule } from '../../src/laws/curve/schedule.ts';
import { scheduleRates } from '../../src/laws/curve/scheduleRates.ts';
import type { Law } from '../../src/laws/law.ts';
import { lawCases } from './lawCases.ts';

const root = join(import.meta.dirname, '../..');

/** Curves of one model of data/multi-power.csv, all or some of them. */
export const multiPowerRuns = (model: '25M' | '100M', schedules?: readonly string[]): Promise<Runs> => {
  const some = schedules?.map((name) => `schedule == "${name}"`).join(' or ');
  const where = `model == "${model}"${some === undefined ? '' : ` and (${some})`}`;
  return readRuns(join(root, 'data/multi-power.csv'), { where, needs: [...curveQuantities, 'loss'] });
};

/** The curves that the authors fit to. */
export const trainCurves = ['cosine_24000', 'constant_24000', 'wsdcon_9'];

/** Runs of the schedules that a law of curves is listed with, as a CSV. */
export function exampleCurves(law: Law, rows: { readonly every: number; readonly from: number }): string {
  const runs = curveRuns(law, lawCases[law.id].params, exampleSchedules, rows);
  const { step, learningRate, loss } = runs.quantities as Record<string, Float64Array>;
  const { codes, labels } = runs.categories.run ?? { codes: new Int32Array(), labels: [] };
  const wobble = (i: number): number => 1 + 0.001 * Math.sin(97 * i);
  const lines = Array.from(step, (s, i) => [labels[codes[i]], s, learningRate[i], loss[i] * wobble(i)].join(','));
  return `run,step,learningRate,loss\n${lines.join('\n')}\n`;
}

/** Runs that follow a law along schedules, a row every so many steps after the warm-up. */
export function curveRuns(
  law: Law,
  params: Readonly<Record<string, number>>,
  schedules: readonly Schedule[],
  { every = 50, from = 100, noise = (): number => 0 }: { every?: number; from?: number; noise?: () => number } = {},
): Runs {
  const rows = schedules.flatMap((schedule) => {
    const rates = scheduleRates(schedule);
    const steps = Array.from(rates.keys()).filter((s) => s >= from && (s - from) % every === 0);
    const loss = evaluateCurve(law, params, schedule, steps);
    return steps.map((step, i) => ({
      run: schedule.name,
      step,
      learningRate: rates[step],
      loss: loss[i] * Math.exp(noise()),
    }));
  });
  return createRuns({
    run: rows.map(({ run }) => run),
    step: rows.map(({ step }) => step),
    learningRate: rows.map(({ learningRate }) => learningRate),
    loss: rows.map(({ loss }) => loss),
  });
}
