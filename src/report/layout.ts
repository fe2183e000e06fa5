/** Ways to set off a piece of text on a terminal. */
export interface Paint {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly good: (text: string) => string;
  readonly caution: (text: string) => string;
  readonly bad: (text: string) => string;
}

/** ANSI colors, or none at all. */
export function createPaint(color: boolean): Paint {
  const wrap =
    (code: number) =>
    (text: string): string =>
      color ? `\u001b[${String(code)}m${text}\u001b[0m` : text;
  return { bold: wrap(1), dim: wrap(2), good: wrap(32), caution: wrap(33), bad: wrap(31) };
}

/**
 * Breaks a text at spaces into lines of at most `width` characters (a longer word stays whole), the first after `lead`,
 * the others indented as far.
 *
 * @example
 * ```ts
 * wrapText('one two three', 10, '- '); // ['- one two', '  three']
 * ```
 */
export function wrapText(text: string, width: number, lead = ''): string[] {
  const indent = ' '.repeat(lead.length);
  const lines: string[] = [];
  let line = lead;
  let empty = true;
  for (const word of text.split(' ')) {
    if (!empty && line.length + 1 + word.length > width) {
      lines.push(line);
      line = indent;
      empty = true;
    }
    line += empty ? word : ` ${word}`;
    empty = false;
  }
  return [...lines, line];
}

/**
 * Lines of a table whose columns are as wide as their widest cell; no line ends with spaces.
 *
 * @param rows - cells; a row may be shorter than the others
 * @param align - `left` or `right` for each column
 * @example
 * ```ts
 * alignColumns([['E', '1.8'], ['alpha', '0.347']], ['left', 'right']); // ['E        1.8', 'alpha  0.347']
 * ```
 */
export function alignColumns(
  rows: readonly (readonly string[])[],
  align: readonly ('left' | 'right')[],
  gap = 2,
): string[] {
  const widths = align.map((_, k) => rows.reduce((width, row) => Math.max(width, row.at(k)?.length ?? 0), 0));
  return rows.map((row) =>
    row
      .map((cell, k) => (align[k] === 'right' ? cell.padStart(widths[k]) : cell.padEnd(widths[k])))
      .join(' '.repeat(gap))
      .trimEnd(),
  );
}

/**
 * A whole number with its thousands set apart. Not `Intl.NumberFormat`, whose first use takes 10 ms of the start of every
 * command.
 *
 * @example
 * ```ts
 * formatWhole(4000); // '4,000'
 * ```
 */
export function formatWhole(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}
