import { IsoflopError } from '../core/errors.ts';
import { formatQuantity } from '../core/quantity.ts';
import { createWarning, type Warning } from '../core/warnings.ts';
import type { Fit } from '../fit/result.ts';
import { lawOf } from '../laws/index.ts';
import { predictLoss } from '../uncertainty/predict.ts';
import { predictPoints, type PredictedPoint, type QueryPoint } from './predictPoints.ts';

/** What two laws one after the other say about a point. */
export interface ChainedPoint extends PredictedPoint {
  /** What the second law makes of the loss, such as an accuracy between 0 and 1. */
  readonly value: number;
}

/** Predictions of two steps, and the reasons to be careful with them. */
export interface ChainPrediction {
  /** What the second law predicts, such as `accuracy`. */
  readonly response: string;
  readonly points: readonly ChainedPoint[];
  readonly warnings: readonly Warning[];
}

/**
 * Predicts in two steps, as a ladder of small models does for a task: a first law gives the loss of a model, a second one
 * what that loss means, such as the accuracy.
 *
 * `interval` is that of the loss and covers the error of the first law's coefficients. `value` has no interval: it would have
 * to hold the errors of both laws and of the assumption that the loss alone decides, and neither law knows the other's.
 *
 * @param first - a fit of the loss, such as `chinchilla`; for a task, of the loss on that task
 * @param second - a fit whose one input is the same loss, such as `downstream-sigmoid`
 * @param points - models, as {@link predictPoints} takes them
 * @throws {@link IsoflopError} `OPTION_INVALID` when the laws do not follow on one another, and as {@link predictPoints}
 * @see arXiv 2412.04403, section 3 (Bhagia et al. 2024)
 * @example
 * ```ts
 * const params = { a: -0.5, k: 4, L0: 2.8, b: 0.78 };
 * const second = publishedFit(downstreamSigmoid, { id: 'mine', source: 'a table', params, note: '' });
 * predictChain(fit, second, [{ params: 1e9, tokens: 2e10 }]).points[0].value; // 0.65
 * ```
 */
export function predictChain(
  first: Fit,
  second: Fit,
  points: readonly QueryPoint[],
  options: { readonly confidence?: number | undefined } = {},
): ChainPrediction {
  const [from, to] = [lawOf(first), lawOf(second)];
  const names = to.inputs.map((input) => input.name);
  if (names.length !== 1 || names[0] !== from.response.name)
    throw new IsoflopError('OPTION_INVALID', {
      option: 'the second law of a chain',
      value: `${to.id} (of ${names.join(' and ')})`,
      expected: `a law of ${from.response.name} alone, which ${from.id} predicts`,
    });
  const steps = predictPoints(first, points, options);
  const loss = Float64Array.from(steps.points, (point) => point.loss);
  const value = predictLoss(second, { [names[0]]: loss }).loss;
  return {
    response: to.response.name,
    points: steps.points.map((point, k) => ({ ...point, value: value[k] })),
    warnings: [...steps.warnings, ...outside(second, names[0], loss)],
  };
}

/** A warning when predictions of the first law lie outside the data of the second. */
function outside(fit: Fit, name: string, values: Float64Array): Warning[] {
  const range = fit.data.ranges[name];
  if (range === undefined) return [];
  const [low, high] = range;
  const beyond = [...values].filter((value) => !(value >= low && value <= high));
  if (beyond.length === 0) return [];
  const farthest = beyond.reduce((a, b) => (distance(b, range) > distance(a, range) ? b : a));
  const message =
    `The ${name} of ${String(beyond.length)} of ${String(values.length)} points lies outside the data of ${fit.law}: ` +
    `${formatQuantity(farthest)} against ${formatQuantity(low)} to ${formatQuantity(high)}.`;
  // Half the width of the data away, a sigmoid may have any level.
  const isFar = distance(farthest, range) > 0.5 * (high - low);
  return [createWarning('EXTRAPOLATION', message, { level: isFar ? 'warning' : 'info' })];
}

const distance = (value: number, [low, high]: readonly [number, number]): number => Math.max(low - value, value - high);
