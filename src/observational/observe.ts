import { IsoflopError } from '../core/errors.ts';
import { columnUnknown, findColumn } from '../runs/columns.ts';
import { checkConfidence } from '../uncertainty/predict.ts';
import type { BenchmarkTable } from './benchmarkTable.ts';
import { capabilitiesOf, fitCapabilities } from './capabilities.ts';
import { capabilityErrors } from './capabilityErrors.ts';
import { equivalentFlops } from './equivalentFlops.ts';
import { fitFamilyLines, type FamilyLines } from './familyLines.ts';
import { holdOut, rehearse } from './holdout.ts';
import type { Observation, ObservedTask } from './observation.ts';
import { observationWarnings } from './observationWarnings.ts';
import { predictFamilies } from './predictFamilies.ts';
import { fitTaskModel, type TaskOptions, type TaskTable } from './taskModel.ts';

/** Options of {@link observe}. */
export interface ObserveOptions extends TaskOptions {
  /** A benchmark to predict from the others: it takes no part in the capabilities. */
  readonly task?: string | undefined;
  /** FLOP; models with more are held out and predicted by the others. Needs `task`. */
  readonly cutoff?: number | undefined;
  /** The family in whose compute others are counted; the one whose line is best determined unless given. */
  readonly reference?: string | undefined;
  /** Families to predict at each of `flops`. */
  readonly families?: readonly string[] | undefined;
  /** Compute at which families are predicted, FLOP. */
  readonly flops?: readonly number[] | undefined;
  /** Probability of the intervals; default 0.95. */
  readonly confidence?: number;
}

/**
 * Observational scaling laws: what tables of public models say without training one. Principal capabilities of the
 * benchmarks, their lines in the logarithm of compute for each family, what families are worth in each other's compute, and a
 * task as a sigmoid of the capabilities, with models above a cutoff of compute held out.
 *
 * @param table - models and benchmarks
 * @throws {@link IsoflopError} `MODELS_TOO_FEW`, `COLUMN_UNKNOWN`, `FAMILY_WITHOUT_LINE`, `OPTION_INVALID`
 * @see arXiv 2405.10938 (Ruan et al. 2024)
 * @example
 * ```ts
 * const table = await readBenchmarks('data/benchmarks.csv');
 * const { capabilities, task } = observe(table, { task: 'GSM8K', cutoff: 8.4e22, resamples: 20 });
 * capabilities.benchmarks.length; // 7
 * task?.holdout?.test; // 46
 * ```
 */
export function observe(table: BenchmarkTable, options: ObserveOptions = {}): Observation {
  const { resamples = 200, seed = 0 } = options;
  const confidence = checkConfidence(options.confidence ?? 0.95);
  checkOptions(options);
  const taskColumn = options.task === undefined ? undefined : benchmarkNamed(table, options.task);
  const part = taskColumn === undefined ? table : withoutTask(table, taskColumn);
  const { benchmarks, scores } = part;
  const p = benchmarks.length;
  const components = Math.min(options.components ?? 3, p);
  const rows = [...table.models.keys()];
  const capabilities = fitCapabilities(part, rows);
  const places = new Float64Array(rows.length * components);
  for (const row of rows)
    places.set(
      capabilitiesOf(capabilities, scores.subarray(row * p, row * p + p)).subarray(0, components),
      row * components,
    );
  const data = { families: table.families, flops: table.flops, capabilities: places, components };
  const lines = fitFamilyLines(data, confidence);
  const reference = options.reference ?? bestDetermined(lines);
  const equivalence =
    reference === undefined ? null : equivalentFlops(data, reference, { confidence, seed, draws: 1000 });
  const task = 'task' in part ? observeTask(part, { ...options, confidence }) : null;
  const predictions = predictFamilies(
    { lines, reference, task, confidence },
    options.families ?? [],
    options.flops ?? [],
  );
  const found = {
    table,
    confidence,
    benchmarks,
    capabilities,
    errors: capabilityErrors({ ...part, families: table.families }, rows, capabilities, { resamples, seed }),
    places,
    components,
    lines,
    equivalence,
    task,
    predictions,
  };
  return { ...found, warnings: [...table.warnings, ...observationWarnings(found)] };
}

function observeTask(table: TaskTable, options: ObserveOptions & { readonly confidence: number }): ObservedTask {
  const { cutoff, confidence } = options;
  if (cutoff !== undefined) {
    const holdout = holdOut(table, cutoff, confidence, options);
    return { name: table.task, model: holdout.model, calibration: holdout.calibration, holdout };
  }
  const rows = [...table.models.keys()];
  const scored = rows.filter((row) => table.flops[row] > 0 && !Number.isNaN(table.observed[row]));
  return {
    name: table.task,
    model: fitTaskModel(table, rows, options),
    calibration: rehearse(table, scored, options),
    holdout: null,
  };
}

function checkOptions({ task, cutoff, components, resamples, families, flops }: ObserveOptions): void {
  const invalid = (option: string, value: number | string, expected: string): IsoflopError =>
    new IsoflopError('OPTION_INVALID', { option, value: String(value), expected });
  if (cutoff !== undefined && task === undefined)
    throw invalid('--cutoff', cutoff, 'a task that is predicted above it, such as --task GSM8K');
  if (cutoff !== undefined && !(cutoff > 0 && cutoff < Infinity))
    throw invalid('--cutoff', cutoff, 'compute in FLOP, such as 8.4e22');
  if (components !== undefined && !(Number.isInteger(components) && components >= 1))
    throw invalid('--components', components, 'a whole number from 1');
  if (resamples !== undefined && !(Number.isInteger(resamples) && resamples >= 0))
    throw invalid('--bootstrap', resamples, 'a whole number from 0');
  if ((families?.length ?? 0) > 0 && (flops?.length ?? 0) === 0)
    throw invalid('--family', families?.[0] ?? '', 'compute at which it is predicted as well: --predict-flops 1e25');
  if ((flops?.length ?? 0) > 0 && (families?.length ?? 0) === 0)
    throw invalid(
      '--predict-flops',
      flops?.[0] ?? '',
      'the families that are predicted as well, such as --family Llama-2',
    );
}

function benchmarkNamed(table: BenchmarkTable, name: string): number {
  const place = findColumn(name, table.benchmarks, table.source);
  if (place === -1) throw columnUnknown(name, table.benchmarks, table.source);
  return place;
}

/** The table without one of its benchmarks, which becomes the task. */
function withoutTask(table: BenchmarkTable, task: number): TaskTable {
  const { benchmarks, scores, models } = table;
  const p = benchmarks.length;
  const others = [...benchmarks.keys()].filter((j) => j !== task);
  const rest = new Float64Array(models.length * others.length);
  for (const row of models.keys())
    for (const [k, j] of others.entries()) rest[row * others.length + k] = scores[row * p + j];
  return {
    ...table,
    benchmarks: others.map((j) => benchmarks[j]),
    scores: rest,
    task: benchmarks[task],
    observed: Float64Array.from(models, (_, row) => scores[row * p + task]),
  };
}

/** The family whose line is known best: the steepest in units of the error of its slope. */
function bestDetermined({ lines }: FamilyLines): string | undefined {
  const rising = lines.filter(({ lines: [first] }) => first.slope > 0);
  const sureness = ({ lines: [first] }: FamilyLines['lines'][number]): number => first.slope / first.slopeError;
  return rising.length === 0 ? undefined : rising.reduce((a, b) => (sureness(b) > sureness(a) ? b : a)).family;
}
