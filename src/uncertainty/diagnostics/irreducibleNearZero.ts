import { createWarning, type Warning } from '../../core/warnings.ts';
import type { Evidence } from './evidence.ts';
import { irreducibleOf } from './irreducible.ts';

/**
 * The irreducible loss cannot be told from zero: its 95% interval holds 0. A small one that is known well is no fault, so the
 * error decides and not a share of the loss.
 */
export function irreducibleNearZero(evidence: Evidence): readonly Warning[] {
  const found = irreducibleOf(evidence);
  if (found === undefined || found.value > found.reach) return [];
  const { name, value, reach, best } = found;
  return [
    createWarning(
      'IRREDUCIBLE_NEAR_ZERO',
      `${name} = ${value.toPrecision(3)} is uncertain by ${reach.toPrecision(2)} (95%), so it may be 0: these runs do not show where the loss levels off (the lowest they reach is ${best.toPrecision(4)}).`,
      { numbers: { value, reach, best } },
    ),
  ];
}
