import { takesParamsAndTokens } from '../laws/allocation.ts';
import type { Law, PublishedFit } from '../laws/law.ts';
import { formatNumber, plainSymbol, symbolicFormula } from './formula.ts';
import { checkedLabel, columnsNeeded, fitExample, rangeText, referenceText } from './lawFields.ts';
import { alignColumns, createPaint, wrapText } from './layout.ts';
import type { TextOptions } from './text.ts';

/**
 * One law in full: formula, inputs, response, parameters, reference, published coefficients and a line that fits it.
 *
 * @returns lines joined by line ends, without one at the end
 * @example
 * ```ts
 * formatLaw(findLaw('params')).includes('L(N) = A/N^alpha'); // true
 * ```
 */
export function formatLaw(law: Law, { color = false, width = 100 }: TextOptions = {}): string {
  const paint = createPaint(color);
  const example = fitExample(law);
  const section = (heading: string, lines: readonly string[]): string[] => ['', paint.bold(heading), ...lines];
  return [
    `${paint.bold(law.id)}  ${law.title}`,
    '',
    ...wrapText(symbolicFormula(law), width, '  '),
    ...section('Inputs', quantityLines(law.inputs)),
    ...section('Response', quantityLines([law.response])),
    ...section('Parameters', paramLines(law, width)),
    ...section('Reference', wrapText(referenceText(law.reference), width, '  ')),
    ...section(
      'Published coefficients',
      law.published.length === 0 ? ['  none'] : law.published.flatMap((fit) => publishedLines(law, fit, width)),
    ),
    ...section('Example', [`  ${example.line}`, ...wrapText(columnsNeeded(example.columns), width, '  ')]),
    ...(takesParamsAndTokens(law) ? ['  A fit of it gives compute-optimal plans: isoflop allocate.'] : []),
  ].join('\n');
}

const quantityLines = (quantities: readonly Law['response'][]): string[] =>
  alignColumns(
    quantities.map(({ name, symbol, unit }) => [`  ${name}`, plainSymbol(symbol), unit]),
    ['left', 'left', 'left'],
  );

/** Name, range, meaning and unit of each parameter. */
function paramLines(law: Law, width: number): string[] {
  const names = alignColumns(
    law.params.map((param) => [`  ${param.name}`, rangeText(param)]),
    ['left', 'left'],
  );
  const lead = Math.max(...names.map((name) => name.length)) + 2;
  return law.params.flatMap(({ description, unit }, k) =>
    wrapText(unit === '1' ? description : `${description}; ${unit}`, width, names[k].padEnd(lead)),
  );
}

function publishedLines(law: Law, fit: PublishedFit, width: number): string[] {
  const values = law.params.map(({ name }) => {
    const error = fit.stderr?.[name];
    // A value and its error stay on one line.
    return `${name} ${formatNumber(fit.params[name], 6)}${error === undefined ? '' : ` ± ${formatNumber(error)}`}`;
  });
  const where = fit.arxiv === undefined ? '' : `, arXiv ${fit.arxiv}`;
  return [
    ...wrapText(`${fit.id} (${checkedLabel(fit)}): ${fit.source}${where}`, width, '  '),
    ...wrapText(values.map((value) => value.replaceAll(' ', '\u00A0')).join(', '), width, '    ').map((line) =>
      line.replaceAll('\u00A0', ' '),
    ),
    ...(fit.objective === undefined ? [] : wrapText(`fitted by ${fit.objective}`, width, '    ')),
    ...wrapText(fit.note, width, '    '),
  ];
}
