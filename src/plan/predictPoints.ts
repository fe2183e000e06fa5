import { IsoflopError } from '../core/errors.ts';
import { formatQuantity } from '../core/quantity.ts';
import { createWarning } from '../core/warnings.ts';
import type { Warning } from '../core/warnings.ts';
import type { Fit } from '../fit/result.ts';
import { lawOf } from '../laws/index.ts';
import { tokensPerParam } from '../laws/inputs.ts';
import { takesParamsAndTokens } from '../laws/allocation.ts';
import type { Law } from '../laws/law.ts';
import { predictCalibrated } from '../uncertainty/calibration.ts';
import { predictLoss } from '../uncertainty/predict.ts';
import { allocate } from './allocate.ts';

const quantities = ['params', 'tokens', 'flops'] as const;
type Quantity = (typeof quantities)[number];

/**
 * A model and its training: any two of the three quantities, compute alone, and whatever else the law takes, by name, such
 * as `uniqueTokens`.
 */
export type QueryPoint = Readonly<Partial<Record<string, number | undefined>>>;

/** A number for each quantity, `null` where it is not known. */
type Quantities = Readonly<Record<Quantity, number | null>>;

/** What a law says about one point. */
export interface PredictedPoint extends Quantities {
  /** Inputs of the law other than these, by name. */
  readonly inputs: Readonly<Record<string, number>>;
  /** Expected loss, nats per token; where the law predicts something else, that (see {@link Prediction.response}). */
  readonly loss: number;
  /** Interval of the loss, `null` where the fit has none. */
  readonly interval: readonly [number, number] | null;
  /**
   * How far the point lies outside the data: 44.6 means 44.6 times the largest value among the runs, 0.1 a tenth of the
   * smallest, 1 inside. `null` where the quantity, or its range among the runs, is not known.
   */
  readonly extrapolation: Quantities;
  /** Intervals that backtests on the same runs support, `null` where the fit has no calibration. */
  readonly calibrated: CalibratedPoint | null;
}

/** What backtests on the runs of a fit add to one prediction. */
export interface CalibratedPoint {
  /** Middle of the intervals: the laws that backtest well, with the misfit that the runs nearby show. */
  readonly loss: number;
  /** Interval of the mean over runs. */
  readonly mean: readonly [number, number];
  /** Interval of a single new run. */
  readonly newRun: readonly [number, number];
  /** How much wider than estimated the backtests ask the intervals to be. */
  readonly widening: number;
  /** Backtests that asked about runs at a comparable distance beyond the data, and how many runs these were. */
  readonly backtests: number;
  readonly runs: number;
}

/** Predictions for several points, and the reasons to be careful with them. */
export interface Prediction {
  /** What is predicted: `loss` for most laws. */
  readonly response: string;
  readonly points: readonly PredictedPoint[];
  readonly warnings: readonly Warning[];
}

/** Beyond this factor an extrapolation is a warning and not a remark. */
const farBeyond = 10;

/** Within this factor a point is as good as inside the data, and any remark would only round to "1 times". */
const outsideBy = 1.005;

/**
 * Predicts the loss of models of given size and training.
 *
 * Any two of `params`, `tokens` and `flops` give the third through C = k N D, where k is the fit's own convention (6
 * unless changed). `flops` alone means the compute-optimal model, where the law has one.
 *
 * @param fit - the fit
 * @param points - what to predict, in parameters, tokens and FLOP
 * @param options - `confidence`: level of the intervals, the fit's own unless given
 * @throws {@link IsoflopError} `QUANTITY_NOT_POSITIVE`, `POINT_INCOMPLETE`, `POINT_CONTRADICTORY`, `NO_OPTIMUM`
 * @example
 * ```ts
 * predictPoints(fit, [{ params: 70e9, tokens: 1.4e12 }]).points[0].loss; // 1.97337
 * predictPoints(fit, [{ flops: 5.76e23 }]).points[0].params; // 7.32e10
 * ```
 */
export function predictPoints(
  fit: Fit,
  points: readonly QueryPoint[],
  { confidence }: { readonly confidence?: number | undefined } = {},
): Prediction {
  const law = lawOf(fit);
  const resolved = points.map((point) => resolvePoint(fit, law, point));
  const inputs = Object.fromEntries(
    law.inputs.map(({ name }) => [
      name,
      Float64Array.from(resolved, (point) => (isLinked(name) ? (point[name] ?? NaN) : point.inputs[name])),
    ]),
  );
  const { loss, lower, upper } = predictLoss(fit, inputs, confidence === undefined ? {} : { confidence });
  const calibrated = calibratedPoints(fit, resolved, inputs, confidence ?? fit.confidence);
  const predicted = resolved.map((point, k) => ({
    ...point,
    calibrated: calibrated[k],
    loss: loss[k],
    interval: lower === null || upper === null ? null : ([lower[k], upper[k]] as const),
    extrapolation: mapQuantities((name) => beyond(point[name], fit.data.ranges[name])),
  }));
  const warnings = extrapolationWarnings(fit, predicted);
  if (predicted.some((point) => point.interval === null))
    warnings.push(createWarning('INTERVAL_UNAVAILABLE', 'The fit has no covariance, so the loss has no interval.'));
  return {
    response: law.response.name,
    points: predicted,
    warnings: [...warnings, ...supportWarnings(fit, predicted)],
  };
}

/** The calibrated predictions of the points at which the quantity that the backtests rolled over is known. */
function calibratedPoints(
  fit: Fit,
  points: readonly (Quantities & Pick<PredictedPoint, 'inputs'>)[],
  inputs: Readonly<Record<string, Float64Array>>,
  confidence: number,
): (CalibratedPoint | null)[] {
  const { calibration } = fit;
  if (calibration === null) return points.map(() => null);
  const { holdout } = calibration;
  const beyond = points.map((point) => (isLinked(holdout) ? point[holdout] : (point.inputs[holdout] ?? null)));
  const asked = points.flatMap((_, k) => (beyond[k] === null ? [] : [k]));
  const pick = (column: ArrayLike<number | null>): Float64Array => Float64Array.from(asked, (k) => column[k] ?? NaN);
  const columns = Object.fromEntries(Object.entries(inputs).map(([name, column]) => [name, pick(column)]));
  const found = predictCalibrated(fit.fitted, calibration, { ...columns, [holdout]: pick(beyond) }, confidence);
  return points.map((_, k) => {
    const at = asked.indexOf(k);
    if (at < 0) return null;
    const { factor, ...support } = found.widening[at];
    const { splits, runs } = isBelow(fit, beyond[k]) ? { splits: 0, runs: 0 } : support;
    const ends = ([lower, upper]: readonly [Float64Array, Float64Array]) => [lower[at], upper[at]] as const;
    return {
      loss: found.center[at],
      mean: ends(found.mean),
      newRun: ends(found.newRun),
      widening: factor,
      backtests: splits,
      runs,
    };
  });
}

/** Whether a point lies below all runs: backtests ask about larger ones. */
function isBelow(fit: Fit, value: number | null): boolean {
  const { calibration } = fit;
  const range = calibration === null ? undefined : fit.data.ranges[calibration.holdout];
  return range !== undefined && (beyond(value, range) ?? 1) < 1;
}

/** What no backtest on these runs supports. */
function supportWarnings(fit: Fit, points: readonly PredictedPoint[]): Warning[] {
  const { calibration } = fit;
  if (calibration === null) return [];
  const alone = points.filter(({ calibrated }) => calibrated?.backtests === 0);
  if (alone.length === 0) return [];
  const farthest = calibration.splits.reduce(
    (most, { distances }) => distances.reduce((largest, distance) => Math.max(largest, distance), most),
    0,
  );
  const asked =
    points.length === 1 ? 'The point lies' : `${String(alone.length)} of ${String(points.length)} points lie`;
  const { holdout } = calibration;
  const reach =
    calibration.splits.length === 0
      ? 'there is none on these runs'
      : alone.every((point) => isBelow(fit, isLinked(holdout) ? point[holdout] : (point.inputs[holdout] ?? null)))
        ? 'backtests ask about runs larger than those they know, and not about smaller ones'
        : `the farthest asked ${formatQuantity(Math.exp(farthest))} times beyond the runs it knew`;
  return [
    createWarning('NO_BACKTEST_AT_DISTANCE', `${asked} at a distance that no backtest supports: ${reach}.`, {
      numbers: { points: alone.length, farthest: Math.exp(farthest) },
    }),
  ];
}

/** A point with all that the law takes. */
function resolvePoint(fit: Fit, law: Law, point: QueryPoint): Quantities & Pick<PredictedPoint, 'inputs'> {
  const others = law.inputs.map((input) => input.name).filter((name) => !isLinked(name));
  const ratio = others.includes(tokensPerParam.name) ? ratioOf(fit, point) : undefined;
  const lacking = others.find((name) => point[name] === undefined && (name !== tokensPerParam.name || !ratio));
  if (lacking !== undefined) throw incomplete(law, point);
  const full: QueryPoint = ratio === undefined ? point : { [tokensPerParam.name]: ratio, ...point };
  const inputs = Object.fromEntries(others.map((name) => [name, full[name] ?? NaN]));
  return { ...resolveLinked(fit, law, point), inputs };
}

/** Tokens per parameter of a point that has both, or one of them and its compute. */
function ratioOf(fit: Fit, point: QueryPoint): number | undefined {
  const { params, tokens } = completePoint(point, fit.data.conventions.flopsPerParamToken);
  return params === null || tokens === null ? undefined : tokens / params;
}

const isLinked = (name: string): name is Quantity => (quantities as readonly string[]).includes(name);

/** Checks what is given of params, tokens and flops and works out the rest. */
function resolveLinked(fit: Fit, law: Law, point: QueryPoint): Quantities {
  const given = quantities.filter((name) => point[name] !== undefined);
  for (const name of given) {
    const value = point[name] ?? NaN;
    if (!(value > 0 && value < Infinity)) throw new IsoflopError('QUANTITY_NOT_POSITIVE', { what: name, value });
  }
  const full = completePoint(point, fit.data.conventions.flopsPerParamToken);
  for (const name of quantities)
    if (full[name] !== null && !(full[name] > 0 && full[name] < Infinity))
      throw new IsoflopError('QUANTITY_NOT_POSITIVE', { what: `${name} (from the other two)`, value: full[name] });
  const missing = law.inputs.filter(({ name }) => isLinked(name) && full[name] === null);
  if (missing.length === 0) return full;
  if (full.flops !== null && given.length === 1 && takesParamsAndTokens(law)) {
    // Without errors to carry over, the optimum is a closed form: the interval that counts is that of the loss.
    const exact: Fit = { ...fit, bootstrap: null, covariance: { ...fit.covariance, matrix: null } };
    const { params, tokens } = allocate(exact, full.flops);
    return { params, tokens, flops: full.flops };
  }
  throw incomplete(law, point);
}

function incomplete(law: Law, point: QueryPoint): IsoflopError {
  const names = new Set([...quantities, ...law.inputs.map((input) => input.name)]);
  const given = [...names].filter((name) => point[name] !== undefined);
  return new IsoflopError('POINT_INCOMPLETE', {
    law: law.id,
    given: given.length === 0 ? 'nothing' : `only ${given.join(' and ')}`,
    needed: neededBy(law),
  });
}

/** The third quantity from the other two. */
function completePoint(point: QueryPoint, factor: number): Quantities {
  const { params = null, tokens = null, flops = null } = point;
  if (params !== null && tokens !== null) {
    const product = factor * params * tokens;
    // People round what they type, so a few percent are no contradiction.
    if (flops !== null && Math.abs(Math.log(flops / product)) > 0.05)
      throw new IsoflopError('POINT_CONTRADICTORY', { flops, product, factor });
    return { params, tokens, flops: flops ?? product };
  }
  if (flops === null) return { params, tokens, flops };
  if (params !== null) return { params, tokens: flops / (factor * params), flops };
  return { params: tokens === null ? null : flops / (factor * tokens), tokens, flops };
}

function neededBy(law: Law): string {
  const names = law.inputs.map((input) => input.name).join(' and ');
  return !takesParamsAndTokens(law) ? names : `${names} (or flops alone, for the optimum)`;
}

function beyond(value: number | null, range: readonly [number, number] | undefined): number | null {
  if (value === null || range === undefined) return null;
  const [low, high] = range;
  if (value > high) return value / high;
  return value < low ? value / low : 1;
}

const words: Readonly<Record<Quantity, { readonly name: string; readonly unit: string }>> = {
  params: { name: 'model', unit: ' parameters' },
  tokens: { name: 'token count', unit: ' tokens' },
  flops: { name: 'compute', unit: ' FLOP' },
};

/** One warning that names the farthest point in every quantity in which a point leaves the data. */
function extrapolationWarnings(fit: Fit, points: readonly PredictedPoint[]): Warning[] {
  const isOutside = (point: PredictedPoint): boolean =>
    quantities.some((name) => distance(point.extrapolation[name]) > outsideBy);
  const outside = points.filter(isOutside);
  if (outside.length === 0) return [];
  const parts: string[] = [];
  let farthest = 1;
  for (const name of ['flops', 'params', 'tokens'] as const) {
    const worst = outside.reduce((a, b) => (distance(b.extrapolation[name]) > distance(a.extrapolation[name]) ? b : a));
    const factor = worst.extrapolation[name];
    const range = fit.data.ranges[name];
    if (factor === null || distance(factor) <= outsideBy || range === undefined) continue;
    const [extreme, edge] = factor > 1 ? (['largest', range[1]] as const) : (['smallest', range[0]] as const);
    const { name: word, unit } = words[name];
    parts.push(
      `${formatQuantity(factor)} times the ${extreme} ${word} (${formatQuantity(factor * edge)} against ${formatQuantity(edge)}${unit})`,
    );
    farthest = Math.max(farthest, distance(factor));
  }
  const subject =
    points.length === 1
      ? 'The point lies outside the data: it has'
      : `${String(outside.length)} of ${String(points.length)} points lie outside the data; the farthest have`;
  const message = `${subject} ${parts.join(', ')}.`;
  return [createWarning('EXTRAPOLATION', message, { level: farthest > farBeyond ? 'warning' : 'info' })];
}

/** A factor outside the data as a number of at least 1, whichever side it lies on. */
const distance = (factor: number | null): number => (factor === null ? 1 : Math.max(factor, 1 / factor));

const mapQuantities = (value: (name: Quantity) => number | null): Quantities => ({
  params: value('params'),
  tokens: value('tokens'),
  flops: value('flops'),
});
