import type { Fit } from '../../fit/result.ts';
import type { Law } from '../../laws/law.ts';
import { fittedRange } from '../fittedData.ts';
import { showValue } from './data.ts';
import { countOf } from '../keptText.ts';
import type { Verdict, VerdictLevel } from './document.ts';
import { backtestSummary } from './validation.ts';

/** A coefficient with a larger standard error, as a share of its value, is not to be read by itself. */
const weakFrom = 0.5;

/**
 * Coefficients that say little by themselves: at a bound, off, without an error bar though they were fitted, or known to no
 * better than half of their value.
 */
function weakParams(fit: Fit): string[] {
  return Object.entries(fit.params)
    .filter(([name, { value, stderr, state }]) => {
      if (state === 'fixed' || fit.points === 0) return false;
      if (state === 'off' || state === 'bound') return true;
      if (name in fit.settings.tied && stderr === null) return false;
      return stderr === null || stderr > weakFrom * Math.abs(value);
    })
    .map(([name]) => name);
}

const labels: Readonly<Record<VerdictLevel, string>> = {
  good: 'Fit to use',
  caution: 'Use with care',
  bad: 'Do not use',
};

/** Names with commas and an "or". */
const orList = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} or ${names[names.length - 1]}`;

/** What the data cover: how many rows, and from where to where in compute (or in the law's first input). */
function coverage(fit: Fit, law: Law): string {
  const axis = fittedRange(fit, 'flops') === null ? law.inputs[0].name : 'flops';
  const range = fittedRange(fit, axis);
  const runs = fit.data.runs?.count ?? fit.points;
  const what = fit.data.runs?.count === fit.points ? countOf(runs, 'run') : countOf(fit.points, 'point');
  const of = runs < fit.points ? ` of ${countOf(runs, 'run')}` : '';
  if (range === null) return what + of;
  const unit = axis === 'flops' ? ' FLOP' : ` ${axis}`;
  return `${what}${of}, ${showValue(axis, range[0])} to ${showValue(axis, range[1])}${unit}`;
}

/**
 * What to think of a fit, in one sentence: how it ended, what it rests on, and how far it may be used.
 *
 * @param isStated - whether a note says how the fit predicted runs that it had not seen
 * @example
 * ```ts
 * verdictOf(fit, findLaw('chinchilla'), false).level; // 'caution'
 * ```
 */
export function verdictOf(fit: Fit, law: Law, isStated: boolean): Verdict {
  const make = (level: VerdictLevel, parts: readonly string[]): Verdict => ({
    level,
    label: labels[level],
    sentence: `${parts.filter((part) => part !== '').join('; ')}.`,
  });
  if (fit.points === 0)
    return make('caution', ['Published coefficients without runs', 'nothing on this card was checked against data']);
  const errors = fit.warnings.filter((warning) => warning.level === 'error').length;
  const settle = errors === 0 ? '' : `settle the ${countOf(errors, 'error')} under Diagnostics first`;
  if (fit.status === 'stalled')
    return make('bad', ['No certificate that this is an optimum', coverage(fit, law), settle]);
  const ended = fit.status === 'converged' ? 'Converged' : 'An optimum that does not determine every parameter';
  const weak = weakParams(fit);
  const unread = weak.length === 0 ? '' : `do not read ${orList(weak)} alone`;
  const measured = backtestSummary(fit);
  const reach = measured ?? (isStated ? '' : 'predictions beyond the data are not validated');
  const isValidated = isStated || measured !== null;
  const isCareful =
    fit.status !== 'converged' ||
    weak.length > 0 ||
    !isValidated ||
    fit.warnings.some((warning) => warning.level === 'warning');
  return make(errors > 0 ? 'bad' : isCareful ? 'caution' : 'good', [ended, coverage(fit, law), unread, reach, settle]);
}
