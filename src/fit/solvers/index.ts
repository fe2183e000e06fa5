import { IsoflopError } from '../../core/errors.ts';
import { levenbergMarquardtSolver } from './levenbergMarquardt.ts';
import { newtonSolver } from './newton.ts';
import type { Solver } from './solver.ts';

/** Every solver; the first is the default. */
export const solvers: readonly Solver[] = [newtonSolver, levenbergMarquardtSolver];

/**
 * The solver of that name.
 *
 * @throws {@link IsoflopError} `OPTION_INVALID`
 */
export function findSolver(id: string): Solver {
  const solver = solvers.find((candidate) => candidate.id === id);
  if (solver !== undefined) return solver;
  throw new IsoflopError('OPTION_INVALID', {
    option: '--solver',
    value: id,
    expected: solvers.map((s) => s.id).join(', '),
  });
}
