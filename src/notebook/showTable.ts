import { alignColumns } from '../report/layout.ts';
import { displayed, type Displayed } from './displayed.ts';

/** A line that looks like numbers is read from the right. */
const isNumeric = (text: string): boolean => /^[+-]?[\d.]/.test(text);

/**
 * Shows a table in a notebook: as Markdown, and as aligned text where that is not known. A column whose cells all begin with a
 * number is aligned to the right.
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
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell) => cell.replaceAll('|', String.raw`\|`)).join(' | ')} |`;
  return displayed({
    'text/markdown': [
      line(header),
      line(align.map((side) => (side === 'right' ? '---:' : ':---'))),
      ...cells.map(line),
    ].join('\n'),
    'text/plain': alignColumns([header, ...cells], align).join('\n'),
  });
}
