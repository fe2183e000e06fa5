import { IsoflopError } from '../../../core/errors.ts';
import { nearestName } from '../../../core/nearest.ts';
import type { Executor } from './executor.ts';
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
