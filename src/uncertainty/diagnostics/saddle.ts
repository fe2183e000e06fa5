import { invertSymmetric } from '../../core/linalg.ts';
import { fisherSurvival } from '../../core/special.ts';
import { createWarning, type Warning } from '../../core/warnings.ts';
import type { Evidence } from './evidence.ts';

/** Probability that residuals without a saddle raise the warning. */
const falseAlarms = 0.005;
/** Share of the variance of the residuals that the saddle has to explain: with very many rows anything is significant. */
const matters = 0.02;
/** Fewer groups give no estimate of an error. */
const fewestGroups = 6;
/** Runs (or rows that stand alone) are jackknifed in at most this many blocks. */
const mostBlocks = 100;
/** What to do where the law is not the plain sum, for which the coupled form is made. */
const otherRemedy =
  'Compare with laws in which params and tokens act together, such as skaling and farseer, with --laws.';
/** Residuals beyond this many robust deviations count as if they were there, so that single outliers make no saddle. */
const farthest = 2.5;

/**
 * A saddle in the residuals: one sign where params and tokens are both small or both large, the other where one is large and
 * the other small. It is the interaction of ln N and ln D that a sum of terms cannot have. Its coefficient comes from a
 * regression of the residuals on the interaction and on everything that the law's own parameters could have taken up; its
 * error from a jackknife by run, which stays honest when checkpoints of a run share its luck.
 *
 * @see Efron and Stein (1981), "The jackknife estimate of variance"; Bell and McCaffrey (2002) for its use with clusters
 */
export function saddle(evidence: Evidence): readonly Warning[] {
  const [params, tokens] = [evidence.column('params'), evidence.column('tokens')];
  const names = evidence.fit.law.inputs.map(({ name }) => name);
  if (params === undefined || tokens === undefined || !names.includes('params') || !names.includes('tokens')) return [];
  const interaction = standardLog(params);
  const other = standardLog(tokens);
  if (interaction === undefined || other === undefined) return [];
  for (let i = 0; i < other.length; i++) interaction[i] *= other[i];
  const found = interactionOf(evidence, interaction);
  if (found === undefined) return [];
  const { coefficient, error, freedom, share } = found;
  const t = coefficient / error;
  const probability = fisherSurvival(t * t, 1, freedom);
  if (!(probability < falseAlarms) || share < matters) return [];
  const size =
    evidence.residualScale === 'log'
      ? `${(100 * Math.abs(coefficient)).toPrecision(2)}%`
      : Math.abs(coefficient).toPrecision(2);
  const [alike, apart] = coefficient > 0 ? ['above', 'below'] : ['below', 'above'];
  return [
    createWarning(
      'SADDLE_RESIDUALS',
      `Where params and tokens are both small or both large, observations lie ${size} ${alike} the fit, and as much ${apart} it where one is large and the other small (t = ${t.toFixed(1)}, p = ${probability.toExponential(1)}; it explains ${(100 * share).toFixed(0)}% of the variance of the residuals).`,
      {
        numbers: { interaction: coefficient, error, t, probability, share },
        ...(evidence.fit.law.id === 'chinchilla' ? {} : { remedy: otherRemedy }),
      },
    ),
  ];
}

/** Logarithms with mean 0 and standard deviation 1. */
function standardLog(values: Float64Array): Float64Array | undefined {
  const logs = values.map(Math.log);
  const mean = logs.reduce((sum, x) => sum + x, 0) / logs.length;
  const deviation = Math.sqrt(logs.reduce((sum, x) => sum + (x - mean) ** 2, 0) / logs.length);
  return Number.isFinite(deviation) && deviation > 0 ? logs.map((x) => (x - mean) / deviation) : undefined;
}

interface Interaction {
  readonly coefficient: number;
  readonly error: number;
  readonly freedom: number;
  /** Part of the variance that the law leaves which the interaction explains. */
  readonly share: number;
}

/** Regression of the residuals on the interaction next to the law's own directions. */
function interactionOf(evidence: Evidence, interaction: Float64Array): Interaction | undefined {
  const { rows, fit, jacobian, residuals } = evidence;
  const size = fit.coordinates.size;
  const k = size + 1;
  const limit = farthest * evidence.residualDeviation;
  const grouped = evidence.runs.hasCheckpoints;
  const groups = Math.min(grouped ? evidence.runs.count : rows, mostBlocks);
  if (rows - k < fewestGroups || groups < fewestGroups || !(limit > 0)) return undefined;
  const products = new Float64Array(groups * k * k);
  const targets = new Float64Array(groups * k);
  const row = new Float64Array(k);
  const occupied = new Uint8Array(groups);
  let squares = 0;
  for (let i = 0; i < rows; i++) {
    const g = (grouped ? evidence.runs.codes[i] : i) % groups;
    occupied[g] = 1;
    const u = Math.min(limit, Math.max(-limit, residuals[i]));
    squares += u * u;
    for (let a = 0; a < size; a++) row[a] = jacobian[i * size + a];
    row[size] = interaction[i];
    for (let a = 0; a < k; a++) {
      targets[g * k + a] += row[a] * u;
      for (let b = 0; b < k; b++) products[(g * k + a) * k + b] += row[a] * row[b];
    }
  }
  const sum = (parts: Float64Array, length: number): Float64Array =>
    Float64Array.from({ length }, (_, j) => {
      let total = 0;
      for (let g = 0; g < groups; g++) total += parts[g * length + j];
      return total;
    });
  const product = sum(products, k * k);
  const target = sum(targets, k);
  const solve = (without: number | undefined): Float64Array | undefined => {
    const left = (total: Float64Array, parts: Float64Array, length: number): Float64Array =>
      without === undefined ? total : total.map((value, j) => value - parts[without * length + j]);
    const inverse = invertSymmetric(left(product, products, k * k), k);
    const right = left(target, targets, k);
    return inverse && Float64Array.from({ length: k }, (_, a) => dot(inverse.subarray(a * k, (a + 1) * k), right));
  };
  const all = solve(undefined);
  if (all === undefined) return undefined;
  const inverse = invertSymmetric(product, k);
  let spread = 0;
  let count = 0;
  for (let g = 0; g < groups; g++) {
    if (occupied[g] === 0) continue;
    const one = solve(g);
    // Without this group the interaction is not determined: it is the group's own.
    if (one === undefined) return undefined;
    spread += (one[size] - all[size]) ** 2;
    count++;
  }
  if (count < fewestGroups || inverse === undefined) return undefined;
  // The rest of the squares after the law's own directions and after the interaction too.
  const rest = squares - dot(all, target);
  const explained = all[size] ** 2 / inverse[k * k - 1];
  return {
    coefficient: all[size],
    error: Math.sqrt(((count - 1) / count) * spread),
    freedom: count - 1,
    share: explained / (explained + rest),
  };
}

const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, value, i) => sum + value * b[i], 0);
