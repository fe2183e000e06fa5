import { quantileSorted } from '../core/quantile.ts';
import { normalQuantile } from '../core/special.ts';
import { fitSigmoid, sigmoidAt } from './sigmoid.ts';
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

/** How much wider the intervals have to be than estimated, learnt from cuts further down. */
export interface Widening {
  readonly factor: number;
  /** Cuts, and models asked about over all of them. */
  readonly cuts: readonly number[];
  readonly asked: number;
}

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
  readonly widening: Readonly<Record<'capabilities' | 'family', Widening>>;
}

/** Fewer scores than this say nothing about the tails of their distribution. */
const fewestScores = 10;
/** Without enough cuts further down, intervals are this much wider than estimated. */
const untested = 2;
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
 * and the interval is widened until it would have held as many scores there as it promises. It is never made narrower than
 * estimated.
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
  const widening = learnWidening(table, train, confidence, options);
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
        capabilities: intervalOf(own, widening.capabilities, confidence),
        family: family === null ? null : intervalOf(family, widening.family, confidence),
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
    widening,
  };
}

/** The interval of a single model: the estimated spread, widened, within the range of a score. */
export function intervalOf(
  { value, spread }: TaskPrediction,
  { factor }: Widening,
  confidence: number,
): readonly [number, number] {
  const reach = factor * normalQuantile(0.5 + confidence / 2) * spread;
  return [Math.max(0, value - reach), Math.min(1, value + reach)];
}

/** How wide the intervals have to be, from cutoffs below these models. */
export function learnWidening(
  table: TaskTable,
  rows: readonly number[],
  confidence: number,
  options: TaskOptions,
): Holdout['widening'] {
  const compute = Float64Array.from(rows, (row) => table.flops[row]).sort();
  const cuts: number[] = [];
  const scores: Record<'capabilities' | 'family', number[]> = { capabilities: [], family: [] };
  // Five more fits with all resamples would take five times as long for hardly a better spread.
  const resamples = Math.min(options.resamples ?? 200, 50);
  for (const share of rolling) {
    const cut = compute.length === 0 ? NaN : quantileSorted(compute, share);
    const below = rows.filter((row) => table.flops[row] <= cut);
    const above = rows.filter((row) => table.flops[row] > cut);
    const parameters = Math.min(options.components ?? 3, table.benchmarks.length) + 2;
    // With hardly more models than parameters a cut says how bad fits of few models are, which nobody asked.
    if (above.length === 0 || below.length < 3 * parameters || cuts.includes(cut) || !isScored(table, below)) continue;
    const model = fitTaskModel(table, below, { ...options, resamples });
    cuts.push(cut);
    for (const row of above) {
      const away = (found: TaskPrediction | undefined): number[] =>
        found === undefined ? [] : [Math.abs(table.observed[row] - found.value) / found.spread];
      scores.capabilities.push(...away(predictFromScores(model, row)));
      scores.family.push(...away(predictFromFamily(model, table.families[row], table.flops[row])));
    }
  }
  const widen = (found: number[]): Widening => ({
    factor:
      found.length < fewestScores
        ? untested
        : Math.max(1, boundOf(found, confidence) / normalQuantile(0.5 + confidence / 2)),
    cuts,
    asked: found.length,
  });
  return { capabilities: widen(scores.capabilities), family: widen(scores.family) };
}

/** Whether each benchmark was seen on some of these models. */
const isScored = (table: TaskTable, rows: readonly number[]): boolean =>
  table.benchmarks.every((_, j) => rows.some((row) => !Number.isNaN(table.scores[row * table.benchmarks.length + j])));

/** The score that holds as many of the others as asked, with the one to come counted among them. */
function boundOf(scores: readonly number[], confidence: number): number {
  const sorted = Float64Array.from(scores).sort();
  const place = Math.ceil((sorted.length + 1) * confidence) - 1;
  return sorted[Math.min(place, sorted.length - 1)];
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
