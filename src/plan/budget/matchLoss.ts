import { IsoflopError } from '../../core/errors.ts';
import { findOptimum } from '../optimum.ts';
import type { Surface } from './surface.ts';

/**
 * Loss of the compute-optimal model of a size: that for whose compute no other size would do better.
 *
 * @param params - the size
 * @throws {@link IsoflopError} `NO_OPTIMUM`
 */
export function lossOfOptimal({ law }: Surface, theta: Float64Array, params: number): number {
  const logN = Math.log(params);
  let [low, high] = [logN + Math.log(1e-3), logN + Math.log(1e18)];
  let found = findOptimum(law, theta, high);
  for (let step = 0; step < 100; step++) {
    const middle = 0.5 * (low + high);
    found = findOptimum(law, theta, middle);
    if ('fault' in found && middle - logN > 20)
      throw new IsoflopError('NO_OPTIMUM', { law: law.id, reason: found.fault });
    // A budget too small for a search is too small.
    if ('fault' in found || found[0] < logN) low = middle;
    else high = middle;
  }
  if ('fault' in found) throw new IsoflopError('NO_OPTIMUM', { law: law.id, reason: found.fault });
  if (Math.abs(found[0] - logN) > 1e-3)
    throw new IsoflopError('NO_OPTIMUM', {
      law: law.id,
      reason: `no budget has ${String(params)} parameters as its best size`,
    });
  return Math.exp(found[2]);
}
