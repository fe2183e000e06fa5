import type { Law } from '../laws/law.ts';
import type { Coordinates, Restrictions } from './coordinates.ts';
import type { Objective } from './objectives/objective.ts';
import type { ProblemRows } from './problem.ts';
import { VariableProjection } from './variableProjection.ts';

/** Range of the exponents of the grid, and its number of values along one and along two axes. */
const exponents = { low: 0.02, high: 6, one: 96, two: 20 };
/** How many local minima of the grid, and how many good cells beside them, become seeds. */
const kept = { minima: 6, cells: 2 };

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
 * search in five dimensions becomes one in two. Returns the local minima of the grid and a few good cells beside them.
 *
 * @param robust - further weights of the rows, such as those of a first fit that mark outliers
 * @returns local minima first, best first; empty when the law is not separable or has more than two free exponents
 */
export function separableSeeds(
  law: Law,
  coordinates: Coordinates,
  restrictions: Restrictions,
  objective: Objective,
  data: ProblemRows,
  robust?: Float64Array,
): Seed[] {
  if (law.separable === undefined) return [];
  const terms = law.separable.filter((term) => restrictions.fixed[term.amplitude] !== 0);
  const axisCount = new Set(
    terms.flatMap(({ power }) =>
      power === undefined || power.exponent in restrictions.fixed
        ? []
        : [restrictions.tied[power.exponent] ?? power.exponent],
    ),
  ).size;
  if (axisCount > 2) return [];
  const grid = exponentGrid(axisCount === 2 ? exponents.two : exponents.one);
  const projection = new VariableProjection(law, terms, coordinates, restrictions, objective, data, grid, robust);
  const typical = typicalLoss(data);
  return choose(projection).map((cell) => {
    const params = projection.params(cell);
    const theta = law.params.map(({ name, transform }) => {
      const value = params.get(name) ?? 0;
      if (transform === 'identity') return value;
      if (value > 0) return Math.log(value);
      const term = terms.find((t) => t.amplitude === name);
      const input = law.inputs.findIndex((i) => i.name === term?.power?.input);
      const exponent = params.get(term?.power?.exponent ?? '') ?? 0;
      return Math.log(faint * typical) + (input < 0 ? 0 : exponent * coordinates.means[input]);
    });
    return { point: coordinates.centre(theta), exponents: projection.index(cell).map((g) => grid[g]) };
  });
}

function exponentGrid(count: number): Float64Array {
  const ratio = exponents.high / exponents.low;
  return Float64Array.from({ length: count }, (_, k) => exponents.low * ratio ** (k / (count - 1)));
}

/** Geometric mean of the losses. */
function typicalLoss(data: ProblemRows): number {
  let sum = 0;
  for (let i = 0; i < data.rows; i++) sum += data.logLoss[i];
  return Math.exp(sum / data.rows);
}

/** The local minima of the grid, then good cells a little away from them. */
function choose(projection: VariableProjection): number[] {
  const costs = Float64Array.from({ length: projection.cells }, (_, cell) => projection.cost(cell));
  const side = projection.grid.length;
  const two = projection.axes.length === 2;
  const distance = (a: number, b: number): number => {
    const [i, j] = [projection.index(a), projection.index(b)];
    return Math.max(0, ...i.map((value, axis) => Math.abs(value - j[axis])));
  };
  const isMinimum = (cell: number): boolean => {
    const row = two ? Math.floor(cell / side) : 0;
    const column = two ? cell % side : cell;
    for (let i = Math.max(0, row - 1); i <= (two ? Math.min(side - 1, row + 1) : 0); i++)
      for (let j = Math.max(0, column - 1); j <= Math.min(costs.length - 1, side - 1, column + 1); j++)
        if (costs[i * side + j] < costs[cell]) return false;
    return true;
  };
  const order = Array.from(costs.keys()).sort((a, b) => costs[a] - costs[b]);
  const minima = order.filter(isMinimum).slice(0, kept.minima);
  const cells: number[] = [];
  for (const cell of order) {
    if (cells.length === kept.cells) break;
    if ([...minima, ...cells].every((other) => distance(cell, other) > 1)) cells.push(cell);
  }
  return [...minima, ...cells];
}
