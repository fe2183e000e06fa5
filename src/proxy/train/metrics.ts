import { toCsv } from '../record/csv.ts';

/** What is recorded of a run at one evaluation: a row of `metrics.csv`. */
export interface MetricsRow {
  readonly run: string;
  readonly family: string;
  readonly seed: number;
  readonly step: number;
  readonly params: number;
  readonly tokens: number;
  readonly flops: number;
  /** Loss on the validation part, nats a token. */
  readonly loss: number;
  /** Mean training loss since the evaluation before. */
  readonly train_loss: number;
  /**
   * Rate of the last step before the evaluation, which is what `isoflop fit` takes a column of this name for: it finds the
   * warm-up (`--after-warmup lr`) and rows before the decay (`BEFORE_DECAY`) by how the rate changes within a run, and a
   * peak in every row would hide both.
   */
  readonly learning_rate: number;
  /** Highest rate of the schedule, by which runs of a sweep differ: `--columns learningRate=peak_learning_rate`. */
  readonly peak_learning_rate: number;
  readonly batch_size: number;
  readonly gradient_norm: number;
  readonly update_rms: number;
  readonly max_attention_logit: number;
  readonly log_z: number;
  readonly tokens_per_second: number;
  readonly memory_mb: number;
  /** `training`, `done` at the end of the run, `diverged` where the loss lies above that before the first step. */
  readonly status: string;
}

/** Columns of the CSV, in order; `isoflop fit` recognises the first eight, the rate and the batch size by name. */
export const metricsColumns = [
  'run',
  'family',
  'seed',
  'step',
  'params',
  'tokens',
  'flops',
  'loss',
  'train_loss',
  'learning_rate',
  'peak_learning_rate',
  'batch_size',
  'gradient_norm',
  'update_rms',
  'max_attention_logit',
  'log_z',
  'tokens_per_second',
  'memory_mb',
  'status',
] as const satisfies readonly (keyof MetricsRow)[];

/** The header and rows as a CSV. */
export const metricsCsv = (rows: readonly MetricsRow[]): string => toCsv(metricsColumns, rows);
