import { IsoflopError } from '../core/errors.ts';
import { masterOf } from '../fit/coordinates.ts';
import type { LawFit } from '../fit/fitLaw.ts';
import { toParams } from '../laws/law.ts';
import { searchHeld } from './constrainedFit.ts';
import type { ProfileAxis } from './profileScan.ts';

/** A quantity that can be profiled. */
export interface NamedAxis extends ProfileAxis {
  /** Index of the free coordinate that follows from the others. */
  readonly pivot: number;
  /** Gradient of u in the law's coordinates, length params. */
  readonly gradient: Float64Array;
  readonly transform: 'identity' | 'log';
  readonly natural: (u: number) => number;
  /** Value of the objective where the quantity is 0, a positive parameter's limit, or `undefined` where there is none. */
  readonly searchZero: () => number | undefined;
}

/** How far a profile is followed where it does not end: a factor of e^40, or this many times the size of the estimate. */
const reach = { log: 40, identity: 100 };
/** The exponent of an allocation lies between 0 and 1; its constraint is singular at the ends. */
const exponentRange = [1e-3, 1 - 1e-3] as const;

/**
 * The axis of a parameter, or of the parameter that it is tied to.
 *
 * @throws {@link IsoflopError} `PARAM_UNKNOWN`, `OPTION_INVALID` where it is not free
 */
export function paramAxis(fit: LawFit, name: string): NamedAxis {
  const { law, coordinates, problemRestrictions } = fit;
  const params = law.params.map((param) => param.name);
  if (!params.includes(name))
    throw new IsoflopError('PARAM_UNKNOWN', { option: '--params', name, law: law.id, params });
  const free = masterOf(name, problemRestrictions.tied);
  const pivot = coordinates.names.indexOf(free);
  if (pivot < 0)
    throw new IsoflopError('OPTION_INVALID', {
      option: '--params',
      value: name,
      expected: `parameters that the fit estimates: ${coordinates.names.join(', ')} (${name} is held)`,
    });
  const row = params.indexOf(free);
  const { transform, bounds: widest } = law.params[row];
  const bounds = (fit.bounds as Readonly<Record<string, readonly [number, number] | undefined>>)[free] ?? widest;
  const [lower, upper] = transform === 'log' ? bounds.map(Math.log) : bounds;
  const natural = transform === 'log' ? Math.exp : (u: number): number => u;
  const weights = coordinates.derivative.slice(row * coordinates.size, (row + 1) * coordinates.size);
  const estimate = fit.theta[row];
  return {
    estimate,
    lower,
    upper,
    reach: transform === 'log' ? reach.log : reach.identity * Math.max(1, Math.abs(estimate)),
    pivot,
    gradient: Float64Array.from(params, (_, j) => (j === row ? 1 : 0)),
    transform,
    natural,
    constraint: (u) => ({ weights, target: u }),
    search: (u) => searchHeld(fit, { [free]: natural(u) }),
    searchZero: () => {
      const term = law.separable?.find(({ amplitude }) => amplitude === free);
      if (term === undefined) return undefined;
      // Without its term an exponent means nothing; it stays where it is.
      const exponent = term.power?.exponent;
      const isFree = exponent !== undefined && coordinates.names.includes(exponent);
      const held = isFree ? { [free]: 0, [exponent]: fit.theta[params.indexOf(exponent)] } : { [free]: 0 };
      return searchHeld(fit, held)?.value;
    },
  };
}

/** Indices of the free exponents of params and tokens, or why there are no two of them. */
function allocationPair(fit: LawFit): { readonly alpha: number; readonly beta: number } | string {
  const { law, coordinates } = fit;
  const values = toParams(law, fit.theta);
  const terms = law.allocation?.(values);
  if (terms === undefined) return `a parameter of ${law.id}, which has no allocation exponent a`;
  const indexOf = (value: number): number =>
    coordinates.names.findIndex(
      (name) => values[name] === value && law.params.find((param) => param.name === name)?.transform === 'identity',
    );
  const [alpha, beta] = [indexOf(terms.paramsExponent), indexOf(terms.tokensExponent)];
  if (alpha >= 0 && beta >= 0 && alpha !== beta) return { alpha, beta };
  return `a parameter: the exponents of params and tokens are not both free in this fit of ${law.id}`;
}

/** Whether the exponent a of N* ~ C^a can be profiled. */
export const hasExponent = (fit: LawFit): boolean =>
  typeof allocationPair(fit) !== 'string' && !fit.law.params.some((param) => param.name === 'a');

/**
 * The axis of the exponent a of N* ~ C^a, which is beta / (alpha + beta): a constraint that is linear in the two exponents.
 *
 * @throws {@link IsoflopError} `OPTION_INVALID` where the law has no allocation or its exponents are not both free
 */
export function exponentAxis(fit: LawFit): NamedAxis {
  const { law, coordinates, theta } = fit;
  const pair = allocationPair(fit);
  if (typeof pair === 'string')
    throw new IsoflopError('OPTION_INVALID', { option: '--params', value: 'a', expected: pair });
  const { alpha, beta } = pair;
  const valueOf = (index: number): number =>
    theta[law.params.findIndex((param) => param.name === coordinates.names[index])];
  const [first, second] = [valueOf(alpha), valueOf(beta)];
  const sum = first + second;
  const gradient = Float64Array.from(law.params, ({ name }) => {
    if (name === coordinates.names[alpha]) return -second / sum ** 2;
    return name === coordinates.names[beta] ? first / sum ** 2 : 0;
  });
  return {
    estimate: second / sum,
    lower: exponentRange[0],
    upper: exponentRange[1],
    reach: 1,
    pivot: alpha,
    gradient,
    transform: 'identity',
    natural: (u) => u,
    constraint: (u) => {
      const weights = new Float64Array(coordinates.size);
      weights[alpha] = u;
      weights[beta] = u - 1;
      return { weights, target: 0 };
    },
    search: () => undefined,
    searchZero: () => undefined,
  };
}
