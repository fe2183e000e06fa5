import { IsoflopError } from '../../core/errors.ts';
import { huber } from './huber.ts';
import { logHuber } from './logHuber.ts';
import { logMse } from './logMse.ts';
import { mse } from './mse.ts';
import type { Objective } from './objective.ts';

/** Every objective; the first is the default. A new objective is one file and one line here. */
export const objectives: readonly Objective[] = [logHuber, huber, logMse, mse];

/**
 * The objective of that name.
 *
 * @throws {@link IsoflopError} `OPTION_INVALID`
 * @example
 * ```ts
 * findObjective('log-huber').delta; // 0.001
 * ```
 */
export function findObjective(id: string): Objective {
  const objective = objectives.find((candidate) => candidate.id === id);
  if (objective !== undefined) return objective;
  throw new IsoflopError('OPTION_INVALID', {
    option: '--objective',
    value: id,
    expected: objectives.map((o) => o.id).join(', '),
  });
}
