import type { Law, SeparableTerm } from '../laws/law.ts';
import { masterOf, type Coordinates, type Restrictions } from './coordinates.ts';
import { NonNegativeSolver } from './nonNegative.ts';
import type { Objective } from './objectives/objective.ts';
import type { ProblemRows } from './problem.ts';

/** A term of the law with its table of basis columns, one for each value of its exponent. */
interface Column {
  readonly term: SeparableTerm;
  /** Index of the free exponent that it depends on, or -1. */
  readonly axis: number;
  readonly exponents: Float64Array;
  /** Basis columns x^-exponent, one Float64Array (length rows) for each exponent. */
  readonly basis: readonly Float64Array[];
  /** Index among the free amplitudes, or -1 when the amplitude is fixed. */
  readonly unknown: number;
  readonly fixedAmplitude: number;
  /** Mean of the log input. */
  readonly mean: number;
}

/**
 * The inner problem of variable projection on a grid of exponents: for given exponents the best amplitudes are a small
 * non-negative least-squares problem. Rows are weighted by 1 / loss for log objectives, so that residuals approximate log
 * residuals.
 *
 * @see Golub and Pereyra (1973), "The differentiation of pseudo-inverses and nonlinear least squares problems whose
 *   variables separate"
 */
export class VariableProjection {
  /** Names of the free exponents: the axes of the grid. */
  readonly axes: readonly string[];
  /** Values along each axis. */
  readonly grid: Float64Array;
  /** Number of cells; cell c has the grid indices of {@link index}. */
  readonly cells: number;
  private readonly columns: readonly Column[];
  private readonly unknowns: number;
  private readonly observed: Float64Array;
  /** Square of the weight of each row, before {@link reweigh}. */
  private readonly baseWeights: Float64Array;
  /** The same after it. */
  private readonly squaredWeights: Float64Array;
  private targetSquare = 0;
  private withTarget: readonly Float64Array[] = [];
  /** Inner products of two columns that share an axis or have at most one; by exponent index. */
  private products: readonly (readonly (Float64Array | undefined)[])[] = [];
  private readonly solver: NonNegativeSolver;
  private readonly gram: Float64Array;
  private readonly right: Float64Array;
  private readonly place: Int32Array;
  private readonly known: Float64Array;

  constructor(
    law: Law,
    terms: readonly SeparableTerm[],
    coordinates: Coordinates,
    restrictions: Restrictions,
    objective: Objective,
    data: ProblemRows,
    grid: Float64Array,
  ) {
    const exponentOf = (term: SeparableTerm): string | undefined => {
      if (term.power === undefined || term.power.exponent in restrictions.fixed) return undefined;
      return masterOf(term.power.exponent, restrictions.tied);
    };
    this.axes = [...new Set(terms.map(exponentOf).filter((name) => name !== undefined))];
    this.grid = grid;
    this.cells = this.grid.length ** this.axes.length;

    this.observed = data.observed;
    this.baseWeights = Float64Array.from({ length: data.rows }, (_, i) => {
      const weight = data.weights?.[i] ?? 1;
      return objective.residual === 'log' ? weight / data.observed[i] ** 2 : weight;
    });
    this.squaredWeights = this.baseWeights.slice();
    let unknowns = 0;
    this.columns = terms.map((term): Column => {
      const name = exponentOf(term);
      const fixedExponent = term.power === undefined ? 0 : restrictions.fixed[term.power.exponent];
      const exponents = name === undefined ? Float64Array.of(fixedExponent) : this.grid;
      const input = law.inputs.findIndex((i) => i.name === term.power?.input);
      const basis = Array.from(exponents, (exponent) => {
        const column = new Float64Array(data.rows).fill(1);
        if (input >= 0) for (let i = 0; i < column.length; i++) column[i] = Math.exp(-exponent * data.inputs[input][i]);
        return column;
      });
      return {
        term,
        axis: name === undefined ? -1 : this.axes.indexOf(name),
        exponents,
        basis,
        unknown: term.amplitude in restrictions.fixed ? -1 : unknowns++,
        fixedAmplitude: restrictions.fixed[term.amplitude],
        mean: input >= 0 ? coordinates.means[input] : 0,
      };
    });
    this.unknowns = unknowns;
    this.solver = new NonNegativeSolver(unknowns);
    this.gram = new Float64Array(unknowns * unknowns);
    this.right = new Float64Array(unknowns);
    this.place = new Int32Array(this.columns.length);
    this.known = new Float64Array(this.columns.length);
    this.tabulate();
  }

  /**
   * Multiplies the weights of the rows by further ones, such as those of a first fit that mark outliers; the tables of
   * powers stay.
   */
  reweigh(robust: Float64Array): void {
    for (let i = 0; i < robust.length; i++) this.squaredWeights[i] = this.baseWeights[i] * robust[i];
    this.tabulate();
  }

  private tabulate(): void {
    const weighted = this.squaredWeights.map((w, i) => w * this.observed[i]);
    this.targetSquare = dot(weighted, this.observed);
    this.withTarget = this.columns.map((c) => Float64Array.from(c.basis, (basis) => dot(basis, weighted)));
    this.products = this.columns.map((c, j) =>
      this.columns.slice(0, j + 1).map((other) => {
        if (c.axis >= 0 && other.axis >= 0 && c.axis !== other.axis) return undefined;
        const length = Math.max(c.basis.length, other.basis.length);
        const at = (column: Column, g: number): Float64Array => column.basis[Math.min(g, column.basis.length - 1)];
        return Float64Array.from({ length }, (_, g) => dotWeighted(at(c, g), at(other, g), this.squaredWeights));
      }),
    );
  }

  /** Grid indices of a cell, one for each axis. */
  index(cell: number): number[] {
    return this.axes.length === 2
      ? [Math.floor(cell / this.grid.length), cell % this.grid.length]
      : this.axes.map(() => cell);
  }

  /** Weighted sum of squares that the best amplitudes leave in a cell. */
  cost(cell: number): number {
    const { columns, gram, right, unknowns, place, known } = this;
    const side = this.grid.length;
    right.fill(0);
    let cost = this.targetSquare;
    for (let j = 0; j < columns.length; j++) {
      const c = columns[j];
      place[j] = c.axis < 0 ? 0 : c.axis === this.axes.length - 1 ? cell % side : Math.floor(cell / side);
      // A fixed amplitude is known; in centred inputs it is scaled by exp(-exponent * mean).
      known[j] = c.unknown >= 0 ? 0 : c.fixedAmplitude * Math.exp(-c.exponents[place[j]] * c.mean);
    }
    for (let j = 0; j < columns.length; j++) {
      const cj = columns[j].unknown;
      const overlap = this.withTarget[j][place[j]];
      if (cj >= 0) right[cj] += overlap;
      else cost -= 2 * known[j] * overlap;
      for (let k = 0; k <= j; k++) {
        const ck = columns[k].unknown;
        const table = this.products[j][k];
        const g =
          table === undefined
            ? dotWeighted(columns[j].basis[place[j]], columns[k].basis[place[k]], this.squaredWeights)
            : table[Math.max(place[j], place[k])];
        if (cj >= 0 && ck >= 0) gram[cj * unknowns + ck] = g;
        else if (cj >= 0) right[cj] -= g * known[k];
        else if (ck >= 0) right[ck] -= g * known[j];
        else cost += (j === k ? 1 : 2) * known[j] * known[k] * g;
      }
    }
    return unknowns === 0 ? cost : cost - this.solver.solve(gram, right);
  }

  /**
   * Natural (not centred) parameters of a cell: the exponents and the best amplitudes; an amplitude that least squares
   * leaves out is zero.
   */
  params(cell: number): Map<string, number> {
    this.cost(cell);
    const index = this.index(cell);
    const params = new Map(this.axes.map((name, a) => [name, this.grid[index[a]]]));
    for (const [j, c] of this.columns.entries()) {
      if (c.unknown < 0) continue;
      const exponent = c.exponents[this.place[j]];
      params.set(c.term.amplitude, this.solver.solution[c.unknown] * Math.exp(exponent * c.mean));
    }
    return params;
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

function dotWeighted(a: Float64Array, b: Float64Array, weights: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i] * weights[i];
  return sum;
}
