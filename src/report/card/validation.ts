import type { CardSection } from './document.ts';

/**
 * How well the fit predicted runs that it had not seen.
 *
 * @param note - what was stated about it, or `null`
 */
export function validationSection(note: string | null): CardSection {
  const gap =
    'Not validated: nothing in this record says how well the fit predicts runs that it has not seen. Run isoflop backtest.';
  return { id: 'validation', heading: 'Validation', blocks: [{ kind: 'text', text: note ?? gap }] };
}
