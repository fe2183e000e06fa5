import { createWarning, type Warning } from '../../core/warnings.ts';
import type { Evidence } from './evidence.ts';
import { irreducibleOf } from './irreducible.ts';

/**
 * The irreducible loss lies so near the best run that the fit leaves larger runs nothing to gain: what is left above it is
 * within its own 95% interval, or less than the noise of a single run.
 */
export function irreducibleNearLoss(evidence: Evidence): readonly Warning[] {
  const found = irreducibleOf(evidence);
  // One that may be zero as well is not known at all, which is told elsewhere.
  if (found === undefined || found.value <= found.reach) return [];
  const { name, value, reach, best } = found;
  const noise = evidence.residualDeviation * (evidence.residualScale === 'log' ? best : 1);
  const left = best - value;
  if (left > Math.max(reach, noise)) return [];
  const why =
    left <= reach
      ? `within the error of ${name} (${reach.toPrecision(2)} at 95%)`
      : `less than the noise of one run (${noise.toPrecision(2)})`;
  const share = ((100 * value) / best).toFixed(1);
  return [
    createWarning(
      'IRREDUCIBLE_NEAR_LOSS',
      `${name} = ${value.toPrecision(4)} is ${share}% of the lowest fitted loss ${best.toPrecision(4)}; the ${left.toPrecision(2)} left above it is ${why}: as far as these runs show, larger ones may have nothing left to gain.`,
      { numbers: { value, reach, best, share: value / best, noise } },
    ),
  ];
}
