import { IsoflopError, type ErrorCode } from '../core/errors.ts';
import { paramValues, type Fit } from '../fit/result.ts';
import { tokensPerParam } from '../laws/inputs.ts';
import { toCoordinates, type Law } from '../laws/law.ts';
import { checkInput } from '../uncertainty/predict.ts';
import { findOptima } from './optimum.ts';
import { isLinked, quantities, type QueryPoint } from './prediction.ts';
import type { ResolvedPoint } from './resolvePoint.ts';

/** Many points as columns of equal length: any of params, tokens and flops, and other inputs of a law. NaN where a point has none. */
export type PointColumns = Readonly<Partial<Record<string, Float64Array>>>;

/** Completed points. */
export interface ResolvedColumns {
  /** NaN where a quantity is not known. */
  readonly params: Float64Array;
  readonly tokens: Float64Array;
  readonly flops: Float64Array;
  /** Inputs of the law, by name, in natural units. */
  readonly inputs: Readonly<Record<string, Float64Array>>;
}

/**
 * Completes many points as the resolver of a fit completes one.
 *
 * @param resolve - that resolver, for points that need it
 * @param placeOf - how a message names a point
 * @throws {@link IsoflopError} as the resolver, with the place of the first point that is at fault
 */
export function resolveColumns(
  fit: Fit,
  law: Law,
  resolve: (point: QueryPoint) => ResolvedPoint,
  columns: PointColumns,
  points: number,
  placeOf: (point: number) => string,
): ResolvedColumns {
  const factor = fit.data.conventions.flopsPerParamToken;
  const column = (name: string): Float64Array => columns[name]?.slice() ?? new Float64Array(points).fill(NaN);
  const params = column('params');
  const tokens = column('tokens');
  const flops = column('flops');
  const full = { params, tokens, flops };
  const names = law.inputs.map(({ name }) => name);
  const needed = names.filter(isLinked).map((name) => full[name]);
  const others = names.filter((name) => !isLinked(name));
  const inputs: Record<string, Float64Array> = {};
  for (const name of names) inputs[name] = isLinked(name) ? full[name] : column(name);

  const alone: number[] = [];
  for (let i = 0; i < points; i++) {
    const n = params[i];
    const d = tokens[i];
    const c = flops[i];
    if (!isGiven(n) || !isGiven(d) || !isGiven(c)) fail(i);
    if (!Number.isNaN(n) && !Number.isNaN(d)) {
      if (Number.isNaN(c)) flops[i] = factor * n * d;
      else one(i);
    } else if (!Number.isNaN(c)) {
      if (!Number.isNaN(n)) tokens[i] = c / (factor * n);
      else if (!Number.isNaN(d)) params[i] = c / (factor * d);
    }
    if (!isGiven(params[i]) || !isGiven(tokens[i]) || !isGiven(flops[i])) fail(i);
    let isComplete = true;
    for (let k = 0; k < needed.length; k++) if (Number.isNaN(needed[k][i])) isComplete = false;
    if (!isComplete) {
      if (Number.isNaN(c)) fail(i);
      alone.push(i);
    }
  }
  if (alone.length > 0) {
    const theta = toCoordinates(law, paramValues(fit));
    const [logN, logD] = findOptima(
      law,
      theta,
      Float64Array.from(alone, (i) => Math.log(flops[i] / factor)),
    );
    alone.forEach((i, k) => {
      if (Number.isNaN(logN[k])) fail(i);
      params[i] = Math.exp(logN[k]);
      tokens[i] = Math.exp(logD[k]);
    });
  }
  for (const name of others) {
    const values = inputs[name];
    for (let i = 0; i < points; i++) {
      if (Number.isNaN(values[i]) && name === tokensPerParam.name) values[i] = tokens[i] / params[i];
      if (Number.isNaN(values[i])) fail(i);
      if (!(values[i] > 0 && values[i] < Infinity)) {
        at(i, () => {
          checkInput(law, name, values[i]);
        });
      }
    }
  }
  return { ...full, inputs };

  function pointOf(i: number): QueryPoint {
    const all = [...new Set([...quantities, ...names])].map((name) => [name, columns[name]?.[i] ?? NaN] as const);
    return Object.fromEntries(all.filter(([, value]) => !Number.isNaN(value)));
  }
  /** Completes a point by itself. */
  function one(i: number): void {
    const found = at(i, () => resolve(pointOf(i)));
    for (const name of quantities) full[name][i] = found[name] ?? NaN;
  }
  /** Throws what the resolver says about a point that cannot be completed. */
  function fail(i: number): never {
    one(i);
    throw new Error(`${placeOf(i)} can be completed alone, and not with others`);
  }
  function at<Value>(i: number, work: () => Value): Value {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof IsoflopError)) throw error;
      const { code, details } = error as IsoflopError;
      throw new IsoflopError<ErrorCode>(code, { ...(details as object), where: placeOf(i) } as never);
    }
  }
}

/** Whether a quantity is positive and finite, or not there. */
const isGiven = (value: number): boolean => Number.isNaN(value) || (value > 0 && value < Infinity);
