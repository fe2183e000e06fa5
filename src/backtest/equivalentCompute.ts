import { quantileSorted } from '../core/quantile.ts';
import { allocationExponents, takesParamsAndTokens } from '../laws/allocation.ts';
import { toParams, transformInputs, type Law } from '../laws/law.ts';
import { findOptimum } from '../plan/optimum.ts';

/** The search for the compute goes this far to both sides, in ln C: a factor of a trillion. */
const reach = Math.log(1e12);
/** Halvings of the range; 60 leave 1e-16 of it. */
const halvings = 60;
/** Step in ln C over which the slope of the optimum is taken where a law has no closed form for it. */
const slopeStep = 0.1;

/**
 * How far off predictions are, in compute: ln of the factor s by which the compute of each run would have to be multiplied
 * for the law to predict the loss that was observed. Above zero, the run did as well as the law expects of more compute
 * (the prediction was too pessimistic).
 *
 * The run is moved along the law's own path: model size by s^a and tokens by s^b, where N* ~ C^a and D* ~ C^b are the law's
 * optimal growth (a + b = 1); a law of compute alone moves along C. For E + A / N^alpha + B / D^beta both terms then
 * shrink by s^-gamma, gamma = alpha beta / (alpha + beta), and ln s = ln((predicted - E) / (observed - E)) / gamma, which
 * to first order is the error of the loss divided by gamma (L - E).
 *
 * @param theta - the law's coordinates, length params
 * @param inputs - one array for each input of the law, by name, in natural units, each of length runs
 * @param observed - losses, length runs
 * @returns length runs, infinite where the law never predicts that loss within a factor of 1e12 of compute; `null` for a
 *   law that is not one of compute or of params and tokens, that has no optimum, or that predicts no loss
 * @example
 * ```ts
 * const theta = toCoordinates(chinchilla, { E: 1.8, A: 480, B: 2100, alpha: 0.35, beta: 0.37 });
 * const inputs = { params: [1e9], tokens: [2e10] };
 * const [predicted] = evaluateLaw(chinchilla, { E: 1.8, A: 480, B: 2100, alpha: 0.35, beta: 0.37 }, inputs);
 * equivalentCompute(chinchilla, theta, inputs, [predicted * 1.01])?.[0]; // -0.2026
 * ```
 */
export function equivalentCompute(
  law: Law,
  theta: Float64Array,
  inputs: Readonly<Record<string, ArrayLike<number>>>,
  observed: ArrayLike<number>,
): Float64Array | null {
  if (law.response.name !== 'loss' || law.inputs.some(({ transform }) => transform === 'identity')) return null;
  const columns = transformInputs(law, inputs);
  const rows = observed.length;
  const shares = growth(law, theta, columns, rows);
  if (shares === null) return null;
  const target = Float64Array.from(observed, Math.log);
  const moved = columns.map((column) => new Float64Array(column.length));
  const loss = new Float64Array(rows);
  /** Whether the law's loss at `shift` is still above what was observed. */
  const isAbove = (shift: Float64Array): boolean[] => {
    for (const [k, column] of moved.entries())
      for (let i = 0; i < rows; i++) column[i] = columns[k][i] + shares[k][i] * shift[i];
    law.evaluate(theta, moved, rows, loss, undefined);
    return Array.from(loss, (value, i) => (law.scale === 'log' ? value : Math.log(value)) > target[i]);
  };
  const low = new Float64Array(rows).fill(-reach);
  const high = new Float64Array(rows).fill(reach);
  const neverDown = isAbove(high);
  const alwaysDown = isAbove(low).map((above) => !above);
  for (let step = 0; step < halvings; step++) {
    const middle = low.map((value, i) => (value + high[i]) / 2);
    for (const [i, above] of isAbove(middle).entries()) (above ? low : high)[i] = middle[i];
  }
  return low.map((value, i) => (neverDown[i] ? Infinity : alwaysDown[i] ? -Infinity : (value + high[i]) / 2));
}

/**
 * One number for many runs: the factor of compute by which the prediction of the middle run errs, 1 for a perfect one,
 * whichever the direction.
 *
 * @param logFactors - what {@link equivalentCompute} gives
 * @returns the exponential of the median size, `null` where that is infinite
 */
export function computeFactor(logFactors: Float64Array | null): number | null {
  if (logFactors === null || logFactors.length === 0) return null;
  const factor = Math.exp(quantileSorted(Float64Array.from(logFactors, Math.abs).sort(), 0.5));
  return Number.isFinite(factor) ? factor : null;
}

/** How fast the logarithm of each input grows with ln C along the law's path, for each row; `null` without a path. */
function growth(law: Law, theta: Float64Array, columns: readonly Float64Array[], rows: number): Float64Array[] | null {
  if (law.inputs.length === 1 && law.inputs[0].name === 'flops') return [new Float64Array(rows).fill(1)];
  if (!takesParamsAndTokens(law)) return null;
  const order = law.inputs.map(({ name }) => name);
  const exponents = law.allocation === undefined ? undefined : allocationExponents(law, toParams(law, theta));
  if (exponents === null) return null;
  const ofParams = (i: number): number => {
    if (exponents !== undefined) return exponents.paramsExponent;
    const budget = columns[0][i] + columns[1][i];
    const [down, up] = [-slopeStep, slopeStep].map((step) => findOptimum(law, theta, budget + step));
    return 'fault' in down || 'fault' in up ? NaN : (up[0] - down[0]) / (2 * slopeStep);
  };
  const params = Float64Array.from({ length: rows }, (_, i) => ofParams(i));
  if (params.some(Number.isNaN)) return null;
  const shares: Readonly<Record<string, Float64Array | undefined>> = { params, tokens: params.map((a) => 1 - a) };
  return order.map((name) => shares[name] ?? new Float64Array(rows));
}
