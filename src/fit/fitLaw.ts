import { IsoflopError } from '../core/errors.ts';
import type { Warning } from '../core/warnings.ts';
import type { Law } from '../laws/law.ts';
import type { Runs } from '../runs/runs.ts';
import { runWeights } from '../runs/runWeights.ts';
import { checkData } from './checkData.ts';
import { bindCurves } from './bindCurves.ts';
import { createCoordinates, type Coordinates, type Restrictions } from './coordinates.ts';
import type { LocalMinimum } from './newton.ts';
import { checkStart, givenStart } from './givenStarts.ts';
import { findObjective } from './objectives/index.ts';
import type { Objective } from './objectives/objective.ts';
import { checkValues, resolveDelta, resolveRestrictions, type FitOptions } from './options.ts';
import { orderLikeStart } from './nearStart.ts';
import { Problem } from './problem.ts';
import type { FitStatus, Weighting } from './result.ts';
import { selectRows, type SelectedRows } from './rows.ts';
import { searchMinimum, withStart } from './search.ts';
import type { SearchTask } from './searchTask.ts';
import { refineSquares } from './refine.ts';
import { findSolver } from './solvers/index.ts';
import type { Solver } from './solvers/solver.ts';
import { judge } from './status.ts';
import { switchOffTerms } from './switchOff.ts';

/** A law fitted to runs: the optimum and everything that uncertainty, reports and refits start from. */
export interface LawFit {
  readonly law: Law;
  readonly runs: Runs;
  readonly rows: SelectedRows;
  readonly objective: Objective;
  readonly delta: number;
  readonly solver: string;
  /** What the user fixed and tied. */
  readonly restrictions: Restrictions;
  /** The same after terms were switched off: their amplitudes are fixed at zero. */
  readonly problemRestrictions: Restrictions;
  readonly start: Readonly<Record<string, number>>;
  readonly bounds: Readonly<Record<string, readonly [number, number]>>;
  readonly weighting: Weighting;
  /** Amplitudes whose terms the fit switched off. */
  readonly off: readonly string[];
  /** Free coordinates after terms were switched off. */
  readonly coordinates: Coordinates;
  readonly problem: Problem;
  readonly minimum: LocalMinimum;
  /** The law's own coordinates (not centred) at the optimum, length params; -Infinity for a term that is off. */
  readonly theta: Float64Array;
  readonly seeds: { readonly tried: number; readonly reached: number };
  readonly status: FitStatus;
  readonly reasons: readonly string[];
  /** Names of parameters that ended at a bound. */
  readonly atBound: readonly string[];
  /** Names of parameters that the data do not determine. */
  readonly unidentified: readonly string[];
  readonly condition: number | null;
  readonly warnings: readonly Warning[];
  readonly fitMs: number;
}

/**
 * Fits a law to runs: finds the global minimum of the objective, certifies it, and says what the data do not determine.
 *
 * Standard errors and intervals are the next step, `summarizeFit`; `fitRuns` does both.
 *
 * @throws {@link IsoflopError} for data or options that cannot be fitted: `TOO_FEW_ROWS`, `INPUT_CONSTANT`,
 *   `INPUTS_COLLINEAR`, `QUANTITY_MISSING`, `VALUE_NOT_POSITIVE`, `VALUE_NOT_FINITE`, `PARAM_UNKNOWN`, `OPTION_INVALID`,
 *   `SOLVER_UNSUITABLE`, `FORMULA_INVALID`
 * @see docs/fitting.md for the method
 * @example
 * ```ts
 * const fit = fitLaw(chinchilla, runs, { objective: 'log-huber', delta: 1e-3 });
 * fit.status; // 'converged'
 * ```
 */
export function fitLaw(asked: Law, given: Runs, options: FitOptions = {}): LawFit {
  const began = performance.now();
  const { law, runs, warnings: assumed } = bindCurves(asked, given, options);
  const objective = findObjective(options.objective ?? law.objective ?? 'log-huber');
  const solver = findSolver(options.solver ?? 'newton');
  const restrictions = resolveRestrictions(law, options);
  const start = options.start ?? {};
  checkValues(law, '--start', start);

  const positive = objective.residual === 'log' || law.scale === 'log';
  const weights = options.weights === 'run' ? runWeights(runs) : options.weights;
  const rows = selectRows(law, runs, { weights, positive });
  const delta = resolveDelta(objective, options.delta, unitOf(law, objective, rows));
  const coordinates = createCoordinates(law, restrictions, rows.means);
  const warnings = checkData(law, rows, coordinates, restrictions);
  const refusal = solver.refuses({ objective, data: rows.data });
  if (refusal !== undefined) throw new IsoflopError('SOLVER_UNSUITABLE', { solver: solver.id, reason: refusal });

  const task: SearchTask = { law, objective, delta, coordinates, restrictions, data: rows.data, start };
  checkStart(task);
  let found = searchMinimum(task, solver);
  const isPartial = Object.keys(start).length > 0 && givenStart(task) === undefined;
  if (isPartial) found = searchFrom(task, solver, found, start);
  found = { ...found, best: likeStart(task, solver, found.best) };
  let settled = switchOffTerms(task, solver, found.best);
  // The coordinates of the listed laws are well conditioned; those of a formula may be anything.
  if (law.spec !== undefined) settled = { ...settled, minimum: refineSquares(settled.problem, settled.minimum) };
  const verdict = judge(settled, found);
  return {
    law,
    runs,
    rows,
    objective,
    delta,
    solver: solver.id,
    restrictions,
    problemRestrictions: settled.restrictions,
    start,
    bounds: options.bounds ?? {},
    weighting: options.weights === undefined ? 'none' : options.weights === 'run' ? 'run' : 'given',
    off: settled.off,
    coordinates: settled.coordinates,
    problem: settled.problem,
    minimum: settled.minimum,
    theta: settled.coordinates.uncentre(settled.minimum.point),
    seeds: { tried: found.tried, reached: found.reached },
    ...verdict,
    warnings: [...assumed, ...warnings, ...verdict.warnings],
    fitMs: performance.now() - began,
  };
}

/** The size of one unit of the residuals: that of the response where these are raw and it is no loss in nats. */
function unitOf(law: Law, objective: Objective, { data }: SelectedRows): number {
  if (objective.residual === 'log' || law.response.name === 'loss') return 1;
  const sizes = data.observed.slice(0, data.rows).map(Math.abs).sort();
  return sizes[Math.floor(data.rows / 2)] || 1;
}

/** The minimum with its equal terms in the order of the user's start. */
function likeStart(task: SearchTask, solver: Solver, best: LocalMinimum): LocalMinimum {
  const point = orderLikeStart(task, best);
  if (point === undefined) return best;
  return polishAll(task, solver, point);
}

/** The minimum that a point leads to, on all rows. */
function polishAll(task: SearchTask, solver: Solver, point: Float64Array): LocalMinimum {
  const problem = new Problem(task.law, task.objective, task.delta, task.coordinates, task.data);
  return solver.prepare(problem)(point, []);
}

/** Adds the user's starting point, completed by the values of the best minimum so far. */
function searchFrom(
  task: SearchTask,
  solver: Solver,
  found: ReturnType<typeof searchMinimum>,
  start: Readonly<Record<string, number>>,
): ReturnType<typeof searchMinimum> {
  const { law, coordinates } = task;
  const theta = coordinates.uncentre(found.best.point);
  for (const [j, param] of law.params.entries()) {
    const value = start[param.name] as number | undefined;
    if (value !== undefined) theta[j] = param.transform === 'log' ? Math.log(value) : value;
  }
  return withStart(found, polishAll(task, solver, coordinates.centre(theta)));
}
