import { choleskyInPlace, choleskySolve } from '../core/linalg.ts';

/**
 * Non-negative least squares for a handful of columns, from the normal equations: finds c >= 0 that minimises
 * c'Gc - 2h'c. With at most four columns it is quickest to try supports, largest first.
 */
export class NonNegativeSolver {
  /** The solution of the last {@link solve}, length columns. */
  readonly solution: Float64Array;
  private readonly columns: number;
  private readonly supports: readonly (readonly number[])[];
  private readonly factor: Float64Array;
  private readonly right: Float64Array;

  constructor(columns: number) {
    this.columns = columns;
    this.solution = new Float64Array(columns);
    this.factor = new Float64Array(columns * columns);
    this.right = new Float64Array(columns);
    this.supports = Array.from({ length: 2 ** columns - 1 }, (_, mask) =>
      Array.from({ length: columns }, (_, k) => k).filter((k) => ((mask + 1) >> k) & 1),
    ).sort((a, b) => b.length - a.length);
  }

  /**
   * @param gram - G, row-major columns x columns, lower triangle
   * @param h - right-hand side, length columns
   * @returns h'c, by which the sum of squares falls
   */
  solve(gram: Float64Array, h: Float64Array): number {
    const { solution, factor, right, columns } = this;
    let best = 0;
    solution.fill(0);
    for (const support of this.supports) {
      const n = support.length;
      for (let a = 0; a < n; a++) {
        right[a] = h[support[a]];
        for (let b = 0; b <= a; b++) factor[a * n + b] = gram[support[a] * columns + support[b]];
        factor[a * n + a] *= 1 + 1e-13; // keeps columns that coincide to rounding solvable
      }
      if (!choleskyInPlace(factor, n)) continue;
      choleskySolve(factor, n, right);
      let feasible = true;
      let gained = 0;
      for (let a = 0; a < n; a++) {
        if (right[a] < 0) feasible = false;
        gained += right[a] * h[support[a]];
      }
      if (!feasible || gained <= best) continue;
      best = gained;
      solution.fill(0);
      for (let a = 0; a < n; a++) solution[support[a]] = right[a];
      if (n === columns) break; // the unconstrained optimum is feasible, so it is the optimum
    }
    return best;
  }
}
