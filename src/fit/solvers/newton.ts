import { manyRows } from '../blocks.ts';
import { Newton } from '../newton.ts';
import { minimizeStreamed } from '../streamedNewton.ts';
import type { Solver } from './solver.ts';

/** Damped Newton with exact Hessians: the default, for every objective. */
export const newtonSolver: Solver = {
  id: 'newton',
  title: 'Damped Newton with exact Hessians',
  refuses: () => undefined,
  prepare: (problem) => {
    if (problem.data.rows <= manyRows) {
      const newton = new Newton(problem);
      return (start, known) => newton.minimize(start, known);
    }
    return (start, known) => {
      const end = minimizeStreamed(problem, start, known);
      const isBeaten = known.some((other) => other.certified && other.value <= end.value);
      return end.certified || isBeaten ? end : new Newton(problem).minimize(end.point, known);
    };
  },
};
