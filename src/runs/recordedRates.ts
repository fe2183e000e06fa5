import { IsoflopError } from '../core/errors.ts';
import { runCodes } from './runCodes.ts';
import type { RecordedRates, Runs } from './runs.ts';

/**
 * Notes the learning rates of every run as its rows tell them, before any of these are left out, and in the quantity
 * `schedule` which run's each row has. Rows without a step or a rate belong to none.
 *
 * @throws {@link IsoflopError} `SCHEDULE_INVALID` for steps that are no whole numbers, negative rates, or a step with two rates
 * @example
 * ```ts
 * const runs = recordRates(createRuns({ step: [1, 2], learningRate: [1e-3, 1e-4], loss: [4, 3], run: ['a', 'a'] }));
 * runs.recordedRates; // [{ name: 'a', step: [1, 2], learningRate: [0.001, 0.0001] }]
 * ```
 */
export function recordRates(runs: Runs): Runs {
  const { step, learningRate } = runs.quantities;
  if (step === undefined || learningRate === undefined || runs.recordedRates !== undefined) return runs;
  const { codes, count } = runCodes(runs);
  const rowsOf = Array.from({ length: count }, (): number[] => []);
  codes.forEach((code, i) => {
    if (!Number.isNaN(step[i]) && !Number.isNaN(learningRate[i])) rowsOf[code].push(i);
  });
  const schedule = new Float64Array(runs.rows).fill(NaN);
  const recordedRates: RecordedRates[] = [];
  for (const rows of rowsOf) {
    if (rows.length === 0) continue;
    for (const i of rows) schedule[i] = recordedRates.length;
    recordedRates.push(ratesOf(runs, rows, step, learningRate, recordedRates.length));
  }
  return { ...runs, quantities: { ...runs.quantities, schedule }, recordedRates };
}

function ratesOf(
  runs: Runs,
  rows: number[],
  step: Float64Array,
  learningRate: Float64Array,
  index: number,
): RecordedRates {
  rows.sort((a, b) => step[a] - step[b]);
  const refuse = (i: number, reason: string): never => {
    throw new IsoflopError('SCHEDULE_INVALID', {
      schedule: `${runs.sources[runs.files[i]]?.name ?? 'the data'}, line ${String(runs.lines[i])}`,
      reason,
    });
  };
  const [steps, rates]: [number[], number[]] = [[], []];
  for (const i of rows) {
    const [s, rate] = [step[i], learningRate[i]];
    if (!Number.isInteger(s) || s < 0) refuse(i, `step ${String(s)} is not a whole number from 0 on`);
    if (!(rate >= 0 && rate < Infinity)) refuse(i, `the learning rate ${String(rate)} is not a number from 0 on`);
    if (s !== steps.at(-1)) {
      steps.push(s);
      rates.push(rate);
    } else if (rate !== rates.at(-1))
      refuse(i, `step ${String(s)} has the learning rates ${String(rates.at(-1))} and ${String(rate)}`);
  }
  const { run } = runs.categories;
  const label = run === undefined || run.codes[rows[0]] < 0 ? undefined : run.labels[run.codes[rows[0]]];
  const file = runs.sources.length > 1 ? runs.sources[runs.files[rows[0]]].name : undefined;
  return { name: label ?? file ?? `run ${String(index + 1)}`, step: steps, learningRate: rates };
}
