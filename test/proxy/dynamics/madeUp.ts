import { endedRuns, type EndedRun } from '../../../src/proxy/dynamics/grouping.ts';
import type { RecordedRun } from '../../../src/proxy/record/recordedRuns.ts';
import type { MetricsRow } from '../../../src/proxy/train/metrics.ts';
import { tiny } from '../tiny.ts';

/** What a made-up run is told apart by. */
export interface MadeUp {
  readonly name?: string;
  readonly family?: string;
  readonly params?: number;
  /** Budget, in tokens. */
  readonly tokens?: number;
  readonly batch?: number;
  readonly rate?: number;
  readonly seed?: number;
  /** Loss at a share of the run and after so many steps. */
  readonly loss?: (share: number, step: number) => number;
  readonly evaluations?: number;
  readonly status?: 'done' | 'diverged' | 'unfinished';
  readonly rest?: Partial<MetricsRow>;
}

/** A run as its folder would have it, evaluated evenly in the logarithm of its steps. */
function madeUpRun({
  name = 'run',
  family = 'none',
  params = 1000,
  tokens = 32_000,
  batch = 4,
  rate = 0.01,
  seed = 0,
  loss = () => 2,
  evaluations = 12,
  status = 'done',
  rest = {},
}: MadeUp): RecordedRun {
  const { context } = tiny.model;
  const steps = Math.round(tokens / batch / context);
  const rows = Array.from({ length: evaluations }, (_, k): MetricsRow => {
    const step = Math.max(1, Math.round((steps / 100) * 100 ** (k / Math.max(1, evaluations - 1))));
    return {
      run: name,
      family,
      seed,
      step,
      params,
      tokens: step * batch * context,
      flops: 6 * params * step * batch * context,
      loss: loss(step / steps, step),
      train_loss: 2,
      learning_rate: rate,
      peak_learning_rate: rate,
      batch_size: batch,
      gradient_norm: 1,
      update_rms: 1,
      max_attention_logit: 5,
      log_z: 1,
      tokens_per_second: 1,
      memory_mb: 1,
      status: 'training',
      ...rest,
    };
  });
  const last = rows[rows.length - 1];
  const result = {
    name,
    status: status === 'diverged' ? status : 'done',
    reason: null,
    params,
    tokens: last.tokens,
    flops: last.flops,
    loss: last.loss,
    startLoss: 3,
    seconds: 1,
  } as const;
  return {
    name,
    folder: `/made-up/${name}`,
    config: { ...tiny, name, family, seed, tokens, batch, schedule: { ...tiny.schedule, rate } },
    rows,
    result: status === 'unfinished' ? undefined : result,
    weights: [],
  };
}

/** Several of them, as those that have ended. */
export const madeUpRuns = (runs: readonly MadeUp[]): EndedRun[] => endedRuns(runs.map(madeUpRun));
