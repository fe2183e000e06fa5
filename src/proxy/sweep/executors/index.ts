import { IsoflopError } from '../../../core/errors.ts';
import { nearestName } from '../../../core/nearest.ts';
import { readSubmission } from '../submission.ts';
import type { Executor, Started, SweepOrder, Task } from './executor.ts';
import { kubernetes } from './kubernetes.ts';
import { local } from './local.ts';
import { slurm } from './slurm.ts';

/** Every way to have a sweep trained. */
export const executors: readonly Executor[] = [local, slurm, kubernetes];

/**
 * The executor of a name.
 *
 * @throws {@link IsoflopError} `EXECUTOR_UNKNOWN`
 */
export function findExecutor(id: string): Executor {
  const found = executors.find((one) => one.id === id);
  if (found !== undefined) return found;
  const ids = executors.map((one) => one.id);
  throw new IsoflopError('EXECUTOR_UNKNOWN', { executor: id, nearest: nearestName(id, ids), executors: ids });
}

/**
 * Has a sweep trained by an executor, unless the job of another one still has its runs.
 *
 * @throws {@link IsoflopError} `SWEEP_SUBMITTED`, and what the executor throws
 */
export async function startSweep(executor: Executor, order: SweepOrder): Promise<Started> {
  const { folder } = order;
  const known = await readSubmission(folder);
  if (known !== undefined && known.executor !== executor.id) {
    // Where its scheduler cannot be asked, the locks of the runs keep two from the same one.
    const tasks = await findExecutor(known.executor)
      .watch(known)
      .catch(() => new Map<number, Task>());
    if ([...tasks.values()].some(({ state }) => state !== 'ended'))
      throw new IsoflopError('SWEEP_SUBMITTED', { folder, executor: known.executor, id: known.id });
  }
  return executor.start(order);
}
