import { Design, type DesignProblem } from './design.ts';

/** What may be bought. */
export interface Purse {
  /** Cost of each candidate, length candidates. */
  readonly costs: Float64Array;
  readonly budget: number;
  readonly maxRuns: number;
  /** Most runs of one candidate. */
  readonly seeds: number;
}

/** A run has to take this share off the interval that the others leave to be worth the trouble. */
const leastSaving = 0.005;
/** How much a run's cost counts against what it takes off: not at all, by its cost, and between. */
const thrift = [0, 0.25, 0.5, 0.75, 1] as const;
/** An exchange has to lower the variance by this share, so that rounding moves nothing. */
const leastProgress = 1e-9;
/** Runs of a design whose pairs are exchanged too. */
const mostForPairs = 8;
/** Additions and multiplications that exchanges may take, for each greedy plan less than a tenth of a second; few plans need a tenth of it. */
const mostWork = 3e7;
/** Sums of costs may pass the budget by rounding. */
const rounding = 1 + 1e-12;

const costOf = (runs: readonly number[], { costs }: Purse): number => runs.reduce((sum, run) => sum + costs[run], 0);

/**
 * Adds the run that takes most off the variance for its cost to the power `exponent`, as long as one pays.
 *
 * @returns the runs, those given first
 */
export function fillGreedily(
  problem: DesignProblem,
  purse: Purse,
  exponent: number,
  start: readonly number[] = [],
): number[] {
  return fill(problem, purse, exponent, start).runs;
}

/** {@link fillGreedily} with the variance that is left. */
function fill(
  problem: DesignProblem,
  purse: Purse,
  exponent: number,
  start: readonly number[],
): { runs: number[]; variance: number } {
  const { costs, budget, maxRuns, seeds } = purse;
  const runs = [...start];
  const design = new Design(problem, runs);
  const bought = new Int32Array(costs.length);
  for (const run of runs) bought[run]++;
  let left = budget * rounding - costOf(runs, purse);
  while (runs.length < maxRuns) {
    let best = -1;
    let most = 0;
    const least = design.variance * (1 - (1 - leastSaving) ** 2);
    for (let i = 0; i < costs.length; i++) {
      if (costs[i] > left || bought[i] >= seeds) continue;
      const gain = design.gain(i);
      const worth = gain / costs[i] ** exponent;
      if (gain > least && worth > most) [best, most] = [i, worth];
    }
    if (best < 0) break;
    design.add(best);
    runs.push(best);
    bought[best]++;
    left -= costs[best];
  }
  return { runs, variance: design.variance };
}

const varianceOf = (problem: DesignProblem, runs: readonly number[]): number => new Design(problem, runs).variance;

/**
 * Exchanges runs for others as long as that lowers the variance: one run is given up, or `most` together, and what they cost is
 * spent anew. Among very many runs and candidates it ends earlier, after a fixed amount of work.
 */
export function exchange(problem: DesignProblem, purse: Purse, start: readonly number[], most = 2): number[] {
  let runs = [...start];
  let variance = varianceOf(problem, runs);
  let work = 0;
  const tryWithout = (given: readonly number[]): boolean => {
    const kept = runs.filter((_, k) => !given.includes(k));
    for (const exponent of [0, 1]) {
      if (work > mostWork) return false;
      const next = fill(problem, purse, exponent, kept);
      work += next.runs.length ** 2 * purse.costs.length;
      if (next.variance < variance * (1 - leastProgress)) {
        ({ runs, variance } = next);
        return true;
      }
    }
    return false;
  };
  for (let moved = true; moved;) {
    moved = false;
    for (let k = 0; k < runs.length; k++) if (tryWithout([k])) moved = true;
    if (moved || most < 2) continue;
    for (let k = 1; k < runs.length && !moved; k++)
      for (let l = 0; l < k && !moved; l++) if (tryWithout([k, l])) moved = true;
  }
  return runs;
}

/** Leaves out runs that the others make all but useless, the least useful first. */
export function prune(problem: DesignProblem, start: readonly number[]): number[] {
  let runs = [...start];
  for (;;) {
    const variance = varianceOf(problem, runs);
    const without = runs.map((_, k) => varianceOf(problem, runs.toSpliced(k, 1)));
    const least = Math.min(...without);
    if (runs.length === 0 || Math.sqrt(variance) < (1 - leastSaving) * Math.sqrt(least)) return runs;
    runs = runs.toSpliced(without.indexOf(least), 1);
  }
}

/**
 * The runs that lower the variance of the target most within the budget: greedy purchases, by what a run takes off and by
 * what it takes off for its cost, each improved by exchanges, of which the best is kept.
 *
 * @see Fedorov (1972), "Theory of optimal experiments", for the exchange
 */
export function selectRuns(problem: DesignProblem, purse: Purse): number[] {
  const found = thrift
    .map((exponent) => exchange(problem, purse, fillGreedily(problem, purse, exponent), 1))
    .map((runs) => ({ runs, variance: varianceOf(problem, runs) }));
  const best = found.reduce((least, one) => (one.variance < least.variance ? one : least));
  // Pairs are many where runs are, and then single exchanges come as far.
  return prune(problem, best.runs.length <= mostForPairs ? exchange(problem, purse, best.runs) : best.runs);
}

/** The order in which runs are worth their cost, each given those before it. */
export function orderRuns(problem: DesignProblem, { costs }: Purse, runs: readonly number[]): number[] {
  const left = [...runs];
  const design = new Design(problem);
  const order: number[] = [];
  while (left.length > 0) {
    const worth = left.map((run) => -Math.log1p(-Math.min(1 - 1e-12, design.gain(run) / design.variance)) / costs[run]);
    const [next] = left.splice(worth.indexOf(Math.max(...worth)), 1);
    design.add(next);
    order.push(next);
  }
  return order;
}
