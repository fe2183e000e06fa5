import { formatQuantity } from '../core/quantity.ts';
import type { FileReport, InspectedFiles } from '../runs/disk/inspectFiles.ts';
import { createPaint, wrapText, type Paint } from './layout.ts';

/** Width of the names of quantities. */
const nameWidth = 14;

/** Columns that are listed by name; of the others the number is told. */
const mostColumns = 24;

/** What {@link formatInspection} needs to know of the terminal. */
export interface InspectionStyle {
  readonly color?: boolean;
  readonly width?: number;
}

const count = (n: number, what: string): string => `${String(n)} ${what}${n === 1 ? '' : 's'}`;

/**
 * What is in some files, as a person reads it.
 *
 * @example
 * ```ts
 * formatInspection(await inspectFiles(['data/chinchilla.csv'], {})).split('\n')[0]; // 'data/chinchilla.csv: CSV or TSV, 245 rows, 7 columns'
 * ```
 */
export function formatInspection({ files, passedOver }: InspectedFiles, style: InspectionStyle = {}): string {
  const { color = false, width = 100 } = style;
  const paint = createPaint(color);
  const blocks = files.map((file) => fileLines(file, paint, width));
  if (passedOver.length > 0)
    blocks.push([
      `${count(passedOver.length, 'file')} passed over`,
      ...passedOver.flatMap(({ name, why }) => wrapText(`${name}: ${why}`, width, '  ')),
    ]);
  return blocks.map((lines) => lines.join('\n')).join('\n\n');
}

function fileLines(file: FileReport, paint: Paint, width: number): string[] {
  const { name, title, files, rows, columns, quantities, derived, missing, warnings, error } = file;
  const lead = (text: string): string => `  ${text.padEnd(nameWidth)} `;
  const joined = files > 1 ? `, ${count(files, 'file')} of one run` : '';
  const size = error === null ? `, ${count(rows, 'row')}` : '';
  const lines = [
    `${paint.bold(name)}: ${title}${joined}${size}${columns.length > 0 ? `, ${count(columns.length, 'column')}` : ''}`,
  ];
  for (const [quantity, { source, range }] of Object.entries(quantities)) {
    const [low, high] = (range ?? []).map((value) => formatQuantity(value, 4));
    const span = range === null ? '' : low === high ? `  ${low}` : `  ${low} to ${high}`;
    lines.push(lead(quantity) + source + paint.dim(span));
  }
  for (const quantity of derived) lines.push(`${lead(quantity)}${paint.dim('from the other two')}`);
  for (const { name: quantity, why, remedy } of missing)
    lines.push(...wrapText(`missing${why === null ? '' : ` (${why})`}: ${remedy}`, width, lead(quantity)));
  const used = new Set(Object.values(quantities).map(({ source }) => source));
  const others = columns.filter((column) => column !== '' && !used.has(column));
  if (others.length > 0) {
    const more = others.length > mostColumns ? ` and ${String(others.length - mostColumns)} more` : '';
    lines.push(...wrapText(others.slice(0, mostColumns).join(', ') + more, width, lead('other columns')));
  }
  for (const { level, message, remedy } of warnings)
    lines.push(...wrapText(`${message} ${remedy}`, width, lead(level)).map((line) => paint.caution(line)));
  if (error !== null) lines.push(...wrapText(error.message, width, lead('error')).map((line) => paint.bad(line)));
  return lines;
}
