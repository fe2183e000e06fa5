import { createCoordinates, masterOf, type Coordinates, type Restrictions } from '../../fit/coordinates.ts';
import type { LawFit } from '../../fit/fitLaw.ts';
import { Newton, type LocalMinimum } from '../../fit/newton.ts';
import { Problem, type ProblemRows } from '../../fit/problem.ts';
import { searchMinimum } from '../../fit/search.ts';
import { newtonSolver } from '../../fit/solvers/newton.ts';
import { createJointLaw, type JointLaw } from './jointLaw.ts';

/** Values of the irreducible loss, relative to the lower of the two, from which the joint search starts as well. */
const lowerShares = [0.9, 0.7, 0.4, 0.1] as const;
/** A shared amplitude below this share of the least loss is compared with none at all. */
const faintShare = 0.02;

/** Two families fitted together with some parameters in common. */
export interface TiedFit {
  /** Names of the parameters with one value for both. */
  readonly shared: readonly string[];
  readonly joint: JointLaw;
  readonly coordinates: Coordinates;
  readonly problem: Problem;
  readonly minimum: LocalMinimum;
  /** Coordinates of the single law at the optimum, for both families. */
  readonly thetas: readonly [Float64Array, Float64Array];
  /** The same problem with a shared irreducible loss of zero, where there is one to leave out. */
  readonly bare: { readonly coordinates: Coordinates; readonly problem: Problem } | undefined;
}

/** Name of the constant term of the law, the loss that no compute removes; `undefined` where the law has none. */
export function irreducibleOf(fit: Pick<LawFit, 'law'>): string | undefined {
  const { separable, params } = fit.law;
  if (separable !== undefined) return separable.find(({ power }) => power === undefined)?.amplitude;
  return params.find(({ name, transform }) => name === 'E' && transform === 'log')?.name;
}

/**
 * Fits two families with some parameters in common: the minimum of the sum of their objectives, certified like that of a
 * single fit. Every value of the shared parameters that is tried is completed by the best fit of each family with it held.
 *
 * @param shared - names of parameters that both fits leave free, such as `['E']`
 */
export function fitTied(fits: readonly [LawFit, LawFit], shared: readonly string[]): TiedFit {
  const { law, objective, delta } = fits[0];
  const joint = createJointLaw(law, shared);
  const data = joinRows(fits);
  const restrictions = jointRestrictions(fits, joint, shared);
  const means = jointMeans(fits);
  const build = (under: Restrictions): { coordinates: Coordinates; problem: Problem } => {
    const coordinates = createCoordinates(joint.law, under, means);
    return { coordinates, problem: new Problem(joint.law, objective, delta, coordinates, data) };
  };
  const whole = build(restrictions);
  const irreducible = irreducibleOf(fits[0]);
  const bare =
    irreducible !== undefined && shared.includes(irreducible) && !(irreducible in restrictions.fixed)
      ? build({ ...restrictions, fixed: { ...restrictions.fixed, [irreducible]: 0 } })
      : undefined;
  const newton = new Newton(whole.problem);
  let best: LocalMinimum | undefined;
  const starts = sharedStarts(fits, shared, irreducible).map((values) => startFrom(fits, joint, values));
  for (const start of starts) {
    const found = newton.minimize(whole.coordinates.centre(start), best === undefined ? [] : [best]);
    if (best === undefined || found.value < best.value || (found.certified && found.value === best.value)) best = found;
  }
  const minimum = best ?? newton.minimize(whole.coordinates.centre(startFrom(fits, joint, {})));
  const settled = withoutFaint({ ...whole, minimum }, bare, joint, irreducible);
  return { shared, joint, ...settled, thetas: splitTheta(settled, joint), bare };
}

interface Solved {
  readonly coordinates: Coordinates;
  readonly problem: Problem;
  readonly minimum: LocalMinimum;
}

/** The fit without an irreducible loss, where one that vanishes was as good. */
function withoutFaint(found: Solved, bare: TiedFit['bare'], joint: JointLaw, irreducible: string | undefined): Solved {
  if (bare === undefined || irreducible === undefined) return found;
  const { problem, coordinates, minimum } = found;
  const { rows, logObserved } = problem.data;
  let least = Infinity;
  for (let i = 0; i < rows; i++) least = Math.min(least, logObserved[i]);
  const theta = coordinates.uncentre(minimum.point);
  const place = joint.law.params.findIndex(({ name }) => name === irreducible);
  if (minimum.certified && theta[place] > Math.log(faintShare) + least) return found;
  theta[place] = -Infinity;
  const without = new Newton(bare.problem).minimize(bare.coordinates.centre(theta));
  return without.certified && without.value <= minimum.value * (1 + 1e-12) ? { ...bare, minimum: without } : found;
}

function splitTheta({ coordinates, minimum }: Solved, { places }: JointLaw): readonly [Float64Array, Float64Array] {
  const theta = coordinates.uncentre(minimum.point);
  const own = (which: 0 | 1): Float64Array => Float64Array.from(places[which], (place) => theta[place]);
  return [own(0), own(1)];
}

/** Refits two families together, resample after resample, from the optimum of the data. */
export class TiedRefitter {
  private readonly tied: TiedFit;
  private readonly newton: Newton;
  private readonly irreducible: string | undefined;

  constructor(tied: TiedFit, irreducible: string | undefined) {
    this.tied = tied;
    this.newton = new Newton(tied.problem);
    this.irreducible = irreducible;
  }

  /**
   * The optimum for other responses and weights, rows of the first family before those of the second.
   *
   * @param responses - length rows of both
   * @param weights - length rows of both; `undefined` for those of the data
   */
  refit(
    responses: Float64Array,
    weights: Float64Array | undefined,
  ): Omit<LocalMinimum, 'point'> & Pick<TiedFit, 'thetas'> {
    const { problem, coordinates, joint, minimum, bare } = this.tied;
    const before = problem.data;
    const data: ProblemRows = {
      ...before,
      observed: responses,
      logObserved: responses.map(Math.log),
      weights: weights ?? before.weights,
    };
    problem.data = data;
    if (bare !== undefined) bare.problem.data = data;
    const found = { coordinates, problem, minimum: this.newton.minimize(minimum.point) };
    const settled = withoutFaint(found, bare, joint, this.irreducible);
    problem.data = before;
    if (bare !== undefined) bare.problem.data = before;
    return { ...settled.minimum, thetas: splitTheta(settled, joint) };
  }
}

function jointMeans(fits: readonly [LawFit, LawFit]): Float64Array {
  const [first, second] = fits;
  return Float64Array.of(...first.rows.means.map((mean, k) => 0.5 * (mean + second.rows.means[k])), 0);
}

/** The rows of both families, those of the first in front, with inputs centred on the means of both. */
function joinRows(fits: readonly [LawFit, LawFit]): ProblemRows {
  const [first, second] = fits.map(({ rows }) => rows.data);
  const means = jointMeans(fits);
  const joined = (pick: (data: ProblemRows, which: 0 | 1) => Float64Array): Float64Array => {
    const column = new Float64Array(first.rows + second.rows);
    column.set(pick(first, 0).subarray(0, first.rows));
    column.set(pick(second, 1).subarray(0, second.rows), first.rows);
    return column;
  };
  const ones = (data: ProblemRows): Float64Array => new Float64Array(data.rows).fill(1);
  return {
    rows: first.rows + second.rows,
    inputs: [
      ...first.inputs.map((_, k) =>
        joined(({ inputs }, which) => inputs[k].map((value) => value + fits[which].rows.means[k] - means[k])),
      ),
      joined((data, which) => new Float64Array(data.rows).fill(which)),
    ],
    observed: joined((data) => data.observed),
    logObserved: joined((data) => data.logObserved),
    weights:
      first.weights === undefined && second.weights === undefined
        ? undefined
        : joined((data) => data.weights ?? ones(data)),
  };
}

/** What users fixed, tied and bounded, and which terms a family lacks, in the names of the joint law. */
function jointRestrictions(
  fits: readonly [LawFit, LawFit],
  { nameOf }: JointLaw,
  shared: readonly string[],
): Restrictions {
  const fixed: Record<string, number> = {};
  const tied: Record<string, string> = {};
  const bounds: Record<string, readonly [number, number] | undefined> = {};
  for (const [which, fit] of fits.entries()) {
    for (const [name, value] of Object.entries(fit.problemRestrictions.fixed))
      if (!shared.includes(name)) fixed[nameOf(name, which)] = value;
    for (const [name, master] of Object.entries(fit.restrictions.tied))
      if (!(nameOf(name, which) in fixed)) tied[nameOf(name, which)] = nameOf(master, which);
    for (const [name, range] of Object.entries(fit.restrictions.bounds ?? {})) bounds[nameOf(name, which)] = range;
  }
  // A term that neither family shows has nothing to share.
  for (const name of shared) if (fits.every((fit) => fit.off.includes(name))) fixed[name] = 0;
  return Object.keys(bounds).length === 0 ? { fixed, tied } : { fixed, tied, bounds };
}

type Values = Readonly<Record<string, number>>;

/** Values of the shared parameters to start from: those of either family, between them, and lower irreducible losses. */
function sharedStarts(
  fits: readonly [LawFit, LawFit],
  shared: readonly string[],
  irreducible: string | undefined,
): Values[] {
  const { law } = fits[0];
  const valuesOf = (theta: (k: number) => number): Values =>
    Object.fromEntries(
      shared.map((name) => {
        const k = law.params.findIndex((param) => param.name === name);
        return [name, law.params[k].transform === 'log' ? Math.exp(theta(k)) : theta(k)];
      }),
    );
  const own = fits.map(({ theta }) => valuesOf((k) => theta[k]));
  const between = valuesOf((k) => 0.5 * (fits[0].theta[k] + fits[1].theta[k]));
  const usable = [...own, between].filter((values) => shared.every((name) => Number.isFinite(values[name])));
  if (irreducible === undefined || !shared.includes(irreducible)) return usable;
  const positive = usable.filter((values) => values[irreducible] > 0);
  let least = Infinity;
  for (const { rows } of fits) for (let i = 0; i < rows.data.rows; i++) least = Math.min(least, rows.data.observed[i]);
  const [base = { ...between, [irreducible]: least }] = positive;
  const low = Math.min(...positive.map((values) => values[irreducible]), least);
  return [...positive, ...lowerShares.map((share) => ({ ...base, [irreducible]: share * low }))];
}

/** The joint law's coordinates with shared values held and the rest of each family at its best fit with them. */
function startFrom(fits: readonly [LawFit, LawFit], { law, places }: JointLaw, values: Values): Float64Array {
  const theta = new Float64Array(law.params.length);
  for (const [which, fit] of fits.entries()) {
    const restrictions = holding(fit, values);
    const coordinates = createCoordinates(fit.law, restrictions, fit.rows.means);
    let own = fit.theta;
    if (coordinates.size > 0) {
      const { objective, delta } = fit;
      const task = { law: fit.law, objective, delta, coordinates, restrictions, data: fit.rows.data };
      own = coordinates.uncentre(searchMinimum(task, newtonSolver).best.point);
    } else own = coordinates.uncentre(new Float64Array(0));
    for (const [k, place] of places[which === 0 ? 0 : 1].entries()) theta[place] = own[k];
  }
  return theta;
}

/** The restrictions of a fit with some parameters held as well. */
function holding(fit: LawFit, values: Values): Restrictions {
  const { fixed, tied, bounds } = fit.problemRestrictions;
  const free = Object.fromEntries(Object.entries(tied).filter(([name]) => !(masterOf(name, tied) in values)));
  const followers = Object.fromEntries(
    Object.entries(tied).flatMap(([name, master]) => (master in values ? [[name, values[master]]] : [])),
  );
  const within = Object.fromEntries(Object.entries(bounds ?? {}).filter(([name]) => !(name in values)));
  return { fixed: { ...fixed, ...followers, ...values }, tied: free, bounds: within };
}
