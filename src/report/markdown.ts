/** Characters that mean something in GitHub's Markdown, or in the HTML that it lets through. */
const special = /[\\`*_{}[\]<>#|~$&@]/g;

/** A text as content: on one line, with nothing in it that is markup, a mention or an address that links itself. */
export function escapeMarkdown(text: string): string {
  return text
    .replaceAll(/\s+/g, ' ')
    .replaceAll(special, (character) =>
      character === '<' ? '&lt;' : character === '>' ? '&gt;' : character === '&' ? '&amp;' : `\\${character}`,
    )
    .replaceAll(/^([-+]|\d+[.)])(?=\s)/g, '\\$1');
}

/** A table of cells that are Markdown. */
export function markdownTable(
  header: readonly string[],
  aligns: readonly ('left' | 'right')[],
  rows: readonly (readonly string[])[],
): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(header), line(aligns.map((align) => (align === 'right' ? '---:' : '---'))), ...rows.map(line)].join(
    '\n',
  );
}
