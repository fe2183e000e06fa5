import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { liveRuns, type LiveRun } from '../live/liveRuns.ts';
import { readLive } from '../live/readLive.ts';
import { secondsLeft } from '../live/secondsLeft.ts';
import { findExecutor } from './executors/index.ts';
import type { Task } from './executors/executor.ts';
import { sweepFiles } from './files.ts';
import { readSubmission, type Submission } from './submission.ts';
import { isBeating } from './runLock.ts';
import { readFailureOf, taskFiles } from './taskFiles.ts';

/** A sweep as it stands, whoever trains it. */
export interface SweepStatus {
  readonly name: string;
  readonly folder: string;
  readonly submission: Submission | null;
  /** Why the scheduler could not be asked; what stands here is then from the files alone. */
  readonly unasked: string | null;
  readonly runs: readonly LiveRun[];
  /** Whether a process or a task still works on it, or will. */
  readonly isActive: boolean;
  /** Estimated; null where no pace is known yet, or nothing goes on. */
  readonly secondsLeft: number | null;
}

/**
 * Each run of a sweep as its files and the scheduler that has it say.
 *
 * @throws {@link IsoflopError} `RUNS_MISSING`, `FILE_UNREADABLE`
 */
export async function sweepStatus(folder: string): Promise<SweepStatus> {
  const submission = await readSubmission(folder);
  let unasked = null as string | null;
  let tasks: ReadonlyMap<number, Task> = new Map();
  // Asked before the files are read: what ends in between has a result, and is not taken for failed.
  if (submission !== undefined)
    tasks = await findExecutor(submission.executor)
      .watch(submission)
      .catch((error: unknown) => {
        unasked = (error as Error).message;
        return new Map<number, Task>();
      });
  const input = await readLive(folder);
  const isAsked = submission !== undefined && submission.executor !== 'local' && unasked === null;
  const runs = await Promise.all(
    liveRuns(input).map(async (run, index): Promise<LiveRun> => {
      if (run.status === 'done' || run.status === 'diverged') return run;
      const task = tasks.get(index);
      if (task?.state === 'running') return { ...run, status: 'training', reason: null };
      if (task?.state === 'waiting') return { ...run, status: 'waiting', reason: task.detail };
      if (submission?.executor === 'local') return run;
      if (await isBeating(taskFiles.lock(folder, run.name))) return { ...run, status: 'training', reason: null };
      const said = await readFailureOf(folder, run.name);
      const isLost = isAsked && submission.indexes.includes(index);
      if (said === undefined && submission?.cancelled !== undefined)
        // What was ended on purpose has not failed, whatever was collected of an earlier job.
        return { ...run, status: run.tokens > 0 ? 'interrupted' : 'waiting', reason: null };
      if (said === undefined && task === undefined && !isLost) return run;
      const log = join(folder, sweepFiles.logs, `${String(index)}.log`);
      const reason = said ?? `its task ended without a result (${task?.detail ?? 'of how, nothing is known any more'})`;
      return { ...run, status: 'failed', reason: `${reason}${existsSync(log) ? `; its output is in ${log}` : ''}` };
    }),
  );
  const isTraining = runs.some(({ status }) => status === 'training');
  const isActive = isTraining || input.isWorking || [...tasks.values()].some(({ state }) => state !== 'ended');
  return {
    name: input.recorded.name,
    folder,
    submission: submission ?? null,
    unasked,
    runs,
    isActive,
    secondsLeft: isActive ? secondsLeft(runs, input) : null,
  };
}
