import { join, resolve } from 'node:path';
import { IsoflopError } from '../../../core/errors.ts';
import { makeFolder } from '../../../node/makeFolder.ts';
import { readResult } from '../../train/runFolder.ts';
import { collectSweep } from '../collect.ts';
import { sweepFiles } from '../files.ts';
import { takeLock } from '../lock.ts';
import { writePlan } from '../planFile.ts';
import { readSubmission, writeSubmission, type Submission } from '../submission.ts';
import type { Executor, Started, SweepOrder } from './executor.ts';

/** What a scheduler is handed. */
export interface Handover {
  /** Absolute, as the tasks see it too. */
  readonly folder: string;
  readonly digest: string;
  /** Numbers of the runs that have not ended. */
  readonly indexes: readonly number[];
}

/**
 * What handing over has in common whatever the scheduler: the folder and its plan, runs that have ended left out, no second
 * job while one goes on, and the record of the new one.
 *
 * @param hand - gives the runs to the scheduler
 */
export async function submitRuns(
  { id: executor, watch }: Pick<Executor, 'id' | 'watch'>,
  { plan, folder: named, resume }: SweepOrder,
  hand: (what: Handover) => Promise<{ readonly id: string; readonly place: string | null; readonly note: string }>,
): Promise<Started> {
  const folder = resolve(named);
  await makeFolder(join(folder, sweepFiles.logs), folder);
  const giveBack = await takeLock(join(folder, sweepFiles.submitLock), named);
  try {
    await refuseActive(named, watch, executor);
    const digest = await writePlan(folder, plan, resume);
    const ended = await Promise.all(plan.runs.map(({ name }) => readResult(join(folder, name))));
    const indexes = [...ended.keys()].filter((index) => ended[index] === undefined);
    if (indexes.length === 0) return { kind: 'ended', result: await collectSweep(named, []) };
    const { note, ...job } = await hand({ folder, digest, indexes });
    const submission: Submission = { executor, ...job, indexes, submitted: new Date().toISOString() };
    await writeSubmission(folder, submission);
    return { kind: 'submitted', submission, note };
  } finally {
    await giveBack();
  }
}

/** Refuses a folder whose runs somebody has already. */
async function refuseActive(folder: string, watch: Executor['watch'], executor: string): Promise<void> {
  const known = await readSubmission(folder);
  if (known === undefined) return;
  const { id } = known;
  if (known.executor === 'local') throw new IsoflopError('SWEEP_RUNNING', { folder, pid: Number(id) });
  // Of the jobs of another scheduler the locks of the runs tell.
  if (known.executor !== executor) return;
  const tasks = [...(await watch(known)).values()];
  if (tasks.some(({ state }) => state !== 'ended')) throw new IsoflopError('SWEEP_SUBMITTED', { folder, executor, id });
}
