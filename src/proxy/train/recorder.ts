import { join } from 'node:path';
import { atomicWrite } from '../../node/atomicWrite.ts';
import type { Checkpoint } from '../record/checkpoint.ts';
import { saveWeights } from '../record/checkpoint.ts';
import { openEventFile } from '../record/tensorBoard.ts';
import type { RunConfig } from '../runConfig.ts';
import { metricsCsv, type MetricsRow } from './metrics.ts';
import { readRows, runFiles, weightsAt } from './runFolder.ts';
import type { StepResult, Trainer } from './trainer.ts';

/** Keeps what is told of a run at its evaluations: rows of metrics, TensorBoard's events, weights where they are wanted. */
export interface Recorder {
  /** Evaluations so far, those before an interruption included. */
  readonly rows: readonly MetricsRow[];
  /** Sum of the training losses since the last evaluation, and the step of that evaluation: part of a checkpoint. */
  readonly since: { readonly losses: number; readonly step: number };
  /** Tokens a second of this process since the last evaluation. */
  readonly speed: () => number;
  /** Takes a step into account. */
  readonly addStep: (step: StepResult) => void;
  /** Evaluates and writes a row, whose status depends on the loss. */
  readonly record: (statusOf: (loss: number) => MetricsRow['status']) => Promise<MetricsRow>;
  readonly close: () => Promise<void>;
}

/** What a recorder has to know. */
export interface RecorderOptions {
  readonly config: RunConfig;
  readonly folder: string;
  readonly trainer: Trainer;
  /** Where an interrupted run goes on. */
  readonly saved: Checkpoint | undefined;
  /** Whether an earlier process may have told of steps that are now done again. */
  readonly resumed: boolean;
  /** Seconds of training so far. */
  readonly seconds: () => number;
}

const megabytes = (): number => Math.round(process.memoryUsage().rss / 1e6);

/** Family of a run: its own, or the names of its strategies. */
const familyOf = ({ family, strategies }: RunConfig): string =>
  family ?? (strategies.map(({ name }) => name).join('+') || 'none');

/** Scalars of a row as TensorBoard shows them. */
const scalarsOf = (row: MetricsRow): Readonly<Record<string, number>> => ({
  'loss/val': row.loss,
  'loss/train': row.train_loss,
  lr: row.learning_rate,
  tokens: row.tokens,
  flops: row.flops,
  grad_norm: row.gradient_norm,
  update_rms: row.update_rms,
  max_attn_logit: row.max_attention_logit,
  logZ: row.log_z,
  toks_per_s: row.tokens_per_second,
  mem_bytes: row.memory_mb * 1e6,
});

/** Makes the recorder of a run; rows after the checkpoint from which it goes on are taken back. */
export async function openRecorder({
  config,
  folder,
  trainer,
  saved,
  resumed,
  seconds,
}: RecorderOptions): Promise<Recorder> {
  const { stepTokens, params, flopsPerToken, optimizer } = trainer;
  const path = (name: string): string => join(folder, name);
  const rows: MetricsRow[] = (await readRows(folder)).slice(0, saved?.evaluations ?? 0);
  const events = await openEventFile(path(`events.out.tfevents.${String(Math.floor(Date.now() / 1000))}.isoflop`), {
    restartAt: resumed ? optimizer.step + 1 : undefined,
  });
  let since = { losses: saved?.losses ?? 0, step: saved?.evaluatedAt ?? 0 };
  // Speed is that of this process: time that passed between two of them does not count.
  let clock = { step: optimizer.step, at: seconds() };
  let last: StepResult | undefined;
  const speed = (): number => ((optimizer.step - clock.step) * stepTokens) / Math.max(1e-9, seconds() - clock.at);

  return {
    rows,
    get since() {
      return since;
    },
    speed,
    addStep: (step) => {
      last = step;
      since = { ...since, losses: since.losses + step.loss };
    },
    record: async (statusOf) => {
      const { loss, logZ, maxAttentionLogit } = await trainer.evaluate();
      const { step } = optimizer;
      const tokens = step * stepTokens;
      const row: MetricsRow = {
        run: config.name,
        family: familyOf(config),
        seed: config.seed,
        step,
        params,
        tokens,
        flops: tokens * flopsPerToken,
        loss,
        train_loss: since.losses / Math.max(1, step - since.step),
        learning_rate: last?.rate ?? NaN,
        peak_learning_rate: config.schedule.rate,
        batch_size: config.batch,
        gradient_norm: last?.gradientNorm ?? NaN,
        update_rms: last?.updateRms ?? NaN,
        max_attention_logit: maxAttentionLogit,
        log_z: logZ,
        tokens_per_second: Math.round(speed()),
        memory_mb: megabytes(),
        status: statusOf(loss),
      };
      rows.push(row);
      since = { losses: 0, step };
      clock = { step, at: seconds() };
      await atomicWrite(path(runFiles.rows), JSON.stringify(rows));
      await atomicWrite(path(runFiles.metrics), metricsCsv(rows));
      if (config.keepWeights)
        await saveWeights(path(weightsAt(step)), trainer.specs, trainer.weights, { step: String(step) });
      await events.add(step, scalarsOf(row));
      return row;
    },
    close: events.close,
  };
}
