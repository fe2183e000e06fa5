import { createCoordinates } from '../fit/coordinates.ts';
import type { LawFit } from '../fit/fitLaw.ts';
import { Newton } from '../fit/newton.ts';
import { Problem } from '../fit/problem.ts';
import { searchMinimum } from '../fit/search.ts';
import { newtonSolver } from '../fit/solvers/newton.ts';
import { identity, multiply } from '../core/linalg.ts';

/** Share of the response that a term is brought back with. */
const faint = 1e-7;

/** An optimum of a fit of which one linear combination of the free coordinates is held. */
export interface ConstrainedOptimum {
  /** Free coordinates of the fit, length size. */
  readonly point: Float64Array;
  /** Value of the summed objective. */
  readonly value: number;
  readonly certified: boolean;
}

/** The linear combination that is held: `weights` times the free coordinates is `target`. */
export interface LinearConstraint {
  /** Length size. */
  readonly weights: Float64Array;
  readonly target: number;
}

/**
 * Refits a law with one linear combination of its free coordinates held at a value: a parameter, or two exponents at a
 * ratio. The coordinate with index `pivot` follows from the others, so all refits share one problem and its memory.
 */
export class ConstrainedFit {
  private readonly fit: LawFit;
  private readonly pivot: number;
  private readonly problem: Problem;
  private readonly newton: Newton;
  /** d (free coordinates of the fit) / d (coordinates that are left), row-major size x (size - 1). */
  private readonly embed: Float64Array;
  private readonly base: Float64Array;
  private readonly free: {
    readonly size: number;
    readonly map: Float64Array;
    readonly offset: Float64Array;
    readonly lower: Float64Array;
    readonly upper: Float64Array;
  };
  /** Refits made so far. */
  refits = 0;

  constructor(fit: LawFit, pivot: number) {
    const { coordinates, law, rows } = fit;
    const { size } = coordinates;
    const p = law.params.length;
    this.fit = fit;
    this.pivot = pivot;
    this.base = coordinates.map ?? identity(p);
    this.embed = new Float64Array(size * (size - 1));
    const without = (bound: Float64Array): Float64Array => bound.filter((_, k) => k !== pivot);
    this.free = {
      size: size - 1,
      map: new Float64Array(p * (size - 1)),
      offset: new Float64Array(p),
      lower: without(coordinates.lower),
      upper: without(coordinates.upper),
    };
    this.problem = new Problem(law, fit.objective, fit.delta, this.free, rows.data);
    this.newton = new Newton(this.problem);
  }

  /**
   * The optimum under a constraint, from a starting point.
   *
   * @param start - free coordinates of the fit; the pivot is not read
   */
  minimize({ weights, target }: LinearConstraint, start: Float64Array): ConstrainedOptimum {
    const { pivot, embed, base, free, fit } = this;
    const { size } = fit.coordinates;
    const p = fit.law.params.length;
    this.refits++;
    embed.fill(0);
    for (let k = 0, left = 0; k < size; k++) {
      if (k === pivot) continue;
      embed[k * (size - 1) + left] = 1;
      embed[pivot * (size - 1) + left] = -weights[k] / weights[pivot];
      left++;
    }
    const constant = target / weights[pivot];
    free.map.set(multiply(base, embed, p, size, size - 1));
    for (let j = 0; j < p; j++)
      free.offset[j] = fit.coordinates.offset[j] + (constant === 0 ? 0 : base[j * size + pivot] * constant);
    const from = start.filter((_, k) => k !== pivot);
    const { point, value, certified } =
      size === 1
        ? { point: from, value: this.problem.linearize(from, this.problem.createLinearization()), certified: true }
        : this.newton.minimize(from);
    const full = new Float64Array(size);
    for (let k = 0, left = 0; k < size; k++) if (k !== pivot) full[k] = point[left++];
    full[pivot] = constant;
    for (let k = 0; k < size; k++) if (k !== pivot) full[pivot] -= (weights[k] / weights[pivot]) * full[k];
    return { point: full, value, certified };
  }
}

/**
 * The optimum of a fit with further parameters held, found by a search of its own as if there had been no fit, or
 * `undefined` where the law has no value there. Terms that the fit switched off stay off.
 *
 * @param held - natural values by name
 */
export function searchHeld(fit: LawFit, held: Readonly<Record<string, number>>): ConstrainedOptimum | undefined {
  const { law, objective, delta, problemRestrictions, rows } = fit;
  const { fixed, tied } = problemRestrictions;
  const master = (name: string): string => (name in tied ? tied[name] : name);
  const restrictions = {
    ...problemRestrictions,
    fixed: {
      ...fixed,
      ...held,
      ...Object.fromEntries(
        Object.keys(tied)
          .filter((name) => master(name) in held)
          .map((name) => [name, held[master(name)]]),
      ),
    },
    tied: Object.fromEntries(Object.entries(tied).filter(([, to]) => !(to in held))),
  };
  const coordinates = createCoordinates(law, restrictions, rows.means);
  if (coordinates.size === 0) return undefined;
  const start = coordinates.centre(fit.theta);
  if (!start.every(Number.isFinite)) return undefined;
  const task = { law, objective, delta, coordinates, restrictions, data: rows.data };
  const { best } = searchMinimum(task, newtonSolver, [start]);
  if (!Number.isFinite(best.value)) return undefined;
  const point = fit.coordinates.centre(coordinates.uncentre(best.point));
  return { point, value: best.value, certified: best.certified };
}

/**
 * The same fit with a term that it switched off brought back at next to nothing, so that it can be followed upward: the
 * optimum lies at an amplitude of 0, which is minus infinity in the fitted coordinate. Without such a term the fit itself.
 */
export function withTermOn(fit: LawFit, amplitude: string): LawFit {
  if (!fit.off.includes(amplitude)) return fit;
  const { law, rows, objective, delta, restrictions, problemRestrictions } = fit;
  const power = law.separable?.find((term) => term.amplitude === amplitude)?.power;
  const isHeld = ([name]: [string, unknown]): boolean =>
    name in restrictions.fixed || (name !== amplitude && name !== power?.exponent);
  const fixed = Object.fromEntries(Object.entries(problemRestrictions.fixed).filter(isHeld));
  const brought = { ...problemRestrictions, fixed };
  const coordinates = createCoordinates(law, brought, rows.means);
  const problem = new Problem(law, objective, delta, coordinates, rows.data);
  const theta = fit.theta.slice();
  const mean = rows.data.logObserved.subarray(0, rows.data.rows).reduce((sum, x) => sum + x, 0) / rows.data.rows;
  theta[law.params.findIndex((param) => param.name === amplitude)] = Math.log(faint) + mean;
  const point = coordinates.centre(theta);
  const off = fit.off.filter((name) => name !== amplitude);
  return { ...fit, coordinates, problem, problemRestrictions: brought, off, theta, minimum: { ...fit.minimum, point } };
}
