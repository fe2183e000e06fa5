import type { IsoflopError } from '../core/errors.ts';
import type { Fit } from '../fit/result.ts';
import { formatNumber } from './formula.ts';
import { fitToJson, type FitJson } from './json.ts';
import { alignColumns, createPaint, wrapText } from './layout.ts';
import type { TextOptions } from './text.ts';

/** A law that was fitted, or why it could not be. */
export type FitAttempt =
  { readonly law: string; readonly fit: Fit } | { readonly law: string; readonly error: IsoflopError };

/** What `isoflop fit --laws --json` prints. */
export interface ComparisonJson {
  readonly laws: readonly (
    FitJson | { readonly law: string; readonly error: Readonly<Record<'code' | 'message' | 'remedy', string>> }
  )[];
}

/**
 * Several fits of the same rows as `isoflop fit --laws a,b --json` prints them, in the order in which they were asked for.
 *
 * @example
 * ```ts
 * comparisonToJson([{ law: 'chinchilla', fit }]).laws.length; // 1
 * ```
 */
export function comparisonToJson(fits: readonly FitAttempt[]): ComparisonJson {
  return {
    laws: fits.map((entry) => {
      if ('fit' in entry) return fitToJson(entry.fit);
      const { code, statement: message, remedy } = entry.error;
      return { law: entry.law, error: { code, message, remedy } };
    }),
  };
}

const caution =
  'AICc weighs how well a law describes these rows against its number of parameters; it does not say which law predicts larger runs.';

/**
 * Several fits of the same rows side by side: status, objective, AICc and its distance from the lowest, parameters with
 * their errors, warnings. No law is named the winner: which one predicts best is a question for a backtest.
 *
 * @returns lines joined by line ends, without one at the end
 * @example
 * ```ts
 * formatComparison([{ law: 'chinchilla', fit }]).includes('AICc'); // true
 * ```
 */
export function formatComparison(
  fits: readonly FitAttempt[],
  { color = false, width = 100 }: TextOptions = {},
): string {
  const paint = createPaint(color);
  const fitted = fits.flatMap((entry) => ('fit' in entry ? [entry.fit] : []));
  const least = Math.min(...fitted.map((fit) => fit.aicc ?? Infinity));
  const rows = fits.map((entry): string[] => {
    if (!('fit' in entry)) return [entry.law, 'not fitted', '', '', '', ''];
    const { fit } = entry;
    const free = Object.values(fit.params).filter(({ state }) => state === 'free' || state === 'bound').length;
    return [
      entry.law,
      fit.status,
      String(free),
      formatNumber(fit.objective.value, 7),
      fit.aicc === null ? '-' : fit.aicc.toFixed(1),
      fit.aicc === null ? '-' : (fit.aicc - least).toFixed(1),
    ];
  });
  const [header, ...lines] = alignColumns(
    [['law', 'status', 'free params', 'objective', 'AICc', 'AICc - lowest'], ...rows],
    ['left', 'left', 'right', 'right', 'right', 'right'],
  );
  const points = [...new Set(fitted.map((fit) => fit.points))];
  const about = fitted.length === 0 ? '' : `${fitted[0].objective.name}, ${points.join(' or ')} points`;
  return [
    ...(about === '' ? [] : [about, '']),
    paint.bold(header),
    ...lines,
    ...fits.flatMap((entry) => ['', paint.bold(entry.law), ...detailLines(entry, width)]),
    '',
    ...wrapText(caution, width, ''),
  ].join('\n');
}

function detailLines(entry: FitAttempt, width: number): string[] {
  if (!('fit' in entry)) return wrapText(`${entry.error.statement} ${entry.error.remedy}`, width, '  ');
  const { fit } = entry;
  const rows = Object.entries(fit.params).map(([name, { value, stderr, interval, state }]) => [
    `  ${name}`,
    formatNumber(value, 6),
    stderr === null ? (state === 'free' ? 'no error bar' : `(${state})`) : `+/- ${formatNumber(stderr, 3)}`,
    interval === null ? '' : `[${formatNumber(interval[0])}, ${formatNumber(interval[1])}]`,
  ]);
  const warnings = fit.warnings
    .filter(({ level }) => level !== 'info')
    .flatMap(({ level, code, message }) => wrapText(`${code}: ${message}`, width, `  ${level.padEnd(9)}`));
  return [...alignColumns(rows, ['left', 'right', 'left', 'left']), ...warnings];
}
