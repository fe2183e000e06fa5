import type { Fit } from '../fit/result.ts';
import { formatWhole } from './layout.ts';

/** A number of things, such as `1 row` or `240 points`. */
export const countOf = (count: number, what: string): string =>
  `${formatWhole(count)} ${what}${count === 1 ? '' : 's'}`;

/** How rows were weighted, in words; empty where they all count the same. */
const weightings = { none: '', run: 'every run counts the same', given: 'rows have weights of their own' } as const;

/**
 * What was kept, run by run, and how it was weighted: a label and a text; none where there is nothing to say.
 *
 * @example
 * ```ts
 * keptText(fit); // []
 * ```
 */
export function keptText({ data, settings }: Fit): (readonly [label: string, text: string])[] {
  const { runs } = data;
  const weights = weightings[settings.weights];
  if (runs === null) return weights === '' ? [] : [['weights', weights]];
  const { count, fewest, median, most } = runs;
  const each =
    fewest === most
      ? `${countOf(most, 'row')} each`
      : `${formatWhole(fewest)} to ${formatWhole(most)} each (median ${String(median)})`;
  const kept = `${countOf(data.used, 'row')} of ${countOf(count, 'run')}, ${each}`;
  return [['kept', weights === '' ? kept : `${kept}; ${weights}`]];
}
