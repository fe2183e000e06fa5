import { paramValues, type Fit } from '../fit/result.ts';
import { evaluateLaw, type Law } from '../laws/law.ts';
import { predictLoss } from '../uncertainty/predict.ts';
import { logSpace } from './axis.ts';
import type { RunRows } from './curveRuns.ts';
import { optimumOrNull } from './plane.ts';

/** How far beyond its last row a run is extrapolated, as a factor of its tokens; to its optimum where that is no further than `most`. */
export const reach = { usual: 3, most: 30 } as const;

/** Samples of a law along a run. */
const samples = 61;

/** An input is constant along a run, or proportional to its tokens, within this share. */
const steady = 0.01;

/** The law along a run. */
export interface RunCurve {
  readonly tokens: Float64Array;
  readonly loss: Float64Array;
  /** Interval of the law, NaN where there is none; all NaN unless asked for. */
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

/**
 * The inputs of a law at some tokens of a run: each is what it is along the run, constant or proportional to the tokens;
 * or the name of one that is neither, so that nobody knows how it goes on.
 */
function inputsAlong(
  fit: Fit,
  law: Law,
  run: RunRows,
  tokens: Float64Array,
): Record<string, Float64Array> | { readonly unknown: string } {
  const own = (name: string): Float64Array => {
    const column = fit.fitted.columns[name] ?? new Float64Array(0);
    return Float64Array.from(run.rows, (row) => column[row]);
  };
  const isSteady = (values: Float64Array): boolean =>
    values.every((value) => Math.abs(value - values[0]) <= steady * Math.abs(values[0]));
  const at = own('tokens');
  const inputs: Record<string, Float64Array> = { tokens };
  for (const { name } of law.inputs) {
    if (name === 'tokens') continue;
    const values = own(name);
    const ratios = values.map((value, i) => value / at[i]);
    const last = values.length - 1;
    if (isSteady(values)) inputs[name] = tokens.map(() => values[last]);
    else if (isSteady(ratios)) inputs[name] = tokens.map((value) => value * ratios[last]);
    else return { unknown: name };
  }
  return inputs;
}

/**
 * The law along a run, from its first row to `end` tokens.
 *
 * @param confidence - of its interval; `null` for none
 * @returns the curve, or the name of the input that nobody knows beyond the rows
 */
export function runCurve(
  fit: Fit,
  law: Law,
  run: RunRows,
  end: number,
  confidence: number | null,
): RunCurve | { readonly unknown: string } {
  const tokens = logSpace(run.tokens[0], end, samples);
  const inputs = inputsAlong(fit, law, run, tokens);
  if ('unknown' in inputs) return inputs as { readonly unknown: string };
  const none = new Float64Array(samples).fill(NaN);
  if (confidence === null)
    return { tokens, loss: evaluateLaw(law, paramValues(fit), inputs), lower: none, upper: none };
  const { loss, lower, upper } = predictLoss(fit, inputs, { confidence });
  return { tokens, loss, lower: lower ?? none, upper: upper ?? none };
}

/** Tokens at which compute would be best spent on a model of this size, where the run has not got there but could. */
export function optimalTokens(fit: Fit, law: Law, { params, tokens }: RunRows): number | null {
  if (params === null) return null;
  const factor = fit.data.conventions.flopsPerParamToken;
  const last = tokens[1];
  // Above zero where the best model for what this one has cost after so many tokens is larger: it has trained too long.
  const excess = (at: number): number => {
    const optimum = optimumOrNull(fit, law, factor * params * at);
    return optimum === null ? NaN : Math.log(optimum.params / params);
  };
  let [low, high] = [last, last * reach.most];
  if (!(excess(low) < 0 && excess(high) > 0)) return null;
  for (let k = 0; k < 40; k++) {
    const middle = Math.sqrt(low * high);
    if (excess(middle) < 0) low = middle;
    else high = middle;
  }
  return Math.sqrt(low * high);
}
