import { alignColumns } from '../report/layout.ts';
import { escapeMarkdown, markdownTable } from '../report/markdown.ts';
import { displayed, type Displayed } from './displayed.ts';

/** Whether a cell is a number, which is read from its end, or stands for one that is missing. */
const isNumeric = (text: string): boolean => /^(?:[±+-]? ?[\d.].*|none|)$/.test(text);

/**
 * Shows a table in a notebook: as Markdown, and as aligned text where that is not known. A column of numbers (or of `none`) is
 * aligned to the right.
 *
 * @param header - the heading of each column
 * @param rows - cells as they shall be read; numbers as JavaScript writes them
 * @returns the last value of a cell
 * @example
 * ```ts
 * showTable(['law', 'error'], [['chinchilla', '1.2%'], ['skaling', '0.9%']]);
 * ```
 */
export function showTable(header: readonly string[], rows: readonly (readonly (string | number)[])[]): Displayed {
  const cells = rows.map((row) => row.map(String));
  const align = header.map((_, column) => (cells.every((row) => isNumeric(row[column])) ? 'right' : 'left'));
  const escaped = cells.map((row) => row.map(escapeMarkdown));
  return displayed({
    'text/markdown': markdownTable(header.map(escapeMarkdown), align, escaped),
    'text/plain': alignColumns([header, ...cells], align).join('\n'),
  });
}
