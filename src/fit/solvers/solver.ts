import type { LocalMinimum } from '../newton.ts';
import type { Problem } from '../problem.ts';

/** A local minimiser. */
export interface Solver {
  /** Name on the command line. */
  readonly id: string;
  readonly title: string;
  /** Why this solver cannot minimise a problem, or `undefined` when it can. */
  readonly refuses: (problem: Pick<Problem, 'objective' | 'data'>) => string | undefined;
  /**
   * Prepares memory for a problem; the returned function minimises from a starting point in free coordinates. It may stop
   * early at a minimum already known, once it is on its way into it.
   */
  readonly prepare: (problem: Problem) => (start: Float64Array, known: readonly LocalMinimum[]) => LocalMinimum;
}
