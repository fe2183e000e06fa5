import { evaluateLaw, type Law } from '../../laws/law.ts';
import { paramValues, type Fit } from '../../fit/result.ts';
import { takesParamsAndTokens } from '../../laws/allocation.ts';

/** The points that the three approaches work on; each array of length n. */
export interface ApproachColumns {
  readonly params: ArrayLike<number>;
  readonly tokens: ArrayLike<number>;
  /** Compute, FLOP. */
  readonly flops: ArrayLike<number>;
  /** Loss, nats per token. */
  readonly loss: ArrayLike<number>;
  /** Name of the run of each point, or `null` where runs have no names. */
  readonly names: readonly string[] | null;
}

/** ln L of a fitted law at ln N and ln D. */
export type Surface = (logParams: number, logTokens: number) => number;

/**
 * The points that were fitted, with k N D for the compute where the runs did not say; or why there are none to work on.
 */
export function columnsOf(fit: Fit): ApproachColumns | { readonly fault: string } {
  const { columns, names, rows } = fit.fitted;
  if (rows === 0) return { fault: 'the fit has no runs (published coefficients)' };
  const { params, tokens, loss } = columns;
  if (params === undefined || tokens === undefined) return { fault: 'the runs have no params or no tokens' };
  if (loss === undefined) return { fault: 'the fit is not one of the loss' };
  const k = fit.data.conventions.flopsPerParamToken;
  const flops = columns.flops ?? params.map((n, i) => k * n * tokens[i]);
  const whole = Array.from(params.keys()).filter((i) =>
    [params[i], tokens[i], flops[i], loss[i]].every((value) => value > 0 && value < Infinity),
  );
  if (whole.length === 0) return { fault: 'no run has params, tokens, compute and a positive loss' };
  const pick = (column: Float64Array): Float64Array => Float64Array.from(whole, (i) => column[i]);
  return {
    params: pick(params),
    tokens: pick(tokens),
    flops: pick(flops),
    loss: pick(loss),
    names: names === null ? null : whole.map((i) => names[i]),
  };
}

/** The fitted law as a surface over ln N and ln D, or `undefined` for laws of other quantities. */
export function surfaceOf(fit: Fit, law: Law): Surface | undefined {
  if (!takesParamsAndTokens(law) || law.response.name !== 'loss') return undefined;
  const values = paramValues(fit);
  return (logParams, logTokens) => {
    const inputs = { params: [Math.exp(logParams)], tokens: [Math.exp(logTokens)] };
    return Math.log(evaluateLaw(law, values, inputs)[0]);
  };
}
