import type { Figure, PlainObject } from '../contract.ts';
import { isRecord, rowOf } from './rows.ts';

/** The numbers of a figure as a table. */
export interface Table {
  readonly header: readonly string[];
  readonly rows: readonly (readonly (string | number | null)[])[];
}

const cell = (value: unknown): string | number | null =>
  typeof value === 'number' || typeof value === 'string' ? value : null;

/** The title of a trace's axis, without markup. */
function axisTitle(figure: Pick<Figure, 'layout'>, trace: PlainObject, kind: 'x' | 'y'): string {
  const name = trace[`${kind}axis`];
  const axis = figure.layout[`${kind}axis${typeof name === 'string' ? name.slice(1) : ''}`];
  const title = isRecord(axis) ? axis.title : undefined;
  const text = isRecord(title) ? title.text : title;
  return typeof text === 'string' ? text.replaceAll(/<[^>]*>/g, '') : kind;
}

/**
 * Every point of a figure: its series, its row where it is a run, and its coordinates.
 *
 * @example
 * ```ts
 * tableOf(figure).header; // ['series', 'row', 'Training compute C (FLOP)', 'Loss (nats per token)']
 * ```
 */
export function tableOf(figure: Pick<Figure, 'data' | 'layout'>): Table {
  const titles = figure.data.map((trace) => [axisTitle(figure, trace, 'x'), axisTitle(figure, trace, 'y')] as const);
  const hasPanels = new Set(titles.map(([x]) => x)).size > 1;
  const hasZ = figure.data.some(({ z }) => Array.isArray(z));
  const rows = figure.data.flatMap((trace, t) => rowsOfTrace(trace, hasPanels ? titles[t][0] : null, hasZ));
  const x = hasPanels ? ['horizontal axis', 'x'] : [titles[0]?.[0] ?? 'x'];
  return { header: ['series', 'row', ...x, titles[0]?.[1] ?? 'y', ...(hasZ ? ['value'] : [])], rows };
}

function rowsOfTrace(trace: PlainObject, panel: string | null, hasZ: boolean): (string | number | null)[][] {
  const { x, y, z, name } = trace;
  const series = typeof name === 'string' ? name : typeof trace.type === 'string' ? trace.type : '';
  if (!Array.isArray(x) || !Array.isArray(y)) return [];
  const place = panel === null ? [] : [panel];
  if (Array.isArray(z))
    return z.flatMap((line: unknown, r) =>
      Array.isArray(line) ? line.map((value, c) => [series, null, ...place, cell(x[c]), cell(y[r]), cell(value)]) : [],
    );
  return x.map((value, k) => [
    series,
    rowOf(trace, k)?.row ?? null,
    ...place,
    cell(value),
    cell(y[k]),
    ...(hasZ ? [null] : []),
  ]);
}

/** Whether a spreadsheet would compute a text, such as the name of a run, rather than show it. */
const isFormula = (text: string): boolean => /^[=+\-@\t\r]/.test(text) && !Number.isFinite(Number(text));

/**
 * A table as CSV, with quotes where a cell needs them, and an apostrophe before a text that a spreadsheet would take for a
 * formula: names come from files of others.
 */
export function toCsv({ header, rows }: Table): string {
  const quote = (value: string | number | null): string => {
    const plain = value === null ? '' : String(value);
    const text = typeof value === 'string' && isFormula(plain) ? `'${plain}` : plain;
    return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return `${[header, ...rows].map((row) => row.map(quote).join(',')).join('\n')}\n`;
}
