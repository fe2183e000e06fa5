import type { Calibration, FitRows } from '../fit/result.ts';
import type { Law } from '../laws/law.ts';
import { predictCalibrated, reachOf, wideningOf, type CalibratedPrediction } from './calibration.ts';
import { few, interpolateMany, type Interpolation } from './lattice/interpolated.ts';

/** Places at which calibrated predictions are worked out, each of which takes as long as several thousand points. */
const mostNodes = 800;

/** Calibrated predictions of many points. */
export interface ManyCalibrated extends CalibratedPrediction {
  readonly interpolation: Interpolation | null;
}

/**
 * `predictCalibrated` for many points: their middle and their spread are interpolated where there are more than a few
 * hundred; how much wider the backtests ask an interval to be is that of each point.
 *
 * @param law - of the fit
 * @param columns - inputs of the law in natural units, and the quantity that the backtests rolled over, each of length
 *   points
 * @param inputs - as the law takes them
 */
export function predictCalibratedMany(
  fitted: FitRows,
  calibration: Calibration,
  law: Law,
  columns: Readonly<Record<string, Float64Array>>,
  inputs: readonly Float64Array[],
  confidence: number,
): ManyCalibrated {
  const beyond = columns[calibration.holdout];
  if (beyond.length <= few)
    return { ...predictCalibrated(fitted, calibration, columns, confidence), interpolation: null };
  const isLog = calibration.scale === 'log';
  const distance = beyond.map((value) => Math.max(0, Math.log(value / calibration.largest)));
  const widening = Array.from(distance, wideningOf(calibration.splits));
  const reach = Float64Array.from(widening, (w) => reachOf(w, confidence));

  /** Middle, and spread of the mean and of a new run, on the scale of the residuals. */
  const spreadOf = (at: readonly Float64Array[], points: number): Float64Array[] => {
    const natural: Record<string, Float64Array> = {};
    for (const [k, { name, transform }] of law.inputs.entries())
      natural[name] = transform === 'identity' ? at[k].slice(0, points) : at[k].slice(0, points).map(Math.exp);
    // As far as the largest run, where the intervals are as wide as a known multiple of the spread.
    natural[calibration.holdout] ??= new Float64Array(points).fill(calibration.largest);
    const found = predictCalibrated(fitted, calibration, natural, confidence);
    const spread = ([low, high]: readonly [Float64Array, Float64Array]): Float64Array =>
      low.map((_, i) => {
        const width = isLog ? Math.log(high[i] / low[i]) : high[i] - low[i];
        return width / (2 * reachOf(found.widening[i], confidence));
      });
    return [isLog ? found.center.map(Math.log) : found.center, spread(found.mean), spread(found.newRun)];
  };

  const { values, interpolation } = interpolateMany(inputs, beyond.length, {
    exactly: spreadOf,
    smooth: (lattice, _axes, at) => spreadOf(at, lattice.column.length),
    restore: ([middle, ...spreads]) => [middle, ...spreads.map((spread) => spread.map((sd) => Math.max(0, sd)))],
    errorOf: ([middle, , newSd], [exactMiddle, , exactSd]) =>
      middle.reduce(
        (most, _, i) =>
          Math.max(most, (Math.abs(middle[i] - exactMiddle[i]) + Math.abs(newSd[i] - exactSd[i])) / exactSd[i]),
        0,
      ),
    few,
    mostNodes,
  });
  const [middle, meanSd, newSd] = values;
  const back = isLog ? Math.exp : (value: number): number => value;
  const ends = (sd: Float64Array): readonly [Float64Array, Float64Array] => [
    sd.map((s, i) => back(middle[i] - reach[i] * s)),
    sd.map((s, i) => back(middle[i] + reach[i] * s)),
  ];
  return { center: middle.map(back), mean: ends(meanSd), newRun: ends(newSd), widening, distance, interpolation };
}
