import { atSize, edgeOf, sizesOf, type Problem, type Solution } from './solve.ts';

/** Sizes whose loss (or cost) is nearly the best. */
export interface NearOptimal {
  /** Share by which the loss (or cost) may be above the best. */
  readonly within: number;
  /** Smallest and largest such size. */
  readonly params: readonly [number, number];
  /** Tokens of these two. */
  readonly tokens: readonly [number, number];
  /** What is minimised at these two: loss, or cost. */
  readonly values: readonly [number, number];
  /** Whether a limit ends the region there, rather than the loss. */
  readonly isLimited: readonly [boolean, boolean];
}

/** The sizes around the best one within a share of what it reaches, each with the best tokens for it. */
export function nearOptimalSizes(problem: Problem, theta: Float64Array, best: Solution, within: number): NearOptimal {
  const most = best.value + Math.log1p(within);
  const isNear = (logN: number): boolean => (atSize(problem, theta, logN)?.value ?? Infinity) <= most;
  const [low, high] = sizesOf(problem, theta) ?? [best.logN, best.logN];
  const ends = [edgeOf(isNear, best.logN, low), edgeOf(isNear, best.logN, high)] as const;
  const [first, last] = ends.map((logN) => atSize(problem, theta, logN) ?? best);
  return {
    within,
    params: [Math.exp(ends[0]), Math.exp(ends[1])],
    tokens: [Math.exp(first.logD), Math.exp(last.logD)],
    values: [Math.exp(first.value), Math.exp(last.value)],
    isLimited: [ends[0] <= low + 1e-9, ends[1] >= high - 1e-9],
  };
}
