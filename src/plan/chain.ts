import { IsoflopError } from '../core/errors.ts';
import { formatQuantity } from '../core/quantity.ts';
import { createWarning, type Warning } from '../core/warnings.ts';
import type { Fit } from '../fit/result.ts';
import { createRandom } from '../core/random.ts';
import { lawOf } from '../laws/index.ts';
import type { Law } from '../laws/law.ts';
import { wideningOf } from '../uncertainty/calibration.ts';
import { halfWidth } from '../uncertainty/halfWidth.ts';
import { checkConfidence, predictLoss } from '../uncertainty/predict.ts';
import { coefficientDraws, intervalOfDraws, noiseOf, studentSample, withNoise } from './chainDraws.ts';
import { isLinked } from './prediction.ts';
import { predictPoints, type PredictedPoint, type QueryPoint } from './predictPoints.ts';

/** What two laws one after the other say about a point. */
export interface ChainedPoint extends PredictedPoint {
  /** What the second law makes of the loss, such as an accuracy between 0 and 1. */
  readonly value: number;
  /**
   * Interval of the mean over models: it holds the errors of the coefficients of both laws, and where the first fit is
   * calibrated what backtests add to them. `null` where one of the two has no error.
   */
  readonly valueInterval: readonly [number, number] | null;
  /** Interval of a single new model: with the spread of runs about the first law and that of scores about the second. */
  readonly valueOfNewRun: readonly [number, number] | null;
}

/** Predictions of two steps, and the reasons to be careful with them. */
export interface ChainPrediction {
  /** What the second law predicts, such as `accuracy`. */
  readonly response: string;
  readonly points: readonly ChainedPoint[];
  readonly warnings: readonly Warning[];
}

/** Options of {@link predictChain}. */
export interface ChainOptions {
  /** Probability of the intervals, that of the first fit unless given. */
  readonly confidence?: number | undefined;
  /** Draws for the intervals of the second step; default 2000. */
  readonly draws?: number;
  readonly seed?: number;
}

/**
 * Predicts in two steps, as a ladder of small models does for a task: a first law gives the loss of a model, a second one
 * what that loss means, such as the accuracy.
 *
 * `interval` is that of the loss. Those of `value` are made of draws: a loss from the first fit (its bootstrap, its covariance,
 * or the intervals that its backtests support), through a second law whose coefficients are drawn as well, and for a new
 * model with the spread of single scores about that law. The two fits are taken to err independently, and the loss alone to
 * decide: a model of another architecture or data with the same loss may score otherwise, which no draw knows.
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
  options: ChainOptions = {},
): ChainPrediction {
  const { draws = 2000, seed = 0 } = options;
  const [from, to] = [lawOf(first), lawOf(second)];
  const names = to.inputs.map((input) => input.name);
  if (names.length !== 1 || names[0] !== from.response.name)
    throw new IsoflopError('OPTION_INVALID', {
      option: 'the second law of a chain',
      value: `${to.id} (of ${names.join(' and ')})`,
      expected: `a law of ${from.response.name} alone, which ${from.id} predicts`,
    });
  const confidence = checkConfidence(options.confidence ?? first.confidence);
  const steps = predictPoints(first, points, { confidence });
  const loss = Float64Array.from(steps.points, (point) => point.loss);
  const value = predictLoss(second, { [names[0]]: loss }).loss;
  const intervals = createIntervals(first, second, { confidence, draws, seed });
  return {
    response: to.response.name,
    points: steps.points.map((point, k) => ({ ...point, value: value[k], ...intervals(point) })),
    warnings: [
      ...steps.warnings,
      ...outside(second, names[0], loss),
      ...(intervals === none ? [noValueInterval(to)] : []),
    ],
  };
}

type ValueIntervals = Pick<ChainedPoint, 'valueInterval' | 'valueOfNewRun'>;
const none = (): ValueIntervals => ({ valueInterval: null, valueOfNewRun: null });

const noValueInterval = ({ response }: Law): Warning =>
  createWarning(
    'INTERVAL_UNAVAILABLE',
    `One of the two fits has no covariance, so the ${response.name} has no interval.`,
  );

/** Prepares the intervals of the second step; `none` itself where one of the fits has no error. */
function createIntervals(
  first: Fit,
  second: Fit,
  { confidence, draws, seed }: { readonly confidence: number; readonly draws: number; readonly seed: number },
): (point: PredictedPoint) => ValueIntervals {
  const secondDraws = coefficientDraws(second, draws, seed + 1);
  const firstDraws = coefficientDraws(first, draws, seed);
  if (secondDraws === undefined || firstDraws === undefined) return none;
  const calibratedDraws = createCalibratedDraws(first, { confidence, draws, seed });
  const to = lawOf(second);
  const inputs = lawOf(first).inputs.map(({ name }) => name);
  const [firstNoise, secondNoise] = [noiseOf(first), noiseOf(second)];
  const valueOf = (point: PredictedPoint, name: string): number =>
    (isLinked(name) ? point[name] : point.inputs[name]) ?? NaN;
  return (point) => {
    const at = inputs.map((name) => valueOf(point, name));
    const calibrated = calibratedDraws(point);
    const random = createRandom(seed, 2 ** 21 + 2);
    const mean = new Float64Array(draws);
    const single = new Float64Array(draws);
    for (let m = 0; m < draws; m++) {
      const loss = calibrated?.mean(m) ?? firstDraws(m, at);
      const ofRun = calibrated?.newRun(m) ?? withNoise(loss, firstNoise, random);
      mean[m] = secondDraws(m, [loss]);
      single[m] = withNoise(secondDraws(m, [ofRun]), secondNoise, random);
    }
    return {
      valueInterval: intervalOfDraws(mean, confidence, to),
      valueOfNewRun: intervalOfDraws(single, confidence, to),
    };
  };
}

/** The loss of a draw, of the mean and of a new run. */
interface LossDraws {
  readonly mean: (m: number) => number;
  readonly newRun: (m: number) => number;
}

/** Makes the draws of the loss that backtests of a fit support; they give `undefined` where there are none. */
function createCalibratedDraws(
  { calibration }: Fit,
  { confidence, draws, seed }: { readonly confidence: number; readonly draws: number; readonly seed: number },
): (point: PredictedPoint) => LossDraws | undefined {
  if (calibration === null) return () => undefined;
  const { holdout, largest, splits, scale } = calibration;
  const samples = new Map<number, Float64Array>();
  return (point) => {
    if (point.calibrated === null) return undefined;
    const beyond = (isLinked(holdout) ? point[holdout] : point.inputs[holdout]) ?? NaN;
    const { degreesOfFreedom } = wideningOf(splits)(Math.max(0, Math.log(beyond / largest)));
    let sample = samples.get(degreesOfFreedom);
    if (sample === undefined) samples.set(degreesOfFreedom, (sample = studentSample(degreesOfFreedom, draws, seed)));
    const units = sample;
    const { loss, mean, newRun } = point.calibrated;
    const reach = halfWidth(confidence, degreesOfFreedom);
    // An interval of these tails about the loss, on the scale on which the backtests measured it.
    const drawer = ([, upper]: readonly [number, number]): ((m: number) => number) => {
      const unit = (scale === 'log' ? Math.log(upper / loss) : upper - loss) / reach;
      return (m) => (scale === 'log' ? loss * Math.exp(unit * units[m]) : loss + unit * units[m]);
    };
    return { mean: drawer(mean), newRun: drawer(newRun) };
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
