import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { IsoflopError } from '../../core/errors.ts';
import { atomicWrite } from '../../node/atomicWrite.ts';
import { openEngine } from '../engines/index.ts';
import { trainRun, type TrainOptions } from '../train/run.ts';
import type { RunResult } from '../train/runFolder.ts';
import { sweepFiles } from './files.ts';
import { lockHolder } from './lock.ts';
import { readPlan } from './planFile.ts';
import { takeRunLock } from './runLock.ts';
import { taskFiles } from './taskFiles.ts';

/** Which run of a planned sweep is trained. */
export interface PlannedRun {
  readonly folder: string;
  /** From 0, in the order of the plan. */
  readonly index: number;
  /** Digest of the plan that the task was made for; the folder's own unless given. */
  readonly plan?: string;
}

/**
 * Trains one run of a planned sweep, as a task of a scheduler does: it goes on from the run's last checkpoint, and why it
 * fails is left where `isoflop sweep status` finds it.
 *
 * @throws {@link IsoflopError} `RUN_RUNNING` where another process trains it; `RUN_EXISTS` for another plan; `SWEEP_RUNNING`
 */
export async function trainPlanned(
  { folder, index, plan: expected }: PlannedRun,
  options: Pick<TrainOptions, 'onProgress' | 'signal'> = {},
): Promise<RunResult> {
  const { plan, digest } = await readPlan(folder);
  if (expected !== undefined && expected !== digest)
    throw new IsoflopError('RUN_EXISTS', { folder, why: 'another sweep' });
  if (index >= plan.runs.length)
    throw new IsoflopError('OPTION_INVALID', {
      option: '--index',
      value: String(index),
      expected: `a whole number from 0 to ${String(plan.runs.length - 1)}`,
    });
  const config = plan.runs[index];
  const holder = await lockHolder(join(folder, sweepFiles.lock));
  if (holder !== undefined) throw new IsoflopError('SWEEP_RUNNING', { folder, pid: holder });
  const giveBack = await takeRunLock(taskFiles.lock(folder, config.name), config.name);
  const failure = taskFiles.failure(folder, config.name);
  try {
    await rm(failure, { force: true });
    const { engine } = await openEngine(config.engine);
    return await trainRun(config, join(folder, config.name), engine, { ...options, resume: true });
  } catch (error) {
    if (options.signal?.aborted !== true)
      await atomicWrite(failure, `${(error as Error).message}\n`).catch(() => undefined);
    throw error;
  } finally {
    await giveBack();
  }
}
