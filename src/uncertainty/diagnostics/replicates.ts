import { fisherSurvival } from '../../core/special.ts';
import { createWarning, type Warning } from '../../core/warnings.ts';
import { groupCodes } from '../../runs/groupCodes.ts';
import type { Evidence } from './evidence.ts';

/** Probability that the right law with normal noise raises each of the two warnings. */
const falseAlarms = 0.0025;
/** Variances closer than this factor are no reason to act, however many runs make their difference certain. */
const matters = 2;
/** Residuals beyond this many robust deviations count as if they were there: one diverged run says nothing of the others. */
const farthest = 4;
/** Rows that are enough to compare. */
const enough = 20_000;

/**
 * Holds the spread of runs with equal inputs (seeds) against the residuals of the fit: the F test of lack of fit. Where
 * seeds agree far better than the law does, the law has the wrong form; where they agree far worse than the law and the means
 * of the others, equal inputs do not mean equal runs. Copies of a run are one run, and of a run with checkpoints its last one
 * speaks.
 *
 * @see Fisher (1922), "The goodness of fit of regression formulae"; Draper and Smith, Applied Regression Analysis, section 2.1
 */
export function replicates(evidence: Evidence): readonly Warning[] {
  const rows = independentRows(evidence);
  const codes = groupCodes(evidence.fit.rows.data.inputs.map((input) => rows.map((row) => input[row])));
  const limit = farthest * evidence.residualDeviation;
  const groups = new Map<number, number[]>();
  for (const [i, row] of rows.entries()) {
    const values = groups.get(codes[i]) ?? [];
    groups.set(codes[i], values);
    const value = Math.min(limit, Math.max(-limit, evidence.residuals[row]));
    if (!values.includes(value)) values.push(value);
  }
  // Skewed noise shifts all means alike, which is no matter of form.
  const all = [...groups.values()].flat();
  const shift = all.reduce((sum, value) => sum + value, 0) / all.length;
  let [pure, pureFreedom, lack] = [0, 0, 0];
  for (const values of groups.values()) {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    lack += values.length * (mean - shift) ** 2;
    pureFreedom += values.length - 1;
    for (const value of values) pure += (value - mean) ** 2;
  }
  const lackFreedom = groups.size - evidence.fit.coordinates.size;
  if (pureFreedom === 0 || lackFreedom <= 0 || !(pure > 0) || !(lack > 0)) return [];
  const ratio = lack / lackFreedom / (pure / pureFreedom);
  const seeds = Math.sqrt(pure / pureFreedom);
  const others = Math.sqrt(lack / lackFreedom);
  const show = (deviation: number): string =>
    evidence.residualScale === 'log' ? `${(100 * deviation).toPrecision(2)}%` : deviation.toPrecision(2);
  const compared = `Runs with equal inputs differ by ${show(seeds)} (${String(pureFreedom)} degrees of freedom), the fit misses their means by ${show(others)}`;
  const numbers = { seeds, misfit: others, ratio };
  const upper = fisherSurvival(ratio, lackFreedom, pureFreedom);
  if (upper < falseAlarms && ratio > matters)
    return [
      createWarning(
        'LACK_OF_FIT',
        `${compared}, more than chance allows (F = ${ratio.toPrecision(3)}, p = ${upper.toExponential(1)}): the law does not have the form of these data.`,
        { numbers: { ...numbers, probability: upper } },
      ),
    ];
  const lower = fisherSurvival(1 / ratio, pureFreedom, lackFreedom);
  if (lower < falseAlarms && 1 / ratio > matters)
    return [
      createWarning(
        'REPLICATES_DIFFER',
        `${compared}, far less (F = ${ratio.toPrecision(2)}, p = ${lower.toExponential(1)}): some runs that count as equal are not.`,
        { numbers: { ...numbers, probability: lower } },
      ),
    ];
  return [];
}

/** Rows that are runs of their own, or the last checkpoint of each run; of very many, those with some of the inputs. */
function independentRows(evidence: Evidence): readonly number[] {
  const progress = evidence.column('tokens') ?? evidence.column('step');
  const { codes, count, hasCheckpoints } = evidence.runs;
  const rows: number[] = [];
  if (hasCheckpoints && progress !== undefined) {
    const last = new Int32Array(count).fill(-1);
    for (let i = 0; i < evidence.rows; i++)
      if (last[codes[i]] < 0 || progress[i] > progress[last[codes[i]]]) last[codes[i]] = i;
    for (const row of last) if (row >= 0) rows.push(row);
  } else {
    const { inputs } = evidence.fit.rows.data;
    const share = enough / evidence.rows;
    for (let i = 0; i < evidence.rows; i++) if (share >= 1 || scattered(inputs, i) < share) rows.push(i);
  }
  return rows;
}

/** A number from 0 to 1 that is the same for equal inputs and as good as random for others. */
function scattered(inputs: readonly Float64Array[], row: number): number {
  let mixed = 0;
  for (const [k, input] of inputs.entries()) mixed += input[row] * (k + 1) * 1234.567;
  const wave = Math.sin(mixed) * 43758.5453;
  return wave - Math.floor(wave);
}
