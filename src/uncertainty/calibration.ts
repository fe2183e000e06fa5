import { quantileSorted } from '../core/quantile.ts';
import { normalQuantile } from '../core/special.ts';
import type { Calibration, CalibratedForm, FitRows, RehearsedSplit } from '../fit/result.ts';
import { lawOf } from '../laws/index.ts';
import { Discrepancy, type DiscrepancyRows, type FormPrediction } from './discrepancy.ts';
import { halfWidth } from './halfWidth.ts';

/** What the spread of a prediction is before any backtest: as estimated, worth this many backtests. */
const prior = { backtests: 4 };
/** Without a backtest at a comparable distance: on public runs the spread that a fit estimates is then too small by about this. */
const untested = 2;
/** The share of the scores of a backtest whose quantile says how much wider the intervals had to be. */
const judgedAt = 0.9;
/** A single backtest cannot ask for intervals wider, or narrower, than by this factor. */
const mostWidening = 5;
/** Distances beyond the data (in a logarithm, plus a half) are comparable within this difference of their logarithms. */
const comparable = { offset: 0.5, within: 0.8 };
/** So many comparable runs make a backtest count in full. */
const fullCount = 5;

/** How much wider the intervals have to be, and what says so. */
export interface Widening {
  readonly factor: number;
  readonly degreesOfFreedom: number;
  /** Backtests with runs at a comparable distance, and how many runs these were. */
  readonly splits: number;
  readonly runs: number;
}

/**
 * How much wider than estimated the intervals have to be at a distance beyond the data, learnt from backtests at comparable
 * distances. Each backtest is one observation, since its runs share one fit: the logarithm of its widening is averaged with
 * that of the prior, which one bad backtest moves less than an average of squares, and the quantile of Student's t knows
 * how few they were.
 *
 * @param distance - logarithm of how far the target is beyond the largest run; 0 inside the data
 */
export function wideningAt(
  splits: readonly Pick<RehearsedSplit, 'distances' | 'scores'>[],
  distance: number,
): Widening {
  let weight = prior.backtests;
  // ln 1 of the prior.
  let sum = 0;
  let counted = 0;
  let runs = 0;
  const here = Math.log(comparable.offset + Math.max(0, distance));
  for (const { distances, scores } of splits) {
    const near = scores.filter(
      (_, i) => Math.abs(Math.log(comparable.offset + distances[i]) - here) <= comparable.within,
    );
    if (near.length === 0) continue;
    const share = Math.min(1, near.length / fullCount);
    const size = quantileSorted(near.sort(), judgedAt) / normalQuantile(0.5 + judgedAt / 2);
    weight += share;
    // Between two scores that are not finite there is no number.
    const bounded = Math.max(1 / mostWidening, Math.min(Number.isNaN(size) ? Infinity : size, mostWidening));
    sum += share * Math.log(bounded);
    counted++;
    runs += near.length;
  }
  const factor = counted === 0 ? untested : Math.exp(sum / weight);
  return { factor, degreesOfFreedom: weight + 1, splits: counted, runs };
}

const tables = new WeakMap<readonly RehearsedSplit[], (distance: number) => Widening>();

/** {@link wideningAt} of the backtests of a calibration; made once for each. */
export function wideningOf(splits: readonly RehearsedSplit[]): (distance: number) => Widening {
  let table = tables.get(splits);
  if (table === undefined) {
    table = createWidening(splits);
    tables.set(splits, table);
  }
  return table;
}

/**
 * Which runs are at a comparable distance changes at a few distances only, so the widening between two of them is worked out
 * when it is first asked for.
 */
function createWidening(splits: readonly RehearsedSplit[]): (distance: number) => Widening {
  const logs = splits.flatMap(({ distances }) => Array.from(distances, (there) => Math.log(comparable.offset + there)));
  const edges = Float64Array.from(
    new Set(logs.flatMap((log) => [log - comparable.within, log + comparable.within])),
  ).sort();
  const between: (Widening | undefined)[] = [];
  return (distance) => {
    const here = Math.log(comparable.offset + Math.max(0, distance));
    let low = 0;
    let high = edges.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (edges[middle] <= here) low = middle + 1;
      else high = middle;
    }
    // At an edge itself rounding decides, and a distance that is no number is comparable with none.
    const near = (k: number): boolean => !(Math.abs(edges[k] - here) > 1e-12);
    if (Number.isNaN(here) || (low > 0 && near(low - 1)) || (low < edges.length && near(low)))
      return wideningAt(splits, distance);
    return (between[low] ??= wideningAt(splits, distance));
  };
}

/** Half the width of an interval, in units of the estimated spread. */
export function reachOf({ factor, degreesOfFreedom }: Widening, confidence: number): number {
  return factor * halfWidth(confidence, degreesOfFreedom);
}

/** The predictions of several forms as one: their mean, and the spread of the main one with that between them. */
export function combineForms(
  main: FormPrediction,
  forms: readonly FormPrediction[],
): Pick<FormPrediction, 'center' | 'meanSd' | 'newSd'> {
  const points = main.center.length;
  const center = new Float64Array(points);
  const meanSd = new Float64Array(points);
  const newSd = new Float64Array(points);
  for (let i = 0; i < points; i++) {
    let count = 0;
    let sum = 0;
    for (const form of forms)
      if (Number.isFinite(form.center[i])) {
        count++;
        sum += form.center[i];
      }
    const middle = count === 0 ? main.center[i] : sum / count;
    let squares = 0;
    for (const form of forms) if (Number.isFinite(form.center[i])) squares += (form.center[i] - middle) ** 2;
    const apart = squares / Math.max(1, count);
    center[i] = middle;
    meanSd[i] = Math.hypot(main.meanSd[i], Math.sqrt(apart));
    newSd[i] = Math.hypot(main.newSd[i], Math.sqrt(apart));
  }
  return { center, meanSd, newSd };
}

/** What a calibrated fit expects, with intervals; each array has one value for each point. */
export interface CalibratedPrediction {
  /** The middle of the intervals: the laws that backtest well, with the misfit that the runs nearby show. */
  readonly center: Float64Array;
  /** Interval of the mean over runs, as [lower, upper]. */
  readonly mean: readonly [Float64Array, Float64Array];
  /** Interval of a single new run. */
  readonly newRun: readonly [Float64Array, Float64Array];
  /** What supports the width at each point. */
  readonly widening: readonly Widening[];
  /** Logarithm of how far each point is beyond the largest run, 0 inside. */
  readonly distance: Float64Array;
}

/**
 * Predicts with intervals that hold what came as often as they say in backtests on the same runs.
 *
 * @param fitted - the rows of the fit that was calibrated
 * @param columns - inputs of the law in natural units, and the quantity that the backtests rolled over, each of length
 *   points
 * @see Vovk, Gammerman and Shafer (2005) for conformal prediction; docs/intervals.md for the method
 */
export function predictCalibrated(
  fitted: FitRows,
  calibration: Calibration,
  columns: Readonly<Record<string, Float64Array>>,
  confidence: number,
): CalibratedPrediction {
  const forms = formsOfCalibration(fitted, calibration);
  const beyond = columns[calibration.holdout];
  const points = beyond.length;
  const predictions = forms.map((form) => form.predict(columns, points));
  const { center, meanSd, newSd } = combineForms(predictions[0], predictions);
  const distance = beyond.map((value) => Math.max(0, Math.log(value / calibration.largest)));
  const wideningBy = wideningOf(calibration.splits);
  const widening = Array.from(distance, wideningBy);
  const reach = Float64Array.from(widening, (w) => reachOf(w, confidence));
  const back = calibration.scale === 'log' ? Math.exp : (x: number): number => x;
  const ends = (sd: Float64Array): readonly [Float64Array, Float64Array] => [
    sd.map((s, i) => back(center[i] - reach[i] * s)),
    sd.map((s, i) => back(center[i] + reach[i] * s)),
  ];
  return { center: center.map(back), mean: ends(meanSd), newRun: ends(newSd), widening, distance };
}

const known = new WeakMap<Calibration, Discrepancy[]>();

/** The forms of a calibration, ready to predict, the fit's own law first; made once for each calibration. */
export function formsOfCalibration(fitted: FitRows, calibration: Calibration): Discrepancy[] {
  let forms = known.get(calibration);
  if (forms === undefined) {
    forms = calibration.forms.map((form) => formFrom(form, calibration, fitted));
    known.set(calibration, forms);
  }
  return forms;
}

function formFrom(form: CalibratedForm, calibration: Calibration, fitted: FitRows): Discrepancy {
  const law = lawOf(form);
  const pick = (column: Float64Array): Float64Array => Float64Array.from(calibration.rows, (row) => column[row]);
  const columnOf = (name: string): Float64Array =>
    pick(fitted.columns[name] ?? new Float64Array(fitted.rows).fill(NaN));
  const rows: DiscrepancyRows = {
    rows: calibration.rows.length,
    columns: Object.fromEntries(law.inputs.map(({ name }) => [name, columnOf(name)])),
    observed: columnOf(law.response.name),
    runs: calibration.runs,
  };
  const { theta, means, held, tied, scales } = form;
  return new Discrepancy({ law, theta, means, held, tied, scale: calibration.scale, scales }, rows);
}
