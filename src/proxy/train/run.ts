import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { IsoflopError } from '../../core/errors.ts';
import { version } from '../../core/version.ts';
import { atomicWrite, removeAbandoned } from '../../node/atomicWrite.ts';
import { makeFolder } from '../../node/makeFolder.ts';
import type { Corpus } from '../corpus/corpus.ts';
import { openCorpus } from '../corpus/index.ts';
import type { Engine } from '../engines/engine.ts';
import { countParameters } from '../model/shape.ts';
import { loadCheckpoint, saveCheckpoint, saveWeights, type Checkpoint } from '../record/checkpoint.ts';
import type { RunConfig } from '../runConfig.ts';
import { evaluationSteps } from './evaluationSteps.ts';
import { tellMemory } from './memory.ts';
import type { MetricsRow } from './metrics.ts';
import { openRecorder, type Recorder } from './recorder.ts';
import { readConfig, readResult, readStartLoss, runFiles, type RunResult } from './runFolder.ts';
import { shapeUnder } from './strategySet.ts';
import { createTrainer, type StepResult, type Trainer } from './trainer.ts';

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

/** Options of {@link trainRun}. */
export interface TrainOptions {
  /** Whether an interrupted run goes on, and a finished one stays. */
  readonly resume?: boolean;
  /** Told about a few times a second. */
  readonly onProgress?: (progress: RunProgress) => void;
  /** Ends the run after the step that it is at, with a checkpoint. */
  readonly signal?: AbortSignal;
}

/** A run that is being trained. */
interface Job {
  readonly config: RunConfig;
  readonly folder: string;
  readonly trainer: Trainer;
  readonly startLoss: number;
  /** Seconds of training so far, interruptions apart. */
  readonly seconds: () => number;
}

const pathIn = ({ folder }: Pick<Job, 'folder'>, file: keyof typeof runFiles): string => join(folder, runFiles[file]);

/**
 * Trains one model into a folder: its resolved config, metrics as CSV, checkpoints, weights, TensorBoard events and, at
 * the end, its result. A run that was interrupted goes on from its last checkpoint; one that has ended is not done again.
 *
 * @throws IsoflopError `RUN_EXISTS` for a folder that is in use when it is not resumed, or by another run; `CORPUS_SHORT`;
 * `CHECKPOINT_INVALID`; `DISK_FULL`; `RUN_MEMORY`
 */
export async function trainRun(
  config: RunConfig,
  folder: string,
  engine: Engine,
  options: TrainOptions = {},
): Promise<RunResult> {
  const ended = await readResult(folder);
  const known = await readConfig(folder);
  const refused = (why: string): IsoflopError => new IsoflopError('RUN_EXISTS', { folder, why });
  if (options.resume !== true && known !== undefined)
    throw refused(ended === undefined ? 'an unfinished run' : 'a finished run');
  if (known !== undefined && identityOf(known) !== identityOf(config)) throw refused('another run');
  if (ended !== undefined) return ended;

  const corpus = await openCorpus(config.corpus);
  try {
    return await trainOn(corpus, config, folder, engine, options);
  } catch (error) {
    throw tellMemory(config.name, error);
  } finally {
    await corpus.close();
  }
}

/** All of a config that decides what a run comes to, as text: another engine only rounds in another way. */
function identityOf({ engine: _engine, checkpointSeconds: _seconds, ...rest }: RunConfig): string {
  // The order of keys is that of whoever wrote the YAML.
  return JSON.stringify(rest, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

/** Trains a run that has not ended. */
async function trainOn(
  corpus: Corpus,
  config: RunConfig,
  folder: string,
  engine: Engine,
  options: TrainOptions,
): Promise<RunResult> {
  const plain = { ...config.model, vocabulary: corpus.vocabulary };
  const { specs } = shapeUnder(config.strategies, plain);
  const saved = options.resume === true ? await loadCheckpoint(join(folder, runFiles.checkpoint), specs) : undefined;
  const trainer = createTrainer(config, engine, corpus, saved);
  try {
    // Both parts of the corpus are read before anything is written: what is wrong with it leaves no folder.
    await corpus.batch(config.seed, 0, 1, trainer.shape.context);
    const known = await readStartLoss(folder);
    const startLoss = known ?? (await trainer.evaluate()).loss;
    await makeFolder(folder);
    // What a killed process left half-written.
    await removeAbandoned(folder);
    await atomicWrite(join(folder, runFiles.config), describeRun(config, trainer, corpus, engine));
    if (saved === undefined) await atomicWrite(join(folder, runFiles.start), JSON.stringify({ loss: startLoss }));

    const before = saved?.seconds ?? 0;
    const began = performance.now();
    const seconds = (): number => before + (performance.now() - began) / 1000;
    const resumed = options.resume === true && known !== undefined;
    const recorder = await openRecorder({ config, folder, trainer, saved, resumed, seconds });
    try {
      return await loop({ config, folder, trainer, startLoss, seconds }, recorder, options);
    } finally {
      await recorder.close();
    }
  } finally {
    trainer.dispose();
  }
}

/** Everything that a run was made of, as `config.json`. */
function describeRun(config: RunConfig, trainer: Trainer, corpus: Corpus, engine: Engine): string {
  const { shape, specs, flopsPerToken, steps, stepTokens } = trainer;
  const about = {
    config,
    parameters: countParameters(shape, specs),
    flopsPerToken,
    steps,
    stepTokens,
    corpus: { ...corpus.source, trainTokens: corpus.trainTokens, entropyRate: corpus.entropyRate ?? null },
    engine: { id: engine.id, device: engine.device, versions: engine.versions },
    versions: { isoflop: version, node: process.version },
  };
  return `${JSON.stringify(about, null, 2)}\n`;
}

/** Steps, evaluations and checkpoints until the run ends. */
async function loop(job: Job, recorder: Recorder, options: TrainOptions): Promise<RunResult> {
  const { config, trainer, startLoss, seconds } = job;
  const { steps } = trainer;
  const { onProgress = () => undefined, signal } = options;
  const due = new Set(evaluationSteps(steps, config.evaluations));
  const isWorse = (loss: number): boolean => !(loss <= startLoss);
  let savedAt = seconds();
  let told = 0;
  while (trainer.optimizer.step < steps) {
    if (signal?.aborted === true) {
      // Whoever ends a run in order loses none of its steps; before the first there is nothing to keep.
      if (trainer.optimizer.step > 0) await checkpoint(job, recorder);
      signal.throwIfAborted();
    }
    // The engines' arithmetic gives the event loop no turn, and with it no news of a parent that was killed.
    await setImmediate();
    const done = await trainer.step();
    recorder.addStep(done);
    if (!Number.isFinite(done.loss)) {
      const { loss } = await recorder.record(() => 'diverged');
      return finish(job, 'diverged', `the training loss of step ${String(done.step)} is no number`, loss);
    }
    let row: MetricsRow | undefined;
    if (due.has(done.step)) {
      const isLast = done.step === steps;
      row = await recorder.record((loss) => (isWorse(loss) ? 'diverged' : isLast ? 'done' : 'training'));
      const { loss } = row;
      // Early in training a loss above the first may still fall; at the end, or without a number, it cannot.
      if (isWorse(loss) && (isLast || !Number.isFinite(loss))) {
        const reason = `its loss is ${String(loss)}, above the ${startLoss.toFixed(3)} before the first step`;
        return finish(job, 'diverged', reason, loss);
      }
      if (isLast) return finish(job, 'done', null, loss);
    }
    if (seconds() - savedAt >= config.checkpointSeconds) {
      await checkpoint(job, recorder);
      savedAt = seconds();
    }
    if (row !== undefined || seconds() - told > 0.25) {
      told = seconds();
      onProgress(progressOf(job, recorder, done, row));
    }
  }
  throw new Error('a run without a step');
}

function progressOf(job: Job, recorder: Recorder, done: StepResult, row: MetricsRow | undefined): RunProgress {
  const { step, tokens, loss } = done;
  const about = { name: job.config.name, step, steps: job.trainer.steps, tokens, loss };
  return { ...about, tokensPerSecond: recorder.speed(), ...(row === undefined ? {} : { row }) };
}

/** Writes what the run can go on from. */
function checkpoint(job: Job, { rows, since }: Recorder): Promise<void> {
  const { trainer, seconds } = job;
  const state: Checkpoint = {
    weights: trainer.weights,
    optimizer: trainer.optimizer,
    evaluations: rows.length,
    seconds: seconds(),
    losses: since.losses,
    evaluatedAt: since.step,
  };
  return saveCheckpoint(pathIn(job, 'checkpoint'), trainer.specs, state);
}

/** Writes weights and result. */
async function finish(job: Job, status: RunResult['status'], reason: string | null, loss: number): Promise<RunResult> {
  const { config, trainer, startLoss, seconds } = job;
  const { step } = trainer.optimizer;
  const tokens = step * trainer.stepTokens;
  const result: RunResult = {
    name: config.name,
    status,
    reason,
    params: trainer.params,
    tokens,
    flops: tokens * trainer.flopsPerToken,
    loss: Number.isFinite(loss) ? loss : null,
    startLoss,
    seconds: Math.round(10 * seconds()) / 10,
  };
  const weights = { status, step: String(step) };
  await saveWeights(pathIn(job, 'weights'), trainer.specs, trainer.weights, weights);
  // The result comes last: a run that has one has everything else.
  await atomicWrite(pathIn(job, 'result'), `${JSON.stringify(result, null, 2)}\n`);
  await rm(pathIn(job, 'checkpoint'), { force: true });
  return result;
}
