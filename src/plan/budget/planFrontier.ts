import type { Fit } from '../../fit/result.ts';
import { predictPoints } from '../predictPoints.ts';
import { binding, type LimitName } from './limits.ts';
import { atSize, sizesOf, type Problem, type Solution } from './solve.ts';
import type { Surface } from './surface.ts';

/** Sizes with the best tokens for each, as columns of equal length. */
export interface FrontierColumns {
  readonly params: readonly number[];
  readonly tokens: readonly number[];
  readonly loss: readonly number[];
  /** Interval of the loss: for a new run where the fit is calibrated, else of the law's mean; `null` without errors. */
  readonly lower: readonly number[] | null;
  readonly upper: readonly number[] | null;
  /** Cost in the plan's currency. */
  readonly cost: readonly number[];
  /** The limit that ends the tokens of each size; `null` where none does. */
  readonly limit: readonly (LimitName | null)[];
}

/** Sizes of a figure, and how far they go beyond the near-optimal ones. */
const sizes = 72;
const margin = Math.log(4);

/** The frontier of a problem for figures. */
export function frontierColumns(
  fit: Fit,
  problem: Problem,
  theta: Float64Array,
  surface: Surface,
  confidence: number,
  { best, region }: { readonly best: Solution; readonly region: readonly [number, number] },
): FrontierColumns {
  const [low, high] = sizesOf(problem, theta) ?? [best.logN, best.logN];
  const [from, to] = [Math.max(low, Math.log(region[0]) - margin), Math.min(high, Math.log(region[1]) + margin)];
  const asLogs = Array.from({ length: sizes }, (_, j) => from + ((to - from) * j) / (sizes - 1));
  const points = [...asLogs, best.logN]
    .sort((a, b) => a - b)
    .map((logN) => atSize(problem, theta, logN))
    .filter((point) => point !== null);
  const params = points.map(({ logN }) => Math.exp(logN));
  const tokens = points.map(({ logD }) => Math.exp(logD));
  const asked = points.map(({ logN, logD }, j) =>
    surface.pointOf(theta, logN, logD, problem.workload.batchOf(params[j], tokens[j]).worth),
  );
  const predicted = predictPoints(fit, asked, { confidence }).points;
  const intervals = predicted
    .map(({ interval, calibrated }) => calibrated?.newRun ?? interval)
    .filter((interval) => interval !== null);
  const isWhole = predicted.length > 0 && intervals.length === predicted.length;
  return {
    params,
    tokens,
    loss: predicted.map(({ loss }) => loss),
    lower: isWhole ? intervals.map((interval) => interval[0]) : null,
    upper: isWhole ? intervals.map((interval) => interval[1]) : null,
    cost: points.map((_, j) => problem.cost(params[j], tokens[j])),
    limit: points.map(
      (_, j) =>
        problem.limits.find((limit) => limit.usage(params[j], tokens[j]) >= limit.value * binding)?.name ?? null,
    ),
  };
}
