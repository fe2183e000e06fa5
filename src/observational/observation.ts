import type { Warning } from '../core/warnings.ts';
import type { BenchmarkTable } from './benchmarkTable.ts';
import type { Capabilities } from './capabilities.ts';
import type { CapabilityErrors } from './capabilityErrors.ts';
import type { EquivalentCompute } from './equivalentFlops.ts';
import type { FamilyLines } from './familyLines.ts';
import type { Calibrations, Holdout } from './holdout.ts';
import type { FamilyPrediction } from './predictFamilies.ts';
import type { TaskModel } from './taskModel.ts';

/** A task as what the capabilities of models make of it. */
export interface ObservedTask {
  readonly name: string;
  /** Learnt from all models, or from those at or below the cutoff. */
  readonly model: TaskModel;
  readonly calibration: Calibrations;
  /** `null` without a cutoff. */
  readonly holdout: Holdout | null;
}

/** What a table of benchmarks says about public models and their families. */
export interface Observation {
  readonly table: BenchmarkTable;
  readonly confidence: number;
  /** Benchmarks that make the capabilities, without the task. */
  readonly benchmarks: readonly string[];
  readonly capabilities: Capabilities;
  readonly errors: CapabilityErrors | null;
  /** Capabilities of each model, row-major models x components; NaN where it has no score. */
  readonly places: Float64Array;
  readonly components: number;
  readonly lines: FamilyLines;
  /** `null` where no family has a line that rises. */
  readonly equivalence: EquivalentCompute | null;
  readonly task: ObservedTask | null;
  readonly predictions: readonly FamilyPrediction[];
  readonly warnings: readonly Warning[];
}
