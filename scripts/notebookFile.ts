import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** One output of a cell. */
export interface Output {
  readonly output_type: 'stream' | 'execute_result' | 'display_data' | 'error';
  readonly data?: Readonly<Record<string, unknown>>;
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly execution_count?: number | null;
}

/** A cell of a notebook. */
export interface Cell {
  readonly cell_type: 'code' | 'markdown';
  readonly id: string;
  readonly metadata: { readonly tags?: readonly string[] };
  readonly source: string | readonly string[];
  readonly outputs?: readonly Output[];
  readonly execution_count?: number | null;
}

/** A notebook in version 4 of the format. */
export interface Notebook {
  readonly cells: readonly Cell[];
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly nbformat: number;
  readonly nbformat_minor: number;
}

/** Where the notebooks are. */
export const notebookFolder = fileURLToPath(new URL('../notebooks', import.meta.url));

/** Media type of a figure that Plotly draws. */
export const plotlyType = 'application/vnd.plotly.v1+json';

/** Names of the notebooks, in the order in which they are read. */
export const notebookNames = (): string[] =>
  readdirSync(notebookFolder)
    .filter((name) => name.endsWith('.ipynb'))
    .sort();

export const readNotebook = (name: string): Notebook =>
  JSON.parse(readFileSync(join(notebookFolder, name), 'utf8')) as Notebook;

/** Text that the format keeps whole or line by line. */
export const textOf = (text: unknown): string => (Array.isArray(text) ? text.join('') : String(text));

/** Text line by line, so that a difference of two versions shows the line that changed. */
export const linesOf = (text: string): string[] => text.match(/.*\n|.+$/g) ?? [];

/**
 * Writes a notebook as Jupyter does, keys in order and one space deep, but each Plotly figure on one line: its thousands of
 * numbers with a line each would treble the file.
 */
export function writeNotebook(name: string, notebook: Notebook): void {
  const figures: string[] = [];
  const text = JSON.stringify(
    notebook,
    (key, value: unknown) => {
      if (key === plotlyType) return `<figure ${figures.push(JSON.stringify(value)) - 1}>`;
      return typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
        : value;
    },
    1,
  ).replace(/"<figure (\d+)>"/g, (_, k: string) => figures[Number(k)]);
  writeFileSync(join(notebookFolder, name), `${text}\n`);
}
