/**
 * Writes the pages of the documentation that are made from the laws: docs/laws/<id>.md and their index. A test compares
 * what is committed with what this writes.
 */
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { laws } from '../src/laws/index.ts';
import { lawIndex, lawPage } from '../src/report/lawPage.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** Text of every page by the name of its file. */
export async function lawPages(): Promise<ReadonlyMap<string, string>> {
  const options = await resolveConfig(join(root, 'README.md'));
  const formatted = (text: string): Promise<string> => format(text, { ...options, parser: 'markdown' });
  const pages = new Map([['README.md', await formatted(lawIndex(laws))]]);
  for (const law of laws) pages.set(`${law.id}.md`, await formatted(lawPage(law)));
  return pages;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = join(root, 'docs/laws');
  const pages = await lawPages();
  await mkdir(folder, { recursive: true });
  for (const name of await readdir(folder)) if (!pages.has(name)) await rm(join(folder, name));
  for (const [name, text] of pages) await writeFile(join(folder, name), text);
  console.log(`wrote ${String(pages.size)} pages to docs/laws`);
}
