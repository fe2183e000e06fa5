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
  readonly learning_rate: number;
  readonly batch_size: number;
  readonly gradient_norm: number;
  readonly update_rms: number;
  readonly max_attention_logit: number;
  readonly log_z: number;
  readonly tokens_per_second: number;
  readonly memory_mb: number;
  /** `training`, `done` at the end of the run, `diverged` where it ended for that. */
  readonly status: string;
}

/** Columns of the CSV, in order; `isoflop fit` recognises the first eight by name. */
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
  'batch_size',
  'gradient_norm',
  'update_rms',
  'max_attention_logit',
  'log_z',
  'tokens_per_second',
  'memory_mb',
  'status',
] as const satisfies readonly (keyof MetricsRow)[];

/** A field of a CSV; numbers that are none stay empty. */
const field = (value: string | number): string => {
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : '';
  return /[",\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
};

/** The header and rows as a CSV. */
export function metricsCsv(rows: readonly MetricsRow[]): string {
  const lines = rows.map((row) => metricsColumns.map((column) => field(row[column])).join(','));
  return `${[metricsColumns.join(','), ...lines].join('\n')}\n`;
}
