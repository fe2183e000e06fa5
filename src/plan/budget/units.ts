import { formatQuantity } from '../../core/quantity.ts';

const day = 86_400;

/**
 * Prints seconds as people say them: `40 s`, `12.5 min`, `7.2 h`, `31 days`, `2.1 years`.
 *
 * @example
 * ```ts
 * formatTime(2_678_400); // '31 days'
 * ```
 */
export function formatTime(seconds: number): string {
  const [value, unit] =
    seconds < 120
      ? [seconds, 's']
      : seconds < 7200
        ? [seconds / 60, 'min']
        : seconds < 2 * day
          ? [seconds / 3600, 'h']
          : seconds < 730 * day
            ? [seconds / day, 'days']
            : [seconds / (365.25 * day), 'years'];
  return `${formatQuantity(value)} ${unit}`;
}
