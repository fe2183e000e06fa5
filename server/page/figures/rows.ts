import type { Figure, PlainObject } from '../contract.ts';

/** A row among the fitted ones, of the fit with that place in a figure of several. */
export interface Row {
  readonly row: number;
  readonly fit: number;
}

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The row that a point of a trace stands for, if it stands for one. */
export function rowOf(trace: PlainObject, point: number | undefined): Row | null {
  const { meta, customdata } = trace;
  if (point === undefined || !isRecord(meta) || meta.rows !== true || !Array.isArray(customdata)) return null;
  const row: unknown = customdata[point];
  return typeof row === 'number' ? { row, fit: typeof meta.fit === 'number' ? meta.fit : 0 } : null;
}

/** A row as a figure tells of it. */
export interface RowText extends Row {
  /** Lines of plain text: the run's name if it has one, its quantities, and how far the law is off. */
  readonly lines: readonly string[];
  /** How the learning curves call the run: its name, or its size. */
  readonly run: string | null;
}

const plainText = (text: string): string =>
  text
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');

function readText(text: string, row: Row): RowText {
  const lines = text.split('<br>').map(plainText);
  const name = /^<b>(.*?)<\/b>/.exec(text)?.[1];
  const size = /\bN ([\d.]+[KMBT]?)/.exec(lines.join(' '))?.[1];
  return { ...row, lines, run: name === undefined ? (size ?? null) : plainText(name) };
}

/** Every row that a figure shows, in the order of its rows. */
export function rowsOf({ data }: Pick<Figure, 'data'>): RowText[] {
  const found = new Map<string, RowText>();
  for (const trace of data) {
    const { customdata, text } = trace;
    if (!Array.isArray(customdata) || !Array.isArray(text)) continue;
    for (let k = 0; k < customdata.length; k++) {
      const row = rowOf(trace, k);
      const words: unknown = text[k];
      if (row !== null && typeof words === 'string') found.set(`${row.fit} ${row.row}`, readText(words, row));
    }
  }
  return [...found.values()].sort((a, b) => a.fit - b.fit || a.row - b.row);
}
