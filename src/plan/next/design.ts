/** What is known about candidates and a target, as covariances. */
export interface DesignProblem {
  /** Covariance of the errors of the mean at the candidates, row-major candidates x candidates. */
  readonly covariance: Float64Array;
  /** Covariance of each candidate with the target, length candidates. */
  readonly withTarget: Float64Array;
  /** Variance of the target. */
  readonly target: number;
  /** Variance of one run about the mean. */
  readonly noise: number;
}

/**
 * Runs that are observed, and the variance of the target that is left. A run is added in time runs x candidates by the
 * Schur complement, which is exact for Gaussian errors: what a run reveals about every other place is one rank.
 */
export class Design {
  private readonly problem: DesignProblem;
  /** What each run of the design revealed: its covariance with every candidate, over its standard deviation. */
  private readonly revealed: Float64Array[] = [];
  /** Variance of each candidate's mean, and its covariance with the target, given the runs. */
  private readonly own: Float64Array;
  private readonly shared: Float64Array;
  /** Variance of the target that is left. */
  variance: number;

  constructor(problem: DesignProblem, runs: readonly number[] = [], noise = problem.noise) {
    this.problem = problem;
    const n = problem.withTarget.length;
    this.own = Float64Array.from({ length: n }, (_, i) => problem.covariance[i * (n + 1)]);
    this.shared = problem.withTarget.slice();
    this.variance = problem.target;
    for (const run of runs) this.add(run, noise);
  }

  /** Variance that one more run of this shape would take off. */
  gain(i: number): number {
    const spread = this.own[i] + this.problem.noise;
    return spread > 0 ? this.shared[i] ** 2 / spread : 0;
  }

  /** Observes a run. */
  add(i: number, noise = this.problem.noise): void {
    const { covariance } = this.problem;
    const n = this.own.length;
    const spread = Math.max(0, this.own[i]) + noise;
    if (!(spread > 0)) return;
    const column = covariance.slice(i * n, (i + 1) * n);
    for (const before of this.revealed) {
      const at = before[i];
      if (at !== 0) for (let j = 0; j < n; j++) column[j] -= at * before[j];
    }
    const root = Math.sqrt(spread);
    for (let j = 0; j < n; j++) column[j] /= root;
    const target = this.shared[i] / root;
    for (let j = 0; j < n; j++) {
      this.own[j] -= column[j] ** 2;
      this.shared[j] -= column[j] * target;
    }
    this.variance = Math.max(0, this.variance - target ** 2);
    this.revealed.push(column);
  }
}
