import { IsoflopError } from '../core/errors.ts';
import { symmetricEigen } from '../core/linalg.ts';
import { createRandom } from '../core/random.ts';
import { manyRows, totalsAt } from './blocks.ts';
import { checkStart, guessedStarts, givenStart, naturalInputs } from './givenStarts.ts';
import { scaledInformation } from './information.ts';
import { multistartSeeds } from './multistart.ts';
import type { LocalMinimum } from './newton.ts';
import { pickRows, Problem, type ProblemRows } from './problem.ts';
import type { SearchTask } from './searchTask.ts';
import { isNeighbour, SeedGrid, type Seed } from './seeds.ts';
import type { Solver } from './solvers/solver.ts';

/** Two minima count as the same value within this relative difference. */
const sameValue = 1e-9;
/** Two minima are equally low within this relative difference. */
const tied = 1e-12;
/** Rows above which the search starts on a sample, the growth of the sample from stage to stage, and its largest size. */
const sample = { first: 1024, growth: 16, most: manyRows };
/** A minimum that is higher than another by this share on the largest sample is not the lowest on all rows. */
const beyondSampling = 0.02;

/** Rise of the objective, relative to its value, at which starting points are placed along the flattest direction. */
const valleyRise = 0.1;

/** Fresh starts granted to the best minimum when it has no certificate. */
const restarts = 3;

/** The best local minimum found, and how many of the seeds lead to its value. */
export interface SearchResult {
  readonly best: LocalMinimum;
  readonly tried: number;
  readonly reached: number;
}

/**
 * Searches for the global minimum. Sums of power laws get seeds by variable projection on a grid, on the rows themselves
 * and on rows reweighted against outliers; other laws those of a low-discrepancy multistart and of their own guess. The
 * user's start, where it is complete, comes first and wins a tie, up to 2,048 rows. Each seed is polished by the solver. More
 * rows are searched on a sample first, and the distinct minima carried over to larger samples and at last to all rows, so that
 * the time stays linear in the rows.
 *
 * @param extra - further starting points, in free coordinates
 */
export function searchMinimum(task: SearchTask, solver: Solver, extra: readonly Float64Array[] = []): SearchResult {
  const sizes: number[] = [];
  for (let size = sample.first; size * 2 < task.data.rows && size <= sample.most; size *= sample.growth)
    sizes.push(size);
  let starts: readonly Float64Array[] = [];
  let tried = 0;
  let reached = 0;
  let minima: LocalMinimum[] = [];
  let polish: ReturnType<Solver['prepare']> | undefined;
  for (const size of [...sizes, task.data.rows]) {
    const data = size === task.data.rows ? task.data : sampleRows(task.data, size);
    const problem = new Problem(task.law, task.objective, task.delta, task.coordinates, data);
    const from = solver.prepare(problem);
    polish = from;
    if (starts.length === 0) {
      const grid = SeedGrid.create(task.law, task.coordinates, task.restrictions, task.objective, data);
      const seeds = grid?.seeds() ?? [];
      const given = givenStart(task);
      const points = grid === undefined ? otherStarts(task, problem) : seeds.map((seed) => seed.point);
      for (const start of [...(given === undefined ? [] : [given]), ...extra, ...points])
        minima.push(from(start, minima));
      if (!minima.some(({ value }) => value < Infinity)) refuseRows(task);
      for (const seed of robustSeeds(problem, minima, grid, seeds)) minima.push(from(seed.point, minima));
      for (const start of valleyStarts(problem, minima)) minima.push(from(start, minima));
      tried = minima.length;
      reached = countReached(minima);
    } else {
      minima = [];
      // The lowest comes first: a rival that cannot come below it need not be followed to its end.
      for (const start of starts) minima.push(from(start, minima));
    }
    const rivals = distinct(minima).filter(
      ({ value }) => size < sample.most || value <= (1 + beyondSampling) * lowest(minima).value,
    );
    starts = rivals.map((minimum) => minimum.point);
  }
  let best = lowest(minima);
  const own = givenStart(task) === undefined ? best : minima[0];
  // Where a function of the rows repeats itself, as a cosine of whole numbers does, users mean the minimum they start near.
  if (sizes.length === 0 && own.certified && own.value <= best.value * (1 + sameValue)) best = own;
  // On nearly flat floors a search can lose its certificate to rounding; a fresh start from its end regains it.
  for (let again = 0; again < restarts && !best.certified && polish !== undefined; again++) {
    const next = polish(best.point, []);
    if (isBetter(next, best)) best = next;
  }
  return { best, tried, reached };
}

/** A search with the end of one more starting point. */
export function withStart(found: SearchResult, end: LocalMinimum): SearchResult {
  const best = isBetter(end, found.best) ? end : found.best;
  const isSame = (value: number): boolean => value <= best.value * (1 + sameValue) + Number.MIN_VALUE;
  const reached = (isSame(found.best.value) ? found.reached : 0) + (isSame(end.value) ? 1 : 0);
  return { best, tried: found.tried + 1, reached };
}

/** The error for rows for which the law has no value wherever a search may begin, with the place where that shows. */
function refuseRows(task: SearchTask): never {
  const { law, coordinates, start = {}, data } = task;
  const ones = Object.fromEntries(coordinates.names.map((name) => [name, 1]));
  checkStart({ ...task, start: { ...ones, ...start } });
  // Nothing to see where every parameter is 1: then it is only the law as a whole.
  throw new IsoflopError('LAW_WITHOUT_VALUE', { law: law.id, rows: data.rows });
}

/** Starting points of a law that is not a sum of power laws: its own guess and, where that does not suffice, a multistart. */
function otherStarts(task: SearchTask, problem: Problem): Float64Array[] {
  const { law, restrictions, coordinates, start = {} } = task;
  const guessed = guessedStarts(task, problem.data);
  const isWhole = coordinates.names.length === law.params.length && restrictions.bounds === undefined;
  if (law.guessSuffices === true && isWhole && guessed.length > 0) return guessed;
  const scales = law.scales?.(naturalInputs(task, problem.data), problem.data.rows) ?? {};
  return [...guessed, ...multistartSeeds(problem, coordinates.names, start, scales)];
}

const lowest = (minima: readonly LocalMinimum[]): LocalMinimum => minima.reduce((a, b) => (isBetter(b, a) ? b : a));

/** Lower, or as low to rounding and certified; equal minima, such as those with two terms exchanged, are not. */
function isBetter(a: LocalMinimum, b: LocalMinimum): boolean {
  if (b.value < Infinity && Math.abs(a.value - b.value) <= tied * b.value) return a.certified && !b.certified;
  return a.value < b.value;
}

function countReached(minima: readonly LocalMinimum[]): number {
  const least = Math.min(...minima.map((minimum) => minimum.value));
  return minima.filter((minimum) => minimum.value <= least * (1 + sameValue) + Number.MIN_VALUE).length;
}

/** The minima with different values, best first, at most four. */
function distinct(minima: readonly LocalMinimum[]): LocalMinimum[] {
  const kept: LocalMinimum[] = [];
  for (const minimum of [...minima].sort((a, b) => a.value - b.value))
    if (kept.every((other) => minimum.value > other.value * (1 + 1e-6))) kept.push(minimum);
  return kept.slice(0, 4);
}

/**
 * Seeds of the same grid with rows reweighted by their residuals at the best minimum so far, when the objective is robust
 * and outliers may have led the plain least squares astray. Only seeds from new places are returned.
 */
function robustSeeds(
  problem: Problem,
  minima: readonly LocalMinimum[],
  grid: SeedGrid | undefined,
  seeds: readonly Seed[],
): Seed[] {
  if (problem.objective.delta === null || minima.length === 0 || grid === undefined) return [];
  const { rows } = problem.data;
  const at = problem.createLinearization();
  problem.linearize(lowest(minima).point, at);
  const sizes = at.residual.slice(0, rows).map(Math.abs).sort();
  const typical = Math.max(problem.delta, sizes[Math.floor(rows / 2)]);
  // Only rows far outside the bulk can have moved the plain seeds.
  if (!(sizes[rows - 1] > 8 * typical)) return [];
  const robust = Float64Array.from({ length: rows }, (_, i) => Math.min(1, (2 * typical) / Math.abs(at.residual[i])));
  return grid.seedsReweighted(robust).filter((seed) => !seeds.some((other) => isNeighbour(seed, other)));
}

/**
 * Points to both sides of the best minimum along its flattest direction, far enough that the objective would rise by
 * {@link valleyRise} if it were smooth. A robust objective is nearly a sum of absolute values and has its other local
 * minima along the floor of this valley.
 */
function valleyStarts(problem: Problem, minima: readonly LocalMinimum[]): Float64Array[] {
  if (minima.length === 0) return [];
  const best = lowest(minima);
  const { size } = problem.free;
  const information = scaledInformation(totalsAt(problem, best.point));
  const { values, vectors } = symmetricEigen(information.matrix, size);
  if (!(values[0] > 0)) return [];
  const length = Math.sqrt((2 * valleyRise * best.value) / values[0]);
  return [length, -length].map((t) => best.point.map((x, k) => x + (t * vectors[k * size]) / information.scale[k]));
}

/** A seeded sample of rows without replacement, which keeps the rows at the ends of every input. */
function sampleRows(data: ProblemRows, size: number): ProblemRows {
  const random = createRandom(20_240_404, size);
  const chosen = new Set<number>();
  for (const input of data.inputs) {
    let low = 0;
    let high = 0;
    for (let i = 1; i < data.rows; i++) {
      if (input[i] < input[low]) low = i;
      if (input[i] > input[high]) high = i;
    }
    chosen.add(low).add(high);
  }
  while (chosen.size < size) chosen.add(random.integer(data.rows));
  return pickRows(
    data,
    [...chosen].sort((a, b) => a - b),
  );
}
