import { identity, multiply } from '../core/linalg.ts';
import type { Law } from '../laws/law.ts';
import type { FreeCoordinates } from './problem.ts';

/** Restrictions on the parameters of a fit, by name, in natural units. */
export interface Restrictions {
  readonly fixed: Readonly<Record<string, number>>;
  /** Parameter to the parameter whose value it takes. */
  readonly tied: Readonly<Record<string, string>>;
  /** Ranges that replace those of the law. */
  readonly bounds?: Readonly<Record<string, readonly [number, number] | undefined>>;
}

/** The parameter whose value a parameter takes: itself, unless it is tied. */
export function masterOf(name: string, tied: Restrictions['tied']): string {
  return (tied as Readonly<Record<string, string | undefined>>)[name] ?? name;
}

/** The free coordinates of a restricted, centred fit and the way back to the law's own coordinates. */
export interface Coordinates extends FreeCoordinates {
  /** Name of the parameter behind each free coordinate, length size. */
  readonly names: readonly string[];
  /** Mean of each log input that was subtracted, in the order of the law's inputs. */
  readonly means: Float64Array;
  /** d (law coordinates, not centred) / d v, row-major params x size. */
  readonly derivative: Float64Array;
  /** Law coordinates, not centred, of v. */
  readonly uncentre: (v: Float64Array) => Float64Array;
  /** Free coordinates of law coordinates that are not centred. */
  readonly centre: (theta: ArrayLike<number>) => Float64Array;
}

/**
 * Works out the free coordinates: parameters that are fixed or tied drop out, and every log amplitude is sheared by its
 * exponent times the mean of its log input, which removes nearly all of the correlation between the two.
 */
export function createCoordinates(law: Law, restrictions: Restrictions, means: Float64Array): Coordinates {
  const { fixed, tied, bounds = {} } = restrictions;
  const p = law.params.length;
  const position = new Map(law.params.map((param, j) => [param.name, j]));
  const names = law.params.map((param) => param.name).filter((name) => !(name in fixed) && !(name in tied));
  const size = names.length;

  // Law coordinates = selection * raw free coordinates + constant.
  const selection = new Float64Array(p * size);
  const constant = new Float64Array(p);
  for (const [j, param] of law.params.entries()) {
    const value = fixed[param.name] as number | undefined;
    if (value !== undefined) constant[j] = param.transform === 'log' ? Math.log(value) : value;
    else selection[j * size + names.indexOf(masterOf(param.name, tied))] = 1;
  }

  // shear * law coordinates = centred law coordinates; the same among the free ones where both partners are free.
  const shear = identity(p);
  const unshear = identity(size);
  for (const { amplitude, exponent, input } of law.shears) {
    const mean = means[law.inputs.findIndex((candidate) => candidate.name === input)];
    shear[(position.get(amplitude) ?? 0) * p + (position.get(exponent) ?? 0)] = -mean;
    const a = names.indexOf(amplitude);
    const partner = names.indexOf(masterOf(exponent, tied));
    // An amplitude with bounds of its own keeps its own coordinate: a sheared one would have bounds that move.
    if (a >= 0 && partner >= 0 && bounds[amplitude] === undefined) unshear[a * size + partner] = mean;
  }
  const derivative = multiply(selection, unshear, p, size, size);
  const map = multiply(shear, derivative, p, p, size);
  const offset = multiply(shear, finite(constant), p, p, 1);
  for (let j = 0; j < p; j++) if (constant[j] === -Infinity) offset[j] = -Infinity;
  const isIdentity = size === p && map.every((m, k) => m === (k % (p + 1) === 0 ? 1 : 0));

  const bound = (side: 0 | 1): Float64Array =>
    Float64Array.from(names, (name) => {
      const param = law.params[position.get(name) ?? 0];
      const own = bounds[name];
      const limit = (own ?? param.bounds)[side];
      // A lower bound of zero is minus infinity here: terms that vanish are switched off by the fitter instead.
      return param.transform === 'identity' ? limit : Math.log(limit);
    });

  const uncentre = (v: Float64Array): Float64Array => {
    const theta = constant.slice();
    for (let j = 0; j < p; j++)
      for (let k = 0; k < size; k++) if (derivative[j * size + k] !== 0) theta[j] += derivative[j * size + k] * v[k];
    return theta;
  };
  const centre = (theta: ArrayLike<number>): Float64Array => {
    const v = Float64Array.from(names, (name) => theta[position.get(name) ?? 0]);
    const raw = v.slice();
    for (let a = 0; a < size; a++) for (let k = 0; k < size; k++) if (a !== k) v[a] -= unshear[a * size + k] * raw[k];
    return v;
  };
  return {
    size,
    map: isIdentity ? undefined : map,
    offset,
    lower: bound(0),
    upper: bound(1),
    names,
    means,
    derivative,
    uncentre,
    centre,
  };
}

const finite = (values: Float64Array): Float64Array => values.map((x) => (Number.isFinite(x) ? x : 0));
