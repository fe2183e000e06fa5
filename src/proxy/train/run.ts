import { mkdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { IsoflopError } from '../../core/errors.ts';
import { version } from '../../core/version.ts';
import { atomicWrite } from '../../node/atomicWrite.ts';
import { readFailure } from '../../node/readFailure.ts';
import { openCorpus } from '../corpus/index.ts';
import type { Engine } from '../engines/engine.ts';
import { countParameters } from '../model/shape.ts';
import { loadCheckpoint, saveCheckpoint, saveWeights } from '../record/checkpoint.ts';
import { openEventFile } from '../record/tensorBoard.ts';
import type { RunConfig } from '../runConfig.ts';
import { evaluationSteps } from './evaluationSteps.ts';
import { runFiles } from './files.ts';
import { metricsCsv, type MetricsRow } from './metrics.ts';
import { combineStrategies } from './strategySet.ts';
import { createTrainer, type StepResult } from './trainer.ts';

/** How a run ended, `result.json` in its folder; without that file it has not ended. */
export interface RunResult {
  readonly name: string;
  readonly status: 'done' | 'diverged';
  /** Why it counts as diverged. */
  readonly reason: string | null;
  readonly params: number;
  readonly tokens: number;
  readonly flops: number;
  /** Last loss on the validation part; null when it was no number. */
  readonly loss: number | null;
  /** Loss before the first step. */
  readonly startLoss: number;
  /** Seconds of training, interruptions apart. */
  readonly seconds: number;
}

/** How far a run is. */
export interface RunProgress {
  readonly name: string;
  readonly step: number;
  readonly steps: number;
  readonly tokens: number;
  readonly loss: number;
  readonly tokensPerSecond: number;
  /** The row of an evaluation that has just been made. */
  readonly row?: MetricsRow;
}

/** Name of the weights at an evaluation. */
const weightsAt = (step: number): string => `weights-${String(step).padStart(8, '0')}.safetensors`;

const readJson = async <T>(path: string): Promise<T | undefined> => {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw readFailure(path, error);
  }
};

/** The result of a run that has ended, or undefined. */
export const readResult = (folder: string): Promise<RunResult | undefined> => readJson(join(folder, runFiles.result));

/** The rows of a run, ended or not. */
export const readRows = async (folder: string): Promise<readonly MetricsRow[]> =>
  (await readJson<MetricsRow[]>(join(folder, runFiles.rows))) ?? [];

const megabytes = (): number => Math.round(process.memoryUsage().rss / 1e6);

/**
 * Trains one model into a folder: its resolved config, metrics as CSV, checkpoints, weights, TensorBoard events and, at
 * the end, its result. A run that was interrupted goes on from its last checkpoint; one that has ended is not done again.
 *
 * @param onProgress - told about a few times a second
 * @throws {@link IsoflopError} `RUN_EXISTS` for a folder that is in use when it is not resumed; `CORPUS_SHORT`;
 * `CHECKPOINT_INVALID`; `DISK_FULL`; `RUN_MEMORY`
 */
export async function trainRun(
  config: RunConfig,
  folder: string,
  engine: Engine,
  { resume = false, onProgress = () => undefined, signal }: TrainOptions = {},
): Promise<RunResult> {
  const ended = await readResult(folder);
  const path = (name: string): string => join(folder, name);
  const isThere = await stat(path(runFiles.config)).then(
    () => true,
    () => false,
  );
  if (!resume && isThere)
    throw new IsoflopError('RUN_EXISTS', { folder, why: ended === undefined ? 'an unfinished run' : 'a finished run' });
  if (ended !== undefined) return ended;

  const corpus = await openCorpus(config.corpus);
  try {
    const plain = { ...config.model, vocabulary: corpus.vocabulary };
    const { specs } = combineStrategies(config.strategies, plain, engine, config.seed);
    const saved = resume ? await loadCheckpoint(path(runFiles.checkpoint), specs) : undefined;
    const trainer = createTrainer(config, engine, corpus, saved);
    const { stepTokens, steps, params, flopsPerToken } = trainer;
    // Both parts of the corpus are read before anything is written: what is wrong with it leaves no folder.
    await corpus.batch(config.seed, 0, 1, trainer.shape.context);
    const startLoss = (await startOf(folder)) ?? (await trainer.evaluate()).loss;
    await mkdir(folder, { recursive: true });
    await atomicWrite(
      path(runFiles.config),
      `${JSON.stringify(
        {
          config,
          parameters: countParameters(trainer.shape, specs),
          flopsPerToken,
          steps,
          stepTokens,
          corpus: { ...corpus.source, trainTokens: corpus.trainTokens, entropyRate: corpus.entropyRate ?? null },
          engine: { id: engine.id, device: engine.device, versions: engine.versions },
          versions: { isoflop: version, node: process.version },
        },
        null,
        2,
      )}\n`,
    );

    const rows: MetricsRow[] = (await readRows(folder)).slice(0, saved?.evaluations ?? 0);
    const events = await openEventFile(path(`events.out.tfevents.${String(Math.floor(Date.now() / 1000))}.isoflop`));
    const due = new Set(evaluationSteps(steps, config.evaluations));
    const before = saved?.seconds ?? 0;
    const began = performance.now();
    const seconds = (): number => before + (performance.now() - began) / 1000;
    try {
      if (saved === undefined) await atomicWrite(path(startFile), JSON.stringify({ loss: startLoss }));

      let savedAt = seconds();
      let told = 0;
      let since = { losses: saved?.losses ?? 0, step: saved?.evaluatedAt ?? 0 };
      // Speed is that of this process: time that passed between two of them does not count.
      let clock = { step: trainer.optimizer.step, at: seconds() };
      let last: StepResult | undefined;
      const speed = (): number =>
        ((trainer.optimizer.step - clock.step) * stepTokens) / Math.max(1e-9, seconds() - clock.at);
      const record = async (status: MetricsRow['status']): Promise<MetricsRow> => {
        const { loss, logZ, maxAttentionLogit } = await trainer.evaluate();
        const { step } = trainer.optimizer;
        const tokens = step * stepTokens;
        const row: MetricsRow = {
          run: config.name,
          family: config.family ?? (config.strategies.map(({ name }) => name).join('+') || 'none'),
          seed: config.seed,
          step,
          params,
          tokens,
          flops: tokens * flopsPerToken,
          loss,
          train_loss: since.losses / Math.max(1, step - since.step),
          learning_rate: config.schedule.rate,
          batch_size: config.batch,
          gradient_norm: last?.gradientNorm ?? NaN,
          update_rms: last?.updateRms ?? NaN,
          max_attention_logit: maxAttentionLogit,
          log_z: logZ,
          tokens_per_second: Math.round(speed()),
          memory_mb: megabytes(),
          status,
        };
        rows.push(row);
        since = { losses: 0, step };
        clock = { step, at: seconds() };
        await atomicWrite(path(runFiles.rows), JSON.stringify(rows));
        await atomicWrite(path(runFiles.metrics), metricsCsv(rows));
        if (config.keepWeights)
          await saveWeights(path(weightsAt(step)), specs, trainer.weights, { step: String(step) });
        await events.add(step, {
          'loss/val': loss,
          'loss/train': row.train_loss,
          lr: last?.rate ?? NaN,
          tokens,
          flops: row.flops,
          grad_norm: row.gradient_norm,
          update_rms: row.update_rms,
          max_attn_logit: maxAttentionLogit,
          logZ,
          toks_per_s: row.tokens_per_second,
          mem_bytes: row.memory_mb * 1e6,
        });
        return row;
      };
      const finish = async (status: RunResult['status'], reason: string | null, loss: number): Promise<RunResult> => {
        const tokens = trainer.optimizer.step * stepTokens;
        const result: RunResult = {
          name: config.name,
          status,
          reason,
          params,
          tokens,
          flops: tokens * flopsPerToken,
          loss: Number.isFinite(loss) ? loss : null,
          startLoss,
          seconds: Math.round(10 * seconds()) / 10,
        };
        await saveWeights(path(runFiles.weights), specs, trainer.weights, {
          status,
          step: String(trainer.optimizer.step),
        });
        // The result comes last: a run that has one has everything else.
        await atomicWrite(path(runFiles.result), `${JSON.stringify(result, null, 2)}\n`);
        await rm(path(runFiles.checkpoint), { force: true });
        return result;
      };

      while (trainer.optimizer.step < steps) {
        signal?.throwIfAborted();
        last = await trainer.step();
        const { step, tokens, loss } = last;
        since.losses += loss;
        if (!Number.isFinite(loss)) {
          const { loss: end } = await record('diverged');
          return await finish('diverged', `the training loss of step ${String(step)} is no number`, end);
        }
        let row: MetricsRow | undefined;
        if (due.has(step)) {
          const isLast = step === steps;
          row = await record(isLast ? 'done' : 'training');
          if (!(row.loss <= startLoss)) {
            rows[rows.length - 1] = row = { ...row, status: 'diverged' };
            await atomicWrite(path(runFiles.rows), JSON.stringify(rows));
            await atomicWrite(path(runFiles.metrics), metricsCsv(rows));
            if (isLast || !Number.isFinite(row.loss))
              return await finish(
                'diverged',
                `its loss is ${String(row.loss)}, above the ${startLoss.toFixed(3)} before the first step`,
                row.loss,
              );
          }
          if (isLast) return await finish('done', null, row.loss);
        }
        if (seconds() - savedAt >= config.checkpointSeconds) {
          const { weights, optimizer } = trainer;
          await saveCheckpoint(path(runFiles.checkpoint), specs, {
            weights,
            optimizer,
            evaluations: rows.length,
            seconds: seconds(),
            losses: since.losses,
            evaluatedAt: since.step,
          });
          savedAt = seconds();
        }
        if (row !== undefined || seconds() - told > 0.25) {
          told = seconds();
          const tokensPerSecond = speed();
          onProgress({
            name: config.name,
            step,
            steps,
            tokens,
            loss,
            tokensPerSecond,
            ...(row === undefined ? {} : { row }),
          });
        }
      }
      throw new Error('a run without a step');
    } finally {
      await events.close();
      trainer.dispose();
    }
  } catch (error) {
    if (
      /out of memory|allocation|memory access|OOM/i.test((error as Error).message) &&
      !(error instanceof IsoflopError)
    )
      throw new IsoflopError('RUN_MEMORY', { run: config.name, reason: (error as Error).message });
    throw error;
  } finally {
    await corpus.close();
  }
}

/** Options of {@link trainRun}. */
export interface TrainOptions {
  /** Whether an interrupted run goes on, and a finished one stays. */
  readonly resume?: boolean;
  readonly onProgress?: (progress: RunProgress) => void;
  readonly signal?: AbortSignal;
}

const startFile = 'start.json';
const startOf = async (folder: string): Promise<number | undefined> =>
  (await readJson<{ loss: number }>(join(folder, startFile)))?.loss;
