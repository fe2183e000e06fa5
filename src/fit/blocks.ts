import { Problem, type Linearization, type ProblemRows } from './problem.ts';
import { addOuterProducts } from './rowAlgebra.ts';

/** Rows above which nothing is kept for each row but the data: a Jacobian of ten million rows alone is 400 MB. */
export const manyRows = 2 ** 18;
/** Rows of a block: their derivatives stay in the cache of a processor. */
const blockRows = 2 ** 14;

/**
 * Linearises a problem at a point, block by block where it has very many rows, all at once where it has not.
 *
 * @param visit - is given each block, the number of its first row and its rows; what it is given is overwritten by the next
 * @returns whether the objective has a value there; where it has none, the last block that was visited may not be the last
 * @example
 * ```ts
 * const { problem, minimum } = fitLaw(chinchilla, runs);
 * let value = 0;
 * forEachBlock(problem, minimum.point, (at) => (value += at.value)); // true
 * ```
 */
export function forEachBlock(
  problem: Problem,
  point: Float64Array,
  visit: (at: Linearization, first: number, rows: number) => void,
): boolean {
  const { data } = problem;
  if (data.rows <= manyRows) {
    const at = problem.createLinearization();
    problem.linearize(point, at);
    visit(at, 0, data.rows);
    return at.value < Infinity;
  }
  let block: Problem | undefined;
  let at: Linearization | undefined;
  let first = 0;
  for (const rows of blocksOf(data)) {
    // The first block is the longest; its memory serves all.
    block ??= new Problem(problem.law, problem.objective, problem.delta, problem.free, rows);
    at ??= block.createLinearization();
    block.data = rows;
    if (block.linearize(point, at) === Infinity) return false;
    visit(at, first, rows.rows);
    first += rows.rows;
  }
  return true;
}

/** Rows in blocks that share the memory of all; those of a table that is not very long in one. */
export function* blocksOf(data: ProblemRows): Generator<ProblemRows> {
  if (data.rows <= manyRows) yield data;
  else for (let first = 0; first < data.rows; first += blockRows) yield rowsFrom(data, first);
}

/** A block of rows that shares the memory of all. */
function rowsFrom(data: ProblemRows, first: number): ProblemRows {
  const rows = Math.min(blockRows, data.rows - first);
  const cut = (column: Float64Array): Float64Array => column.subarray(first, first + rows);
  return {
    rows,
    inputs: data.inputs.map(cut),
    observed: cut(data.observed),
    logObserved: cut(data.logObserved),
    weights: data.weights === undefined ? undefined : cut(data.weights),
  };
}

/** Value, gradient and curvature of the objective at one point, summed over all rows. */
export interface Totals {
  readonly value: number;
  readonly point: Float64Array;
  readonly gradient: Float64Array;
  /** Sum of |contributions| to each component of the gradient. */
  readonly gradientScale: Float64Array;
  /** Diagonal of the reweighted least-squares matrix. */
  readonly scale: Float64Array;
  /** Exact Hessian; lower triangle, row-major size x size. */
  readonly hessian: Float64Array;
  /** The part of it that comes from the second derivatives of the residuals. */
  readonly secondOrder: Float64Array;
  /**
   * sum_i w_i j_i j_i' with the weights w_i = psi_i / r_i of reweighted least squares: the curvature over distances at which
   * the kinks of a robust penalty average out. Lower triangle, row-major size x size.
   */
  readonly information: Float64Array;
}

/** Sums over all rows of what a linearisation at a point holds. */
export function totalsAt(problem: Problem, point: Float64Array): Totals {
  const { size } = problem.free;
  const vector = (): Float64Array => new Float64Array(size);
  const matrix = (): Float64Array => new Float64Array(size * size);
  const sums = { gradient: vector(), gradientScale: vector(), scale: vector(), hessian: matrix() };
  const secondOrder = matrix();
  const information = matrix();
  let value = 0;
  let weight = new Float64Array(0);
  const hasValue = forEachBlock(problem, point, (at, _first, rows) => {
    value += at.value;
    for (const key of ['gradient', 'gradientScale', 'scale'] as const) add(at[key], sums[key]);
    add(at.secondOrder, secondOrder);
    add(at.secondOrder, sums.hessian);
    if (weight.length < rows) weight = new Float64Array(rows);
    for (let i = 0; i < rows; i++) weight[i] = at.residual[i] === 0 ? at.slope[i] : at.psi[i] / at.residual[i];
    addOuterProducts(at.jacobian, weight, rows, size, information);
    addOuterProducts(at.jacobian, at.slope, rows, size, sums.hessian);
  });
  return { ...sums, secondOrder, information, value: hasValue ? value : Infinity, point: point.slice() };
}

function add(terms: Float64Array, to: Float64Array): void {
  for (let k = 0; k < to.length; k++) to[k] += terms[k];
}
