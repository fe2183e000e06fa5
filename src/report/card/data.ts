import { formatQuantity } from '../../core/quantity.ts';
import type { Fit } from '../../fit/result.ts';
import type { Law } from '../../laws/law.ts';
import { formatNumber, plainSymbol } from '../formula.ts';
import { countOf, keptText } from '../keptText.ts';
import { formatWhole } from '../layout.ts';
import type { CardSection, CardTable } from './document.ts';

/** Counts with their suffix; compute, and small or negative numbers, as they are. */
export function showValue(name: string, value: number): string {
  return name !== 'flops' && value >= 1 ? formatQuantity(value) : formatNumber(value, 3);
}

/** Settings that say how the law was fitted, and not how rows were chosen. */
const ofTheFit = new Set(['solver', 'fixed', 'tied', 'bounds', 'start', 'weights']);

/** A setting as its option is written: `dropTokens` is `--drop-tokens`. */
const optionOf = (name: string): string => `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** A setting that was not used. */
const isUnused = (value: unknown): boolean => value === null || value === undefined || value === false;

/** What the reader of a setting sees. */
function showSetting(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return formatNumber(value, 12);
  return JSON.stringify(value);
}

/** Every choice of rows that was made, as its option, whatever choices this version knows. */
export function choicesOf(fit: Fit): string[] {
  return Object.entries(fit.settings)
    .filter(([name, value]) => !ofTheFit.has(name) && !isUnused(value))
    .map(([name, value]) => (value === true ? optionOf(name) : `${optionOf(name)} ${showSetting(value)}`));
}

/**
 * How the rows were chosen and how many each choice left out: a label and a text each.
 *
 * @example
 * ```ts
 * selectionEntries(fit); // [['dropped', '5 rows: --where loss < 3.44']]
 * ```
 */
export function selectionEntries(fit: Fit): (readonly [string, string])[] {
  const dropped = fit.data.dropped.map(({ rows, why }) => ['dropped', `${countOf(rows, 'row')}: ${why}`] as const);
  const told = fit.data.dropped.map(({ why }) => why).join(' ');
  const chosen = choicesOf(fit)
    // A choice that left rows out has been told with their number.
    .filter((choice) => !told.includes(choice.split(' ')[0]))
    .map((choice) => ['selection', choice] as const);
  return [...dropped, ...chosen];
}

/** What was read, kept and counted how, and over which ranges. */
export function dataSection(fit: Fit, law: Law): CardSection {
  const { data } = fit;
  const section = { id: 'data', heading: 'Data and selection' };
  if (fit.points === 0)
    return { ...section, blocks: [{ kind: 'text', text: `Published coefficients from ${data.source}; no runs.` }] };
  const { columns, derived, flopsPerParamToken } = data.conventions;
  const found = Object.entries(columns).map(([quantity, column]) => `${quantity} from "${column}"`);
  const computed = Object.entries(derived).map(([quantity, formula]) => `${quantity} = ${formula}`);
  const rows: (readonly [string, string])[] = [
    ['source', data.source],
    ['used', `${formatWhole(data.used)} of ${countOf(data.rows, 'row')}`],
    ...selectionEntries(fit),
    ...keptText(fit),
    ['columns', found.join(', ')],
    ['derived', computed.join(', ')],
    ['compute', 'flops' in columns || 'flops' in derived ? `C = ${formatNumber(flopsPerParamToken)} N D (FLOP)` : ''],
    ['model sizes', data.sizes === null ? '' : `${formatWhole(data.sizes)} distinct`],
  ];
  return {
    ...section,
    blocks: [
      { kind: 'facts', caption: 'Data and how it was selected', rows: rows.filter(([, text]) => text !== '') },
      ...rangesTable(fit, law),
    ],
  };
}

/** Smallest and largest of every quantity among the rows used. */
function rangesTable(fit: Fit, law: Law): CardTable[] {
  const known = ['params', 'tokens', 'flops', ...law.inputs.map((input) => input.name), law.response.name];
  const symbols: Readonly<Record<string, string | undefined>> = { params: 'N', tokens: 'D', flops: 'C' };
  const rows = [...new Set([...known, ...Object.keys(fit.data.ranges)])].flatMap((name) => {
    const range = fit.data.ranges[name];
    if (range === undefined) return [];
    const own = [...law.inputs, law.response].find((quantity) => quantity.name === name)?.symbol;
    const symbol = own === undefined ? symbols[name] : plainSymbol(own);
    const [low, high] = range.map((value) => showValue(name, value));
    const factor = range[0] > 0 ? `${formatNumber(range[1] / range[0], 3)}x` : '';
    return [[symbol === undefined || symbol === name ? name : `${name} ${symbol}`, low, high, factor]];
  });
  if (rows.length === 0) return [];
  const columns = ['Quantity', 'Smallest', 'Largest', 'Span'].map((name, k) => ({
    name,
    align: k === 0 ? ('left' as const) : ('right' as const),
  }));
  return [{ kind: 'table', caption: 'Ranges of the rows used', columns, rows }];
}
