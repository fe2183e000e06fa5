import { range, type Limit } from './limits.ts';
import type { Surface } from './surface.ts';
import type { CostName, Workload } from './workload.ts';

/** What a plan optimises over: sizes and tokens, within limits. */
export interface Problem {
  readonly workload: Workload;
  /** The distinct tokens there are, and the losses with another number of them. */
  readonly data: { readonly uniqueTokens: number; readonly withUnique: (tokens: number) => Surface };
  readonly limits: readonly Limit[];
  readonly minParams: number;
  readonly minTokens: number;
  /** ln of the loss to reach; `null` where the loss is minimised. */
  readonly logTarget: number | null;
  /** What is minimised where a loss is to be reached: usually what the run costs in `currency`. */
  readonly currency: CostName;
  readonly cost: (params: number, tokens: number) => number;
}

/** A model and its tokens, with what is minimised: ln loss, or ln cost. */
export interface Solution {
  readonly logN: number;
  readonly logD: number;
  readonly value: number;
}

/** Sizes that are compared first, tokens for each of them, and steps that close in on the best. */
const search = { sizes: 200, tokens: 12, steps: 70, halvings: 60, minima: 4 };
const golden = (Math.sqrt(5) - 1) / 2;

/** The most tokens that the limits allow for a size, at most `range.high`. */
export function mostTokensOf(limits: readonly Limit[], params: number): number {
  let most: number = range.high;
  for (const limit of limits) most = Math.min(most, limit.mostTokens(params));
  return most;
}

/**
 * The best tokens for one size: as many as the limits allow unless fewer do better, or, where a loss is to be reached, as few
 * as reach it. `null` where the limits leave none.
 */
export function atSize({ workload, limits, ...problem }: Problem, theta: Float64Array, logN: number): Solution | null {
  const params = Math.exp(logN);
  const least = Math.max(problem.minTokens, range.low);
  const most = mostTokensOf(limits, params);
  // What was asked for to the last digit has to be feasible after an exponential and a logarithm.
  if (!(most >= least * (1 - 1e-12))) return null;
  const [low, high] = [Math.log(Math.min(least, most)), Math.log(most)];
  const lossAt = (logD: number): number => workload.logLossAt(theta, logN, logD);
  if (problem.logTarget === null) {
    const logD = leastLossTokens(workload, theta, logN, low, high);
    const value = lossAt(logD);
    return Number.isNaN(value) ? null : { logN, logD, value };
  }
  const target = problem.logTarget;
  const isReached = (logD: number): boolean => lossAt(logD) <= target;
  if (isReached(low)) return { logN, logD: low, value: Math.log(problem.cost(params, Math.exp(low))) };
  let top = isReached(high) ? high : leastLossTokens(workload, theta, logN, low, high);
  if (!isReached(top)) return null;
  let bottom = low;
  for (let step = 0; step < search.halvings; step++) {
    const middle = 0.5 * (bottom + top);
    if (isReached(middle)) top = middle;
    else bottom = middle;
  }
  return { logN, logD: top, value: Math.log(problem.cost(params, Math.exp(top))) };
}

/** ln of the tokens of least loss for a size; all of them for every law that falls with tokens. */
function leastLossTokens(workload: Workload, theta: Float64Array, logN: number, low: number, high: number): number {
  if (high - low < 1e-12) return high;
  const at = Float64Array.from({ length: search.tokens }, (_, j) => high - ((high - low) * j) / (search.tokens - 1));
  const losses = workload.logLoss(theta, new Float64Array(search.tokens).fill(logN), at);
  let best = 0;
  for (let j = 1; j < search.tokens; j++) if (losses[j] < losses[best]) best = j;
  if (best === 0) {
    // The least loss could still lie between the last two.
    const before = workload.logLossAt(theta, logN, high - 1e-6 * (high - low));
    if (!(before < losses[0])) return high;
  }
  const objective = (logD: number): number => workload.logLossAt(theta, logN, logD);
  return goldenSection(objective, at[Math.min(best + 1, search.tokens - 1)], at[Math.max(best - 1, 0)]);
}

/** Where a function with one minimum between two ends is least. */
function goldenSection(f: (x: number) => number, from: number, to: number, steps = search.steps): number {
  let [low, high] = [from, to];
  let [a, b] = [high - golden * (high - low), low + golden * (high - low)];
  let [atA, atB] = [f(a), f(b)];
  for (let step = 0; step < steps && high - low > 1e-13 * Math.abs(high); step++) {
    if (atA < atB) {
      [high, b, atB] = [b, a, atA];
      a = high - golden * (high - low);
      atA = f(a);
    } else {
      [low, a, atA] = [a, b, atB];
      b = low + golden * (high - low);
      atB = f(b);
    }
  }
  return atA < atB ? a : b;
}

/** The sizes that have tokens enough within the limits, as logarithms; `null` where there are none. */
function allowedSizes({ limits, minParams, minTokens }: Problem): readonly [number, number] | null {
  const least = Math.max(minTokens, range.low);
  const isAllowed = (logN: number): boolean => mostTokensOf(limits, Math.exp(logN)) >= least * (1 - 1e-12);
  const low = Math.log(Math.max(minParams, range.low));
  const high = Math.max(low, Math.log(range.high));
  return isAllowed(low) ? [low, edgeOf(isAllowed, low, high)] : null;
}

/**
 * The sizes between which a plan may choose, as logarithms: those with tokens enough within the limits and, where a loss is
 * to be reached, with enough to reach it. `null` where there are none.
 */
export function sizesOf(problem: Problem, theta: Float64Array): readonly [number, number] | null {
  const allowed = allowedSizes(problem);
  if (allowed === null || problem.logTarget === null) return allowed;
  const isReached = (logN: number): boolean => atSize(problem, theta, logN) !== null;
  const lowest = leastLoss({ ...problem, logTarget: null }, theta, allowed, search.sizes);
  if (lowest === null || !isReached(lowest.logN)) return null;
  return [edgeOf(isReached, lowest.logN, allowed[0]), edgeOf(isReached, lowest.logN, allowed[1])];
}

/** How far from a place where something holds it holds towards another, which may be on either side. */
export function edgeOf(holds: (x: number) => boolean, from: number, to: number): number {
  if (holds(to)) return to;
  let [inside, outside] = [from, to];
  for (let step = 0; step < search.halvings; step++) {
    const middle = 0.5 * (inside + outside);
    if (holds(middle)) inside = middle;
    else outside = middle;
  }
  return inside;
}

/** Sizes with the best tokens for each, rising. */
export function frontierOf(problem: Problem, theta: Float64Array, sizes: number = search.sizes): Solution[] {
  const ends = sizesOf(problem, theta);
  return ends === null ? [] : along(problem, theta, ends, sizes);
}

function along(problem: Problem, theta: Float64Array, ends: readonly [number, number], sizes: number): Solution[] {
  const found: Solution[] = [];
  const step = (ends[1] - ends[0]) / (sizes - 1);
  for (let j = 0; j < sizes; j++) {
    const solution = atSize(problem, theta, j === sizes - 1 ? ends[1] : ends[0] + step * j);
    if (solution !== null && Number.isFinite(solution.value)) found.push(solution);
  }
  return found;
}

/**
 * The best size and tokens within limits: the best tokens of 200 sizes, then a golden-section search around each of the best
 * local minima among them. `null` where nothing is allowed.
 */
export function solve(problem: Problem, theta: Float64Array, sizes: number = search.sizes): Solution | null {
  const ends = sizesOf(problem, theta);
  return ends === null ? null : leastLoss(problem, theta, ends, sizes);
}

/** {@link solve} between two sizes. */
function leastLoss(
  problem: Problem,
  theta: Float64Array,
  ends: readonly [number, number],
  sizes: number,
): Solution | null {
  const frontier = along(problem, theta, ends, sizes);
  if (frontier.length === 0) return null;
  const minima = Array.from(frontier.keys())
    .filter((j) => isLocalMinimum(frontier, j))
    .sort((a, b) => frontier[a].value - frontier[b].value)
    .slice(0, search.minima);
  let best = frontier[minima[0]];
  const valueAt = (logN: number): number => atSize(problem, theta, logN)?.value ?? Infinity;
  for (const j of minima) {
    const [from, to] = [frontier[Math.max(0, j - 1)].logN, frontier[Math.min(j + 1, frontier.length - 1)].logN];
    const found = atSize(problem, theta, goldenSection(valueAt, from, to));
    if (found !== null && found.value < best.value) best = found;
  }
  return best;
}

function isLocalMinimum(frontier: readonly Solution[], j: number): boolean {
  const { value } = frontier[j];
  return !(j > 0 && frontier[j - 1].value < value) && !(j + 1 < frontier.length && frontier[j + 1].value < value);
}
