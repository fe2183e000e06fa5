import { createCoordinates, type Coordinates, type Restrictions } from './coordinates.ts';
import { Newton, type LocalMinimum } from './newton.ts';
import { Problem } from './problem.ts';
import { searchMinimum } from './search.ts';
import type { SearchTask } from './searchTask.ts';
import { newtonSolver } from './solvers/newton.ts';
import type { Solver } from './solvers/solver.ts';

/** A term that nowhere contributes more than this share of the loss is tried without. */
const faintShare = 0.02;

/** The optimum after terms that the data do not want were switched off. */
export interface Settled {
  readonly off: readonly string[];
  readonly coordinates: Coordinates;
  readonly restrictions: Restrictions;
  readonly problem: Problem;
  readonly minimum: LocalMinimum;
}

/**
 * Switches off terms that are better absent.
 *
 * An optimum at which an amplitude is zero lies at minus infinity in its logarithm: the search creeps towards it and its
 * certificate means little. So a faint term is removed outright; if the rest reaches a value at least as low, the term is
 * off, and the optimum is a proper one of the smaller law.
 *
 * A search that creeps towards such an optimum may run out of steps while the term is still large (narrow data hardly tell
 * E from a term with a small exponent). So where there is no certificate, the smaller laws are searched as a whole.
 */
export function switchOffTerms(task: SearchTask, solver: Solver, best: LocalMinimum): Settled {
  const problem = new Problem(task.law, task.objective, task.delta, task.coordinates, task.data);
  let settled: Settled = {
    off: [],
    coordinates: task.coordinates,
    restrictions: task.restrictions,
    problem,
    minimum: best,
  };
  for (let faint = findFaint(settled); faint !== undefined;) {
    const without = fitWithout(task, solver, settled, faint);
    if (without === undefined || !(without.minimum.value <= settled.minimum.value * (1 + 1e-12))) break;
    const back = bringBack(solver, settled, without, faint);
    if (back !== undefined) {
      settled = { ...settled, minimum: back };
      break;
    }
    settled = without;
    faint = findFaint(settled);
  }
  return settled.minimum.certified ? settled : settleUncertified(task, solver, settled);
}

/** The best certified optimum without one more term, if it is lower and the objective rises when the term comes back. */
function settleUncertified(task: SearchTask, solver: Solver, from: Settled): Settled {
  let settled = from;
  for (const { amplitude } of task.law.separable ?? []) {
    if (!canBeOff(from, amplitude)) continue;
    const without = fitWithout(task, solver, from, amplitude);
    if (without?.minimum.certified !== true || !(without.minimum.value < settled.minimum.value)) continue;
    if (bringBack(solver, from, without, amplitude) === undefined) settled = without;
  }
  return settled;
}

/** A lower minimum of the larger law from the optimum of the smaller one with the term brought back, if there is one. */
function bringBack(solver: Solver, from: Settled, without: Settled, amplitude: string): LocalMinimum | undefined {
  const { problem, coordinates } = from;
  const { rows, logObserved } = problem.data;
  const point = coordinates.centre(without.coordinates.uncentre(without.minimum.point));
  let sum = 0;
  for (let i = 0; i < rows; i++) sum += logObserved[i];
  point[coordinates.names.indexOf(amplitude)] = Math.log(faintShare) + sum / rows;
  const back = solver.prepare(problem)(point, []);
  return back.value < without.minimum.value * (1 - 1e-12) ? back : undefined;
}

/** Whether an amplitude is free and may be zero. */
function canBeOff({ coordinates, restrictions }: Settled, amplitude: string): boolean {
  return coordinates.names.includes(amplitude) && (restrictions.bounds?.[amplitude]?.[0] ?? 0) === 0;
}

/** The free amplitude whose term contributes least, if that is faint everywhere. */
export function findFaint(settled: Settled): string | undefined {
  const { problem, minimum } = settled;
  const { law, data } = problem;
  if (law.separable === undefined || law.separable.length < 2) return undefined;
  const theta = problem.toTheta(minimum.point);
  let faintest: string | undefined;
  let least = faintShare;
  for (const { amplitude, power } of law.separable) {
    if (!canBeOff(settled, amplitude)) continue;
    const a = theta[law.params.findIndex((p) => p.name === amplitude)];
    const exponent = power === undefined ? 0 : theta[law.params.findIndex((p) => p.name === power.exponent)];
    const input = data.inputs[law.inputs.findIndex((i) => i.name === power?.input)] as Float64Array | undefined;
    let share = 0;
    // One row in which the term counts is enough; nearly always it is the first.
    for (let i = 0; i < data.rows && share < least; i++)
      share = Math.max(share, Math.exp(a - exponent * (input?.[i] ?? 0) - data.logObserved[i]));
    if (share < least) [faintest, least] = [amplitude, share];
  }
  return faintest;
}

function fitWithout(task: SearchTask, solver: Solver, from: Settled, amplitude: string): Settled | undefined {
  const { law } = task;
  const exponent = law.separable?.find((term) => term.amplitude === amplitude)?.power?.exponent;
  const theta = from.coordinates.uncentre(from.minimum.point);
  const fixed: Record<string, number> = { ...from.restrictions.fixed, [amplitude]: 0 };
  // Without its term an exponent means nothing; it stays where it is unless another parameter shares it.
  const tied = from.restrictions.tied;
  const shared = Object.entries(tied).some(([name, master]) => name === exponent || master === exponent);
  if (Object.values(tied).includes(amplitude)) return undefined;
  if (exponent !== undefined && !shared && !(exponent in fixed))
    fixed[exponent] = theta[law.params.findIndex((p) => p.name === exponent)];
  const restrictions = { ...from.restrictions, fixed };
  const coordinates = createCoordinates(law, restrictions, task.coordinates.means);
  if (coordinates.size === 0) return undefined;
  const problem = new Problem(law, task.objective, task.delta, coordinates, task.data);
  const start = coordinates.centre(theta);
  let minimum = from.minimum.certified
    ? solver.prepare(problem)(start, [])
    : searchMinimum({ ...task, coordinates, restrictions }, newtonSolver, [start]).best;
  if (!minimum.certified) minimum = better(minimum, new Newton(problem).minimize(minimum.point));
  return { off: [...from.off, amplitude], coordinates, restrictions, problem, minimum };
}

const better = (a: LocalMinimum, b: LocalMinimum): LocalMinimum => (b.value < a.value || b.certified ? b : a);
