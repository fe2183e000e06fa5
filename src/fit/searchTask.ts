import type { Law } from '../laws/law.ts';
import type { Coordinates, Restrictions } from './coordinates.ts';
import type { Objective } from './objectives/objective.ts';
import type { ProblemRows } from './problem.ts';

/** What to minimise. */
export interface SearchTask {
  readonly law: Law;
  readonly objective: Objective;
  readonly delta: number;
  readonly coordinates: Coordinates;
  readonly restrictions: Restrictions;
  readonly data: ProblemRows;
  /** Values of the user's starting point, in natural units; none unless given. */
  readonly start?: Readonly<Record<string, number>>;
}
