import { choleskyInPlace, choleskySolve } from '../../core/linalg.ts';
import type { Drop, LawParam } from '../law.ts';
import type { Annealing } from './annealing.ts';

/** Rows that are looked at, points of the sum's parameters and exponents that are tried, and guesses that are made. */
const tried = { rows: 40, points: 240, exponents: [0.2, 0.3, 0.4, 0.5, 0.6, 0.75, 1] };
const kept = 3;
/** Guesses closer than this in their cost, relatively, are taken for one. */
const sameCost = 0.02;

/**
 * Starting points for a fit of curves: for many values of the parameters in the sum and of alpha, the floor and the two
 * amplitudes follow from least squares, relative to the response.
 *
 * @param moments - the schedule and the step of each row
 */
export function guessCurve(
  drop: Drop,
  moments: readonly (readonly [Annealing, number] | undefined)[],
  observed: Float64Array,
): Readonly<Record<string, number>>[] {
  const count = Math.min(tried.rows, observed.length);
  const rows = Array.from({ length: count }, (_, i) => {
    const row = Math.floor(((i + 0.5) * observed.length) / count);
    const moment = moments[row];
    return moment === undefined ? undefined : { annealing: moment[0], t: moment[1], loss: observed[row] };
  }).filter((row) => row !== undefined);
  const sums = new Float64Array(16);
  const found: { cost: number; params: Record<string, number> }[] = [];
  for (let n = 0; n < tried.points; n++) {
    const theta = Float64Array.from(drop.params, (param, k) => draw(param, halton(n + 1, primes[k])));
    const drops = rows.map(({ annealing, t }) => {
      drop.sum(theta, annealing.termsTo(t), 0, sums);
      return sums[0];
    });
    for (const alpha of tried.exponents) {
      const columns = rows.map(({ annealing, t, loss }, i) => [
        1 / loss,
        annealing.sums[t] ** -alpha / loss,
        -drops[i] / loss,
      ]);
      const solved = leastSquares(columns);
      if (solved === undefined) continue;
      const [L0, A, amplitude] = solved.solution;
      const inner = drop.params.map(({ name, transform }, k): [string, number] => [
        name,
        transform === 'log' ? Math.exp(theta[k]) : theta[k],
      ]);
      const params = { L0, A, alpha, [drop.amplitude.name]: amplitude, ...Object.fromEntries(inner) };
      found.push({ cost: solved.left, params });
    }
  }
  found.sort((a, b) => a.cost - b.cost);
  const chosen: typeof found = [];
  for (const one of found) {
    if (chosen.length === kept) break;
    if (chosen.every(({ cost }) => one.cost > cost * (1 + sameCost))) chosen.push(one);
  }
  return chosen.map(({ params }) => params);
}

const primes = [2, 3, 5] as const;

/** The n-th number of Halton's sequence, between 0 and 1. */
function halton(n: number, base: number): number {
  let [value, share] = [0, 1];
  for (let rest = n; rest > 0; rest = Math.floor(rest / base)) {
    share /= base;
    value += share * (rest % base);
  }
  return value;
}

/** A coordinate in the range of search of a parameter. */
function draw({ search = [0, 1], transform }: LawParam, u: number): number {
  const [low, high] = search;
  return transform === 'log' ? Math.log(low) + u * Math.log(high / low) : low + u * (high - low);
}

/** The combination of three columns that is nearest to 1, where all its coefficients are positive. */
function leastSquares(
  columns: readonly (readonly number[])[],
): { readonly solution: Float64Array; readonly left: number } | undefined {
  const gram = new Float64Array(9);
  const right = new Float64Array(3);
  for (const row of columns)
    for (let j = 0; j < 3; j++) {
      right[j] += row[j];
      for (let k = 0; k <= j; k++) gram[j * 3 + k] += row[j] * row[k];
    }
  if (!choleskyInPlace(gram, 3)) return undefined;
  const solution = right.slice();
  choleskySolve(gram, 3, solution);
  if (!solution.every((value) => value > 0)) return undefined;
  const left = columns.reduce(
    (sum, row) => sum + (1 - row[0] * solution[0] - row[1] * solution[1] - row[2] * solution[2]) ** 2,
    0,
  );
  return { solution, left };
}
