import { IsoflopError } from '../core/errors.ts';
import { paramValues, type Fit } from '../fit/result.ts';
import { takesParamsAndTokens } from '../laws/allocation.ts';
import { tokensPerParam } from '../laws/inputs.ts';
import { toCoordinates, type Law } from '../laws/law.ts';
import { findOptimum } from './optimum.ts';
import { isLinked, quantities, type PredictedPoint, type Quantities, type QueryPoint } from './prediction.ts';

/** A point with all that a law takes. */
export type ResolvedPoint = Quantities & Pick<PredictedPoint, 'inputs'>;

const noInputs: ResolvedPoint['inputs'] = Object.freeze({});

/**
 * Prepares the completion of points for a fit: checks what is given of params, tokens and flops and works out the rest.
 *
 * @returns the completion of a point, which throws {@link IsoflopError} `QUANTITY_NOT_POSITIVE`, `POINT_INCOMPLETE`,
 *   `POINT_CONTRADICTORY`, `NO_OPTIMUM`
 */
export function createResolver(fit: Fit, law: Law): (point: QueryPoint) => ResolvedPoint {
  const factor = fit.data.conventions.flopsPerParamToken;
  const others = law.inputs.map((input) => input.name).filter((name) => !isLinked(name));
  const needed = law.inputs.map((input) => input.name).filter(isLinked);
  const needsRatio = others.includes(tokensPerParam.name);
  const atOptimum = createOptimum(law, toCoordinates(law, paramValues(fit)), factor);

  const resolveLinked = (point: QueryPoint): Quantities => {
    let given = 0;
    for (const name of quantities) {
      const value = point[name];
      if (value === undefined) continue;
      given++;
      if (!(value > 0 && value < Infinity)) throw new IsoflopError('QUANTITY_NOT_POSITIVE', { what: name, value });
    }
    const full = completePoint(point, factor);
    for (const name of quantities)
      if (full[name] !== null && !(full[name] > 0 && full[name] < Infinity))
        throw new IsoflopError('QUANTITY_NOT_POSITIVE', { what: `${name} (from the other two)`, value: full[name] });
    if (needed.every((name) => full[name] !== null)) return full;
    if (full.flops !== null && given === 1 && takesParamsAndTokens(law)) return atOptimum(full.flops);
    throw incomplete(law, point);
  };

  return (point) => {
    if (others.length === 0) {
      const { params, tokens, flops } = resolveLinked(point);
      return { params, tokens, flops, inputs: noInputs };
    }
    const ratio = needsRatio ? ratioOf(point, factor) : undefined;
    const lacking = others.find((name) => point[name] === undefined && (name !== tokensPerParam.name || !ratio));
    if (lacking !== undefined) throw incomplete(law, point);
    const full: QueryPoint = ratio === undefined ? point : { [tokensPerParam.name]: ratio, ...point };
    const inputs = Object.fromEntries(others.map((name) => [name, full[name] ?? NaN]));
    return { ...resolveLinked(point), inputs };
  };
}

/** The compute-optimal model of a budget. Its errors do not matter here: the interval that counts is that of the loss. */
function createOptimum(law: Law, theta: Float64Array, factor: number): (flops: number) => Quantities {
  return (flops) => {
    const best = findOptimum(law, theta, Math.log(flops / factor));
    if ('fault' in best) throw new IsoflopError('NO_OPTIMUM', { law: law.id, reason: best.fault });
    return { params: Math.exp(best[0]), tokens: Math.exp(best[1]), flops };
  };
}

/** Tokens per parameter of a point that has both, or one of them and its compute. */
function ratioOf(point: QueryPoint, factor: number): number | undefined {
  const { params, tokens } = completePoint(point, factor);
  return params === null || tokens === null ? undefined : tokens / params;
}

/** The error of a point that has not all that a law takes. */
function incomplete(law: Law, point: QueryPoint): IsoflopError {
  const names = new Set([...quantities, ...law.inputs.map((input) => input.name)]);
  const given = [...names].filter((name) => point[name] !== undefined);
  return new IsoflopError('POINT_INCOMPLETE', {
    law: law.id,
    given: given.length === 0 ? 'nothing' : `only ${given.join(' and ')}`,
    needed: neededBy(law),
  });
}

/** People round what they type, so a few percent between compute and the other two are no contradiction. */
const contradiction = 0.05;

/** The third quantity from the other two. */
function completePoint(point: QueryPoint, factor: number): Quantities {
  const { params = null, tokens = null, flops = null } = point;
  if (params !== null && tokens !== null) {
    const product = factor * params * tokens;
    if (flops !== null && Math.abs(Math.log(flops / product)) > contradiction)
      throw new IsoflopError('POINT_CONTRADICTORY', { flops, product, factor });
    return { params, tokens, flops: flops ?? product };
  }
  if (flops === null) return { params, tokens, flops };
  if (params !== null) return { params, tokens: flops / (factor * params), flops };
  return { params: tokens === null ? null : flops / (factor * tokens), tokens, flops };
}

function neededBy(law: Law): string {
  const names = law.inputs.map((input) => input.name).join(' and ');
  return !takesParamsAndTokens(law) ? names : `${names} (or flops alone, for the optimum)`;
}
