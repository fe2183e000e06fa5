import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { notebookMarkdown } from './notebook.ts';

export const root = join(import.meta.dirname, '../..');

/** A page of the site. */
export interface Page {
  /** Its file in the repository. */
  readonly source: string;
  /** Its file on the site. */
  readonly file: string;
  readonly markdown: string;
  readonly isNotebook: boolean;
}

/** Where a page of the repository is on the site: at the same place, so that links between pages stay what they are. */
export function siteFile(source: string): string {
  if (source === 'README.md') return 'index.html';
  return source.replace(/README\.md$/, 'index.html').replace(/\.(md|ipynb)$/, '.html');
}

async function listed(folder: string, extension: string, recursive = false): Promise<string[]> {
  const names = await readdir(join(root, folder), { recursive });
  return names
    .filter((name) => name.endsWith(extension))
    .sort()
    .map((name) => `${folder}/${name}`);
}

/** Every page of the site with its text. */
export async function readPages(): Promise<Page[]> {
  const sources = [
    'README.md',
    'CONTRIBUTING.md',
    'CHANGELOG.md',
    'data/README.md',
    'data/LICENSES.md',
    'fonts/README.md',
    ...(await listed('docs', '.md', true)),
    'notebooks/README.md',
    ...(await listed('notebooks', '.ipynb')),
  ];
  return Promise.all(
    sources.map(async (source) => {
      const text = await readFile(join(root, source), 'utf8');
      const isNotebook = source.endsWith('.ipynb');
      return { source, file: siteFile(source), markdown: isNotebook ? notebookMarkdown(text) : text, isNotebook };
    }),
  );
}

/** A link of the navigation. */
export interface Entry {
  readonly title: string;
  /** File on the site. */
  readonly file: string;
}

/** A part of the navigation. */
export interface Group {
  readonly title: string;
  readonly entries: readonly Entry[];
}

/** The API reference, which TypeDoc makes: in the order of the package's exports. */
const apiEntries: readonly Entry[] = ['isoflop', 'browser', 'proxy', 'notebook', 'server', 'client'].map((name, k) => ({
  title: k === 0 ? name : `isoflop/${name}`,
  file: `api/modules/${k === 0 ? name : `isoflop_${name}`}.html`,
}));

/**
 * The navigation: the lists of docs/README.md under their headings, so that pages have one order everywhere, then the
 * reference of the API.
 */
export function navigation(index: string): Group[] {
  const groups = [...index.matchAll(/^## (.+)\n([^]*?)(?=^## |$(?![^]))/gm)].map(([, title, text]) => ({
    title,
    entries: [...text.matchAll(/^- \[(.+?)\]\(([^)#]+)\)/gm)].map((match) => ({
      title: match[1],
      file: siteFile(join('docs', match[2])),
    })),
  }));
  return [...groups, { title: 'API reference', entries: apiEntries }];
}

/** The address of a file of the site as seen from another. */
export const addressFrom = (from: string, to: string): string => relative(dirname(from), to) || to;
