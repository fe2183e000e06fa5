/**
 * Writes the pages of the documentation that are made from the laws: docs/laws/<id>.md with its figure <id>.svg, and their
 * index. A test compares what is committed with what this writes.
 */
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { laws } from '../src/laws/index.ts';
import type { Law } from '../src/laws/law.ts';
import { describeLawView, figureSvg, lawFigure } from '../src/plots/index.ts';
import { lawIndex, lawPage, type LawPicture } from '../src/report/lawPage.ts';
import { lawView } from './lawViews.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** Width of a figure in pixels: that of the text on GitHub, less than which its letters would shrink. */
const width = 720;

const pictureOf = (law: Law): LawPicture => ({
  file: `${law.id}.svg`,
  description: describeLawView(law, lawView(law)),
});

function drawLaw(law: Law): string {
  const { description } = pictureOf(law);
  return `${figureSvg(lawFigure(law, lawView(law)), { width, id: law.id, description })}\n`;
}

/** Content of every file of docs/laws by its name. */
export async function lawPages(): Promise<ReadonlyMap<string, string>> {
  const options = await resolveConfig(join(root, 'README.md'));
  const formatted = (text: string): Promise<string> => format(text, { ...options, parser: 'markdown' });
  const pictures = new Map(laws.map((law) => [law.id, pictureOf(law)]));
  const pages = new Map([['README.md', await formatted(lawIndex(laws, pictures))]]);
  for (const law of laws) {
    pages.set(`${law.id}.md`, await formatted(lawPage(law, pictureOf(law))));
    pages.set(`${law.id}.svg`, drawLaw(law));
  }
  return pages;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = join(root, 'docs/laws');
  const pages = await lawPages();
  await mkdir(folder, { recursive: true });
  for (const name of await readdir(folder)) if (!pages.has(name)) await rm(join(folder, name));
  for (const [name, text] of pages) await writeFile(join(folder, name), text);
  console.log(`wrote ${String(pages.size)} files to docs/laws`);
}
