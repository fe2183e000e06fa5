import type { Fit } from '../fit/result.ts';
import { few, interpolateMany, type Interpolation } from './lattice/interpolated.ts';
import { powerQuantiles } from './lattice/powerNodes.ts';
import { coordinateDraws, coordinatesOf, type LossPrediction, type LossPredictor } from './predict.ts';

/** Places at which percentiles are worked out: of a sum of powers, and of a law of which every draw has to be asked anew. */
const mostNodes = { power: 1200, other: 600 };

/** Draws times points that are quickly worked out. */
const quick = 1e6;

/** Predictions of many points. */
export interface ManyPredictions extends LossPrediction {
  /** Said where the intervals were interpolated. */
  readonly interpolation: Interpolation | null;
}

const draws = new WeakMap<Fit, Float64Array>();

/** The coordinates of all draws, row-major draws x params. */
function drawsOf(fit: Fit): Float64Array {
  let all = draws.get(fit);
  if (all === undefined) {
    all = Float64Array.from([...coordinateDraws(fit)].flatMap((theta) => [...theta]));
    draws.set(fit, all);
  }
  return all;
}

/**
 * {@link LossPredictor.predict} for many points. Losses, and intervals from a covariance, are the same; where percentiles over
 * draws at more than a few hundred points are asked for, they are interpolated, since 4,000 draws at 100,000 points would
 * take half a minute.
 *
 * @param inputs - as the law takes them, each of length points
 */
export function predictMany(
  fit: Fit,
  { law, draws: sample, predictByDelta, predict }: LossPredictor,
  inputs: readonly Float64Array[],
  points: number,
  confidence: number,
): ManyPredictions {
  if (sample === null) return { ...predictByDelta(inputs, points, confidence), interpolation: null };
  if (sample.count < 2) return { ...predict(inputs, points, confidence), interpolation: null };
  const isLog = law.scale === 'log';
  const theta = coordinatesOf(fit);
  const centerOf = (columns: readonly Float64Array[], rows: number): Float64Array => {
    const center = new Float64Array(rows);
    law.evaluate(theta, columns, rows, center, undefined);
    return center;
  };
  const toNatural = (values: Float64Array): Float64Array => {
    if (isLog) for (let i = 0; i < values.length; i++) values[i] = Math.exp(values[i]);
    return values;
  };
  const center = centerOf(inputs, points);
  const exactly = (columns: readonly Float64Array[], rows: number): [Float64Array, Float64Array] => {
    const ends: [Float64Array, Float64Array] = [new Float64Array(rows), new Float64Array(rows)];
    sample.intervals(columns, rows, confidence, ...ends);
    return ends;
  };
  const { values, interpolation } = interpolateMany(inputs, points, {
    exactly,
    // The ends of an interval are smoother beside its middle.
    smooth: (lattice, axes, at) => {
      const nodes = lattice.column.length;
      const ends = [new Float64Array(nodes), new Float64Array(nodes)] as const;
      const known = at.map((column) => column[0]);
      if (!powerQuantiles(law, lattice, axes, known, drawsOf(fit), confidence, ...ends))
        sample.intervals(at, nodes, confidence, ...ends);
      const middle = centerOf(at, nodes);
      for (const end of ends) for (let i = 0; i < nodes; i++) end[i] -= middle[i];
      return ends;
    },
    restore: (ends, some) => {
      for (const end of ends) for (let i = 0; i < some.length; i++) end[i] += center[some[i]];
      return ends;
    },
    errorOf: ([low, high], [exactLow, exactHigh]) =>
      low.reduce((most, _, i) => {
        const off = Math.max(Math.abs(low[i] - exactLow[i]), Math.abs(high[i] - exactHigh[i]));
        const half = (exactHigh[i] - exactLow[i]) / 2;
        return off === 0 ? most : Math.max(most, off / half);
      }, 0),
    // With few draws more points take no longer.
    few: Math.max(few, Math.floor(quick / sample.count)),
    mostNodes: law.separable === undefined ? mostNodes.other : mostNodes.power,
  });
  const [lower, upper] = values.map(toNatural);
  if (interpolation !== null) for (const end of [lower, upper]) roundAll(end);
  return { loss: toNatural(center), lower, upper, interpolation };
}

/** Significant digits of what was interpolated, many more than its error leaves; more of them would only take time to send. */
const meantDigits = 9;

/** Rounds numbers to so many digits of the largest of them. */
function roundAll(values: Float64Array): void {
  const largest = values.reduce((most, value) => (Number.isFinite(value) ? Math.max(most, Math.abs(value)) : most), 0);
  if (largest === 0) return;
  const scale = 10 ** (meantDigits - Math.ceil(Math.log10(largest)));
  for (let i = 0; i < values.length; i++) values[i] = Math.round(values[i] * scale) / scale;
}
