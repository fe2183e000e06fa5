/** The parts of a notebook that its page shows. */
interface Notebook {
  readonly cells: readonly {
    readonly cell_type: 'markdown' | 'code';
    readonly source: string | readonly string[];
    readonly outputs?: readonly { readonly data?: Readonly<Record<string, string | readonly string[]>> }[];
  }[];
}

const joined = (text: string | readonly string[]): string => (typeof text === 'string' ? text : text.join(''));

/** An output as Markdown: a picture, a table, or text. */
function outputOf(data: Readonly<Record<string, string | readonly string[]>>): string {
  const { 'image/png': png, 'text/markdown': markdown, 'text/plain': plain } = data;
  if ((png as unknown) !== undefined)
    return `<img alt="The figure of the cell above" src="data:image/png;base64,${joined(png).trim()}">`;
  if ((markdown as unknown) !== undefined) return joined(markdown);
  return (plain as unknown) === undefined ? '' : `\`\`\`text\n${joined(plain)}\n\`\`\``;
}

/** An executed notebook as Markdown, its code and its outputs in the order of the cells. */
export function notebookMarkdown(text: string): string {
  const { cells } = JSON.parse(text) as Notebook;
  return cells
    .flatMap(({ cell_type, source, outputs = [] }) =>
      cell_type === 'markdown'
        ? [joined(source)]
        : [`\`\`\`ts\n${joined(source).trim()}\n\`\`\``, ...outputs.map(({ data = {} }) => outputOf(data))],
    )
    .join('\n\n');
}
