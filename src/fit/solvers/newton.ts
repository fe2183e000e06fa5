import { Newton } from '../newton.ts';
import type { Solver } from './solver.ts';

/** Damped Newton with exact Hessians: the default, for every objective. */
export const newtonSolver: Solver = {
  id: 'newton',
  title: 'Damped Newton with exact Hessians',
  refuses: () => undefined,
  prepare: (problem) => {
    const newton = new Newton(problem);
    return (start, known) => newton.minimize(start, known);
  },
};
