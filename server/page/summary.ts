import type { FitJson } from '../../src/report/json.ts';
import type { FitDetail } from './api.ts';
import { byId, make, pairs } from './dom.ts';

const statusWords: Readonly<Record<FitJson['status'], string>> = {
  converged: 'Converged',
  degenerate: 'Degenerate',
  stalled: 'Stalled',
};

const levelWords: Readonly<Record<FitJson['warnings'][number]['level'], string>> = {
  error: 'Do not rely on this fit',
  warning: 'Be careful',
  info: 'Note',
};

/** What each status means for the reader. */
function explainStatus({ status, seeds }: FitJson): string {
  if (status === 'stalled') return 'The optimiser did not reach an optimum. Do not use these numbers.';
  if (status === 'degenerate')
    return 'This is the optimum, but the data do not determine every parameter. The warnings say which.';
  if (seeds.tried === 0) return 'Coefficients as given, not fitted here.';
  return seeds.reached === seeds.tried
    ? `All ${String(seeds.tried)} starting points lead to this optimum.`
    : `${String(seeds.reached)} of ${String(seeds.tried)} starting points lead to this optimum, the lowest.`;
}

const greek: Readonly<Record<string, string>> = { alpha: 'α', beta: 'β', gamma: 'γ' };

/** A number with the digits that its error leaves meaningful. */
function withError(value: number | null, stderr: number | null): string {
  if (value === null) return 'not finite';
  if (stderr === null || !(stderr > 0)) return Number(value.toPrecision(5)).toString();
  const decimals = Math.min(12, Math.max(0, 1 - Math.floor(Math.log10(stderr))));
  if (Math.abs(value) >= 1e6) return `${value.toPrecision(3)} ± ${stderr.toPrecision(2)}`;
  return `${value.toFixed(decimals)} ± ${stderr.toFixed(decimals)}`;
}

/** Shows what was fitted, how it ended, the coefficients and every warning. */
export function showSummary({ id, fit, report, command }: FitDetail): void {
  const about = [
    ...(id === fit.law ? [] : [fit.law]),
    ...(fit.points === 0 ? [] : [`${String(fit.points)} points of ${fit.data.source}`]),
  ];
  byId('title').replaceChildren(id, make('span', '', about.join(', ')));
  byId('status').replaceChildren(make('strong', fit.status, statusWords[fit.status]), explainStatus(fit));
  byId('coefficients').replaceChildren(
    ...pairs([
      ...Object.entries(fit.params).map(
        ([name, { value, stderr }]) => [greek[name] ?? name, withError(value, stderr)] as const,
      ),
      ...(fit.optimum === null
        ? []
        : ([
            ['N* grows as', power(fit.optimum.paramsExponent)],
            ['D* grows as', power(fit.optimum.tokensExponent)],
          ] as const)),
    ]),
  );
  byId('warnings').replaceChildren(
    ...fit.warnings
      .toSorted((a, b) => rank(b.level) - rank(a.level))
      .map(({ level, message, remedy }) =>
        make('li', level, make('strong', '', levelWords[level]), make('span', '', `${message} ${remedy}`)),
      ),
  );
  byId('report-text').textContent = command === null ? report : `$ ${command}\n\n${report}`;
}

const rank = (level: string): number => ['info', 'warning', 'error'].indexOf(level);

function power(exponent: number): HTMLElement {
  return make('span', '', 'C', make('sup', '', exponent.toFixed(3)));
}
