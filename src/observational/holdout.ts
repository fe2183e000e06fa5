import { quantileSorted } from '../core/quantile.ts';
import { reachOf, wideningAt, type Widening } from '../uncertainty/calibration.ts';
import { fitSigmoid, sigmoidAt } from './sigmoid.ts';
import { whereEnough } from './whereEnough.ts';
import {
  fitTaskModel,
  predictFromFamily,
  predictFromScores,
  type TaskModel,
  type TaskOptions,
  type TaskPrediction,
  type TaskTable,
} from './taskModel.ts';

/** Ways to predict the score of a held-out model. */
export const ways = ['capabilities', 'family', 'compute', 'mean'] as const;
/**
 * `capabilities`: from its other benchmarks; `family`: from its family and compute; and two that know less: `compute`, one
 * sigmoid of log compute for all families, and `mean`, that of the models below the cutoff.
 */
export type Way = (typeof ways)[number];

/** A held-out model with what each way says about it, `null` where it says nothing. */
export interface HeldOut {
  readonly row: number;
  readonly observed: number;
  readonly predicted: Readonly<Record<Way, number | null>>;
  /** Interval of a single model, of the ways that have one. */
  readonly intervals: Readonly<Record<'capabilities' | 'family', readonly [number, number] | null>>;
}

/** How far off one way was. */
export interface WayError {
  readonly way: Way;
  /** Held-out models it could predict. */
  readonly models: number;
  readonly meanAbsolute: number;
  readonly meanSquare: number;
  /** The same over the models that every way could predict, `null` where there are none. */
  readonly meanAbsoluteShared: number | null;
  /** Share of the intervals that hold the score, `null` for a way without. */
  readonly coverage: number | null;
}

/** What predictions at lower cutoffs were off by, from which the width of intervals is learnt. */
export interface WayCalibration {
  /** Largest compute that was learnt from, FLOP. */
  readonly largest: number;
  /** Lower cutoffs, each with the models asked about: how far beyond, and how far off in units of the estimated spread. */
  readonly splits: readonly {
    readonly cut: number;
    readonly distances: Float64Array;
    readonly scores: Float64Array;
  }[];
}

/** Calibrations of the ways that have intervals. */
export type Calibrations = Readonly<Record<'capabilities' | 'family', WayCalibration>>;

/** A task predicted for models above a cutoff by those below. */
export interface Holdout {
  /** FLOP; models with more are held out. */
  readonly cutoff: number;
  readonly train: number;
  readonly test: number;
  readonly confidence: number;
  readonly heldOut: readonly HeldOut[];
  readonly errors: readonly WayError[];
  readonly model: TaskModel;
  readonly calibration: Calibrations;
}

/** Where the rolling cuts lie among the compute of the models below the cutoff. */
const rolling = [0.4, 0.5, 0.6, 0.7, 0.8];

/** Rows that a holdout can use: compute, the task and at least one other benchmark are known. */
function usableRows(table: TaskTable): number[] {
  const p = table.benchmarks.length;
  return [...table.models.keys()].filter(
    (row) =>
      table.flops[row] > 0 &&
      !Number.isNaN(table.observed[row]) &&
      table.benchmarks.some((_, j) => !Number.isNaN(table.scores[row * p + j])),
  );
}

/**
 * Learns a task from the models at or below a cutoff of compute and predicts it for those above: components, lines and
 * sigmoid see the models below alone.
 *
 * How wide the intervals have to be is learnt from the models below alone as well: the same is done at five lower cutoffs,
 * and what came out at comparable distances widens the estimated spread, as for fits of runs; it never narrows it.
 *
 * @param table - models, benchmarks and the task
 * @param cutoff - FLOP
 * @param confidence - probability of the intervals
 * @throws {@link IsoflopError} `MODELS_TOO_FEW`
 */
export function holdOut(table: TaskTable, cutoff: number, confidence: number, options: TaskOptions = {}): Holdout {
  const rows = usableRows(table);
  const train = rows.filter((row) => table.flops[row] <= cutoff);
  const test = rows.filter((row) => table.flops[row] > cutoff);
  const model = fitTaskModel(table, train, options);
  const calibration = rehearse(table, train, options);
  const mean = train.reduce((sum, row) => sum + table.observed[row], 0) / train.length;
  const byCompute = computeOnly(table, train, options);
  const heldOut = test.map((row): HeldOut => {
    const own = predictFromScores(model, row);
    const family = predictFromFamily(model, table.families[row], table.flops[row]) ?? null;
    return {
      row,
      observed: table.observed[row],
      predicted: {
        capabilities: own.value,
        family: family === null ? null : family.value,
        compute: byCompute(table.flops[row]),
        mean,
      },
      intervals: {
        capabilities: intervalOf(own, wideningFor(calibration.capabilities, table.flops[row]), confidence),
        family:
          family === null ? null : intervalOf(family, wideningFor(calibration.family, table.flops[row]), confidence),
      },
    };
  });
  return {
    cutoff,
    train: train.length,
    test: test.length,
    confidence,
    heldOut,
    errors: ways.map((way) => errorOf(way, heldOut)),
    model,
    calibration,
  };
}

/** How much wider than estimated intervals are at some compute, and how well that is known. */
export function wideningFor({ largest, splits }: WayCalibration, flops: number): Widening {
  const distance = Math.log(flops / largest);
  // A model whose compute is not known is taken to lie among the others.
  const found = wideningAt(splits, Number.isNaN(distance) ? 0 : Math.max(0, distance));
  // Errors grow with the distance, and lower cutoffs ask about models that differ less: they cannot speak for narrower ones.
  return { ...found, factor: Math.max(1, found.factor) };
}

/** The interval of a single model: the estimated spread, widened, within the range of a score. */
export function intervalOf(
  { value, spread }: TaskPrediction,
  widening: Widening,
  confidence: number,
): readonly [number, number] {
  const reach = reachOf(widening, confidence) * spread;
  return [Math.max(0, value - reach), Math.min(1, value + reach)];
}

/** Predicts models above cutoffs that lie below these models. */
export function rehearse(table: TaskTable, rows: readonly number[], options: TaskOptions): Calibrations {
  const compute = Float64Array.from(rows, (row) => table.flops[row]).sort();
  const cuts = new Set<number>();
  const splits: Record<'capabilities' | 'family', WayCalibration['splits'][number][]> = {
    capabilities: [],
    family: [],
  };
  // Five more fits with all resamples would take five times as long for hardly a better spread.
  const resamples = Math.min(options.resamples ?? 200, 50);
  const parameters = Math.min(options.components ?? 3, table.benchmarks.length) + 2;
  for (const share of rolling) {
    const cut = compute.length === 0 ? NaN : quantileSorted(compute, share);
    const below = rows.filter((row) => table.flops[row] <= cut);
    const above = rows.filter((row) => table.flops[row] > cut);
    // With hardly more models than parameters a cut says how bad fits of few models are, which nobody asked.
    if (above.length === 0 || below.length < 3 * parameters || cuts.has(cut)) continue;
    const model = whereEnough(() => fitTaskModel(table, below, { ...options, resamples }));
    if (model === undefined) continue;
    cuts.add(cut);
    const largest = Math.max(...below.map((row) => table.flops[row]));
    const split = (predict: (row: number) => TaskPrediction | undefined): WayCalibration['splits'] => {
      const asked = above.flatMap((row) => {
        const found = predict(row);
        if (found === undefined) return [];
        return [
          {
            distance: Math.log(table.flops[row] / largest),
            score: Math.abs(table.observed[row] - found.value) / found.spread,
          },
        ];
      });
      if (asked.length === 0) return [];
      return [
        {
          cut,
          distances: Float64Array.from(asked, ({ distance }) => distance),
          scores: Float64Array.from(asked, ({ score }) => score),
        },
      ];
    };
    splits.capabilities.push(...split((row) => predictFromScores(model, row)));
    splits.family.push(...split((row) => predictFromFamily(model, table.families[row], table.flops[row])));
  }
  const largest = compute.at(-1) ?? NaN;
  return { capabilities: { largest, splits: splits.capabilities }, family: { largest, splits: splits.family } };
}

/** What one sigmoid of log compute says for all families alike. */
function computeOnly(table: TaskTable, rows: readonly number[], options: TaskOptions): (flops: number) => number {
  const s = Float64Array.from(rows, (row) => Math.log10(table.flops[row]));
  const fit = fitSigmoid(
    s,
    Float64Array.from(rows, (row) => table.observed[row]),
    options,
  );
  return (flops) => sigmoidAt(fit, [Math.log10(flops)]);
}

function errorOf(way: Way, heldOut: readonly HeldOut[]): WayError {
  const offs = (some: readonly HeldOut[]): number[] =>
    some.flatMap(({ observed, predicted }) => {
      const value = predicted[way];
      return value === null ? [] : [Math.abs(observed - value)];
    });
  const average = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const all = offs(heldOut);
  const shared = heldOut.filter(({ predicted }) => ways.every((one) => predicted[one] !== null));
  const held = heldOut.flatMap(({ observed, intervals }) => {
    const interval = way === 'capabilities' || way === 'family' ? intervals[way] : null;
    return interval === null ? [] : [observed >= interval[0] && observed <= interval[1] ? 1 : 0];
  });
  return {
    way,
    models: all.length,
    meanAbsolute: average(all),
    meanSquare: average(all.map((off) => off * off)),
    meanAbsoluteShared: shared.length === 0 ? null : average(offs(shared)),
    coverage: held.length === 0 ? null : average(held),
  };
}
