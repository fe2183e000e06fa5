import type { Solver } from '../../fit/solvers/solver.ts';

/** Takes the place of the cross-check by ml-levenberg-marquardt, whose matrices alone would be a third of what a page loads. */
export const levenbergMarquardtSolver: Solver = {
  id: 'ml-levenberg-marquardt',
  title: 'Levenberg-Marquardt (not in a browser)',
  refuses: () => 'it is not in the browser build',
  prepare: () => {
    throw new Error('ml-levenberg-marquardt is refused before');
  },
};
