import type { Fit } from '../../fit/result.ts';
import type { CardSection } from './document.ts';

/**
 * How well the fit predicted runs that it had not seen.
 *
 * @param note - what was stated about it, or `null`
 */
export function validationSection(fit: Fit, note: string | null): CardSection {
  const remedy = fit.points === 0 ? 'That takes runs.' : 'Run isoflop backtest on the same runs.';
  const gap = `Not validated: nothing in this record says how well the fit predicts runs that it has not seen. ${remedy}`;
  return { id: 'validation', heading: 'Validation', blocks: [{ kind: 'text', text: note ?? gap }] };
}
