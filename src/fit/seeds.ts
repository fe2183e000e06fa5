import type { Law, SeparableTerm } from '../laws/law.ts';
import { masterOf, type Coordinates, type Restrictions } from './coordinates.ts';
import type { Objective } from './objectives/objective.ts';
import type { ProblemRows } from './problem.ts';
import { VariableProjection } from './variableProjection.ts';

/** Range of the exponents of the grid, and its number of values along one and along two axes. */
const exponents = { low: 0.02, high: 6, one: 64, two: 16 };
/** How many local minima of the grid become seeds. */
const keptMinima = 6;

/** A starting point, and the exponents of the grid cell that it came from. */
export interface Seed {
  readonly point: Float64Array;
  readonly exponents: readonly number[];
}

/** Whether two seeds come from the same or neighbouring cells. */
export function isNeighbour(a: Seed, b: Seed): boolean {
  const step =
    (exponents.high / exponents.low) ** (1.5 / ((a.exponents.length === 2 ? exponents.two : exponents.one) - 1));
  return a.exponents.every((value, k) => value / b.exponents[k] < step && b.exponents[k] / value < step);
}

/** Share of the loss given to a term that the least squares of the seed left out, so that the polish can decide. */
const faint = 1e-2;

/**
 * Seeds by variable projection: on a grid of the exponents the amplitudes follow from a small least-squares problem, so a
 * search in five dimensions becomes one in two.
 */
export class SeedGrid {
  private readonly law: Law;
  private readonly coordinates: Coordinates;
  private readonly terms: readonly SeparableTerm[];
  private readonly projection: VariableProjection;
  private readonly typical: number;

  private constructor(
    law: Law,
    coordinates: Coordinates,
    terms: readonly SeparableTerm[],
    projection: VariableProjection,
    typical: number,
  ) {
    this.law = law;
    this.coordinates = coordinates;
    this.terms = terms;
    this.projection = projection;
    this.typical = typical;
  }

  /** Prepares the grid; `undefined` when the law is not separable or has more than two free exponents. */
  static create(
    law: Law,
    coordinates: Coordinates,
    restrictions: Restrictions,
    objective: Objective,
    data: ProblemRows,
  ): SeedGrid | undefined {
    const terms = law.separable?.filter((term) => restrictions.fixed[term.amplitude] !== 0) ?? [];
    const free = terms.flatMap(({ power }) =>
      power === undefined || power.exponent in restrictions.fixed ? [] : [masterOf(power.exponent, restrictions.tied)],
    );
    const axes = new Set(free).size;
    if (terms.length === 0 || axes > 2) return undefined;
    // Amplitudes are positive, and so has to be what they add up to.
    for (let i = 0; i < data.rows; i++) if (!(data.observed[i] > 0)) return undefined;
    const grid = exponentGrid(axes === 2 ? exponents.two : exponents.one);
    const projection = new VariableProjection(law, terms, coordinates, restrictions, objective, data, grid);
    return new SeedGrid(law, coordinates, terms, projection, typicalLoss(data));
  }

  /** The local minima of the grid, best first. */
  seeds(): Seed[] {
    return choose(this.projection).map((cell) => this.seed(cell));
  }

  /** The same with rows reweighted, such as by a first fit that marks outliers. */
  seedsReweighted(robust: Float64Array): Seed[] {
    this.projection.reweigh(robust);
    return this.seeds();
  }

  private seed(cell: number): Seed {
    const { law, coordinates, projection } = this;
    const params = projection.params(cell);
    const theta = law.params.map(({ name, transform }) => {
      const value = params.get(name) ?? 0;
      if (transform === 'identity') return value;
      if (value > 0) return Math.log(value);
      const power = this.terms.find((term) => term.amplitude === name)?.power;
      const input = law.inputs.findIndex((i) => i.name === power?.input);
      const exponent = params.get(power?.exponent ?? '') ?? 0;
      return Math.log(faint * this.typical) + (input < 0 ? 0 : exponent * coordinates.means[input]);
    });
    return {
      point: coordinates.centre(theta),
      exponents: projection.index(cell).map((g) => projection.grid[g]),
    };
  }
}

function exponentGrid(count: number): Float64Array {
  const ratio = exponents.high / exponents.low;
  return Float64Array.from({ length: count }, (_, k) => exponents.low * ratio ** (k / (count - 1)));
}

/** Geometric mean of the losses. */
function typicalLoss(data: ProblemRows): number {
  let sum = 0;
  for (let i = 0; i < data.rows; i++) sum += data.logObserved[i];
  return Math.exp(sum / data.rows);
}

/** Cells of the local minima of the grid, best first. */
function choose(projection: VariableProjection): number[] {
  const costs = Float64Array.from({ length: projection.cells }, (_, cell) => projection.cost(cell));
  const side = projection.grid.length;
  const two = projection.axes.length === 2;
  const isMinimum = (cell: number): boolean => {
    const row = two ? Math.floor(cell / side) : 0;
    const column = two ? cell % side : cell;
    for (let i = Math.max(0, row - 1); i <= (two ? Math.min(side - 1, row + 1) : 0); i++)
      for (let j = Math.max(0, column - 1); j <= Math.min(costs.length - 1, side - 1, column + 1); j++)
        if (costs[i * side + j] < costs[cell]) return false;
    return true;
  };
  return Array.from(costs.keys())
    .filter(isMinimum)
    .sort((a, b) => costs[a] - costs[b])
    .slice(0, keptMinima);
}
