import { createWarning, type Warning } from '../core/warnings.ts';
import type { Fit } from '../fit/result.ts';
import { transformInputs } from '../laws/law.ts';
import type { Interpolation } from '../uncertainty/lattice/interpolated.ts';
import { predictCalibratedMany } from '../uncertainty/calibratedMany.ts';
import { checkConfidence } from '../uncertainty/predict.ts';
import { predictMany } from '../uncertainty/predictMany.ts';
import { isLinked } from './prediction.ts';
import { createPredictor, noInterval, type Predictor } from './predictor.ts';
import { resolveColumns, type PointColumns, type ResolvedColumns } from './resolveColumns.ts';

/** Predictions of many points as columns; NaN where there is no number. */
export interface ColumnPrediction extends Omit<ResolvedColumns, 'inputs'> {
  readonly response: string;
  /** Inputs of the law other than params, tokens and flops. */
  readonly inputs: ResolvedColumns['inputs'];
  readonly loss: Float64Array;
  readonly lower: Float64Array | null;
  readonly upper: Float64Array | null;
  /** How far the points lie outside the data, see {@link PredictedPoint.extrapolation}. */
  readonly extrapolation: {
    readonly params: Float64Array;
    readonly tokens: Float64Array;
    readonly flops: Float64Array;
  };
  /** `null` where the fit has no calibration, or it was not asked for. */
  readonly calibrated: CalibratedColumns | null;
  readonly warnings: readonly Warning[];
}

/** Calibrated predictions as columns, see {@link CalibratedPoint}. */
export interface CalibratedColumns {
  readonly loss: Float64Array;
  readonly mean: readonly [Float64Array, Float64Array];
  readonly newRun: readonly [Float64Array, Float64Array];
  readonly widening: Float64Array;
  readonly backtests: Float64Array;
  readonly runs: Float64Array;
}

/** Options of {@link predictColumns}. */
export interface PredictColumnsOptions {
  /** Level of the intervals, the fit's own unless given. */
  readonly confidence?: number | undefined;
  /** Whether calibrated intervals are wanted; they take the most time. */
  readonly calibrated?: boolean;
  /** How a message names a point. */
  readonly placeOf?: (point: number) => string;
}

/**
 * Predicts many points, up to hundreds of thousands, as `predictPoints` predicts a few. Losses are the same; so are intervals
 * from a covariance. Intervals from bootstrap draws, and calibrated ones, are interpolated beyond a few hundred different
 * points, and a warning says how far off they are at most.
 *
 * @param columns - each of length points, NaN where a point lacks the quantity
 * @throws {@link IsoflopError} as `predictPoints`
 * @example
 * ```ts
 * predictColumns(fit, { params: Float64Array.of(70e9), tokens: Float64Array.of(1.4e12) }, 1).loss[0]; // 1.97337
 * ```
 */
export function predictColumns(
  fit: Fit,
  columns: PointColumns,
  points: number,
  { confidence: asked, calibrated = false, placeOf = (point) => `point ${String(point)}` }: PredictColumnsOptions = {},
): ColumnPrediction {
  const predictor = createPredictor(fit);
  const { losses } = predictor;
  const { law } = losses;
  const confidence = checkConfidence(asked ?? fit.confidence);
  const full = resolveColumns(fit, law, predictor.resolve, columns, points, placeOf);
  const inputs = transformInputs(law, full.inputs);
  const { loss, lower, upper, interpolation } = predictMany(fit, losses, inputs, points, confidence);
  const { extrapolation, warnings } = extrapolate(predictor, full, points);
  if (lower === null && points > 0) warnings.push(noInterval());
  const told = interpolation === null ? [] : [{ what: 'intervals', ...interpolation }];
  let found: CalibratedColumns | null = null;
  if (calibrated && fit.calibration !== null) {
    const { holdout } = fit.calibration;
    const beyond = full.inputs[holdout] ?? (isLinked(holdout) ? full[holdout] : new Float64Array(points).fill(NaN));
    const many = predictCalibratedMany(
      fit.fitted,
      fit.calibration,
      law,
      { ...full.inputs, [holdout]: beyond },
      inputs,
      confidence,
    );
    const { calibrator } = predictor;
    const alone = { count: 0, below: 0 };
    const widening = new Float64Array(points).fill(NaN);
    const backtests = new Float64Array(points);
    const runs = new Float64Array(points);
    for (let i = 0; i < points; i++) {
      if (Number.isNaN(beyond[i])) continue;
      const isBelow = calibrator?.isBelow(beyond[i]) === true;
      const there = many.widening[i];
      widening[i] = there.factor;
      if (!isBelow) {
        backtests[i] = there.splits;
        runs[i] = there.runs;
      }
      if (backtests[i] > 0) continue;
      alone.count++;
      if (isBelow) alone.below++;
    }
    warnings.push(...(calibrator?.warnings(alone, points) ?? []));
    if (many.interpolation !== null) told.push({ what: 'calibrated intervals', ...many.interpolation });
    found = { loss: many.center, mean: many.mean, newRun: many.newRun, widening, backtests, runs };
  }
  warnings.push(...told.map((about) => interpolated(about, points)));
  const others = Object.fromEntries(Object.entries(full.inputs).filter(([name]) => !isLinked(name)));
  const { params, tokens, flops } = full;
  return {
    ...{ response: law.response.name, params, tokens, flops, inputs: others },
    ...{ loss, lower, upper, extrapolation, calibrated: found, warnings },
  };
}

/** Beyond this share of half an interval its interpolation is more than a remark. */
const noticeable = 0.05;

function interpolated(
  { what, nodes, checked, error }: Interpolation & { readonly what: string },
  points: number,
): Warning {
  const share = `${(100 * error).toPrecision(2)}%`;
  return createWarning(
    'INTERVALS_INTERPOLATED',
    `The ${what} of ${String(points)} points are interpolated between ${String(nodes)} places; at ${String(checked)} of the points, which were worked out as well, they are off by ${share} of half their width at most.`,
    { level: error > noticeable ? 'warning' : 'info', numbers: { places: nodes, checked, error } },
  );
}

function extrapolate(
  { extrapolation }: Predictor,
  { params, tokens, flops }: ResolvedColumns,
  points: number,
): { readonly extrapolation: ColumnPrediction['extrapolation']; readonly warnings: Warning[] } {
  const tally = extrapolation.tally();
  const factors = {
    params: new Float64Array(points),
    tokens: new Float64Array(points),
    flops: new Float64Array(points),
  };
  for (let i = 0; i < points; i++) {
    const n = (factors.params[i] = extrapolation.factorOf(0, params[i]));
    const d = (factors.tokens[i] = extrapolation.factorOf(1, tokens[i]));
    const c = (factors.flops[i] = extrapolation.factorOf(2, flops[i]));
    tally.add(n, d, c);
  }
  return { extrapolation: factors, warnings: tally.warnings(points) };
}
