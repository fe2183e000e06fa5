import { createRandom } from '../core/random.ts';
import type { BenchmarkTable } from './benchmarkTable.ts';
import { capabilitiesOf, fitCapabilities, type Capabilities } from './capabilities.ts';
import { familiesOf } from './familiesOf.ts';
import { whereEnough } from './whereEnough.ts';
import { drawLineAt, fitFamilyLines, lineAt, type FamilyLines } from './familyLines.ts';
import { fitSigmoid, sigmoidAt, type SigmoidFit, type SigmoidOptions } from './sigmoid.ts';

/** A table with the task taken out of its benchmarks. */
export interface TaskTable extends Omit<BenchmarkTable, 'warnings'> {
  readonly task: string;
  /** Score on the task, length models; NaN where missing. */
  readonly observed: Float64Array;
}

/** Options of {@link fitTaskModel}. */
export interface TaskOptions extends SigmoidOptions {
  /** Capabilities that the sigmoid takes; default 3. */
  readonly components?: number;
  /** Resamples of whole families from which the errors come; default 200. */
  readonly resamples?: number;
  readonly seed?: number;
}

/** One pass through everything that is learnt from models: components, lines and the sigmoid. */
export interface TaskFit {
  readonly capabilities: Capabilities;
  readonly sigmoid: SigmoidFit;
  readonly lines: FamilyLines;
}

/** A task as a function of capabilities, learnt from some models, with resamples for its errors. */
export interface TaskModel extends TaskFit {
  readonly table: TaskTable;
  /** Models it was learnt from, indices of rows. */
  readonly rows: readonly number[];
  readonly components: number;
  readonly seed: number;
  /** The same learnt from families drawn with replacement. */
  readonly draws: readonly TaskFit[];
}

/** A predicted score with the standard deviation of what a single model would score. */
export interface TaskPrediction {
  readonly value: number;
  readonly spread: number;
}

/**
 * Learns a task from the benchmarks of models: principal capabilities, the sigmoid from these to the score, and the lines of
 * families. Nothing is read of other rows, so what is asked about later was never seen. Errors come from families drawn with
 * replacement, since models of a family are alike; all three steps are repeated in each draw.
 *
 * @param table - the task and the other benchmarks
 * @param rows - models to learn from
 * @throws {@link IsoflopError} `MODELS_TOO_FEW`
 */
export function fitTaskModel(table: TaskTable, rows: readonly number[], options: TaskOptions = {}): TaskModel {
  const { resamples = 200, seed = 0 } = options;
  const components = Math.min(options.components ?? 3, table.benchmarks.length);
  const fit = fitOnce(table, rows, components, options);
  const groups = familiesOf(rows, table.families);
  const draws: TaskFit[] = [];
  for (let b = 0; b < resamples; b++) {
    const random = createRandom(seed, b);
    const drawn = groups.flatMap(() => groups[random.integer(groups.length)]);
    // A draw can lack what a fit needs, such as every model that was scored on some benchmark.
    const found = whereEnough(() => fitOnce(table, drawn, components, { ...options, near: fit.sigmoid.floor }, rows));
    if (found !== undefined) draws.push(found);
  }
  return { ...fit, table, rows, components, seed, draws };
}

/** Scores of one model on the benchmarks of the table. */
const scoresAt = (table: TaskTable, row: number): Float64Array => {
  const p = table.benchmarks.length;
  return table.scores.subarray(row * p, row * p + p);
};

/** @param lineRows - models whose families get lines; those that were not drawn keep theirs, in the components of the draw */
function fitOnce(
  table: TaskTable,
  rows: readonly number[],
  components: number,
  options: TaskOptions,
  lineRows = rows,
): TaskFit {
  const capabilities = fitCapabilities(table, rows);
  const places = new Map<number, Float64Array>();
  const place = (row: number): Float64Array => {
    let found = places.get(row);
    if (found === undefined) places.set(row, (found = capabilitiesOf(capabilities, scoresAt(table, row))));
    return found;
  };
  const usable = rows.filter((row) => !Number.isNaN(table.observed[row]) && !Number.isNaN(place(row)[0]));
  const s = new Float64Array(usable.length * components);
  for (const [i, row] of usable.entries()) s.set(place(row).subarray(0, components), i * components);
  const sigmoid = fitSigmoid(
    s,
    Float64Array.from(usable, (row) => table.observed[row]),
    options,
  );
  const all = new Float64Array(lineRows.length * components);
  for (const [i, row] of lineRows.entries()) all.set(place(row).subarray(0, components), i * components);
  const lines = fitFamilyLines({
    families: lineRows.map((row) => table.families[row]),
    flops: lineRows.map((row) => table.flops[row]),
    capabilities: all,
    components,
  });
  return { capabilities, sigmoid, lines };
}

/**
 * The score on the task of a model of the table, from its other benchmarks.
 *
 * @param row - of the model
 */
export function predictFromScores(model: TaskModel, row: number): TaskPrediction {
  const scores = scoresAt(model.table, row);
  const by = ({ capabilities, sigmoid }: TaskFit): number => sigmoidAt(sigmoid, capabilitiesOf(capabilities, scores));
  const value = by(model);
  return { value, spread: Math.hypot(deviation(model.draws.map(by), value), model.sigmoid.noise) };
}

/**
 * The score on the task of a model that need not exist: a family trained with some compute, by the family's lines.
 *
 * @returns `undefined` where the family has no line
 */
export function predictFromFamily(model: TaskModel, family: string, flops: number): TaskPrediction | undefined {
  const line = model.lines.lines.find((one) => one.family === family);
  if (line === undefined) return undefined;
  const value = sigmoidAt(model.sigmoid, lineAt(line, flops));
  const random = createRandom(model.seed, 2 ** 20);
  const drawn = model.draws.flatMap(({ lines, sigmoid }) => {
    const own = lines.lines.find((one) => one.family === family);
    return own === undefined ? [] : [sigmoidAt(sigmoid, drawLineAt(lines, own, flops, random))];
  });
  return { value, spread: Math.hypot(deviation(drawn, value), model.sigmoid.noise) };
}

/** Root mean square distance of draws from what they are draws of. */
function deviation(draws: readonly number[], value: number): number {
  if (draws.length === 0) return 0;
  return Math.sqrt(draws.reduce((sum, draw) => sum + (draw - value) ** 2, 0) / draws.length);
}
