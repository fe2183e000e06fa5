import { studentQuantile } from '../core/special.ts';

/** Quantiles by confidence and degrees of freedom. They are found by bisection, which would take longer than a prediction. */
const known = new Map<number, Map<number, number>>();
/** Levels that are kept: people ask for a few. */
const mostLevels = 64;
const mostDegrees = 1024;

/**
 * Half the width of a central interval of Student's t distribution: its quantile at (1 + confidence) / 2.
 *
 * @param confidence - in (0, 1)
 * @example
 * ```ts
 * halfWidth(0.95, 10); // 2.228138...
 * ```
 */
export function halfWidth(confidence: number, degreesOfFreedom: number): number {
  let level = known.get(confidence);
  if (level === undefined) {
    if (known.size >= mostLevels) known.clear();
    level = new Map();
    known.set(confidence, level);
  }
  let width = level.get(degreesOfFreedom);
  if (width === undefined) {
    if (level.size >= mostDegrees) level.clear();
    width = studentQuantile(0.5 + confidence / 2, degreesOfFreedom);
    level.set(degreesOfFreedom, width);
  }
  return width;
}
