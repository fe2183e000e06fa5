import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';

/** What is wrong with a link, and on which page. */
export interface BrokenLink {
  readonly page: string;
  readonly target: string;
  readonly why: string;
}

/** What the links of a site come to. */
export interface CheckedLinks {
  readonly pages: number;
  readonly links: number;
  readonly broken: readonly BrokenLink[];
  /** Addresses elsewhere, which nothing here asks; sorted. */
  readonly external: readonly string[];
}

const decoded = (text: string): string => text.replaceAll('&amp;', '&').replaceAll('&quot;', '"');

/** Follows every link, picture, script and stylesheet of a folder of pages, and their anchors. */
export async function checkLinks(folder: string): Promise<CheckedLinks> {
  const names = await readdir(folder, { recursive: true });
  const pages = names.filter((name) => name.endsWith('.html'));
  const texts = new Map(
    await Promise.all(pages.map(async (name) => [name, await readFile(join(folder, name), 'utf8')] as const)),
  );
  const anchors = new Map(
    [...texts].map(([name, text]) => [
      name,
      new Set([...text.matchAll(/\bid="([^"]+)"/g)].map((match) => decoded(match[1]))),
    ]),
  );
  const files = new Set(names);
  const broken: BrokenLink[] = [];
  const external = new Set<string>();
  let links = 0;
  for (const [page, text] of texts) {
    // A target in code is no link.
    for (const match of text
      .replaceAll(/<script\b[^>]*>[^]*?<\/script>/g, (script) => script.split('>')[0])
      .matchAll(/<[a-z][^>]*?\s(?:href|src)="([^"]*)"/g)) {
      const target = decoded(match[1]);
      if (/^(https?:|mailto:|data:)/.test(target)) {
        if (target.startsWith('http')) external.add(target);
        continue;
      }
      links++;
      const refuse = (why: string): void => void broken.push({ page, target, why });
      if (/^(\/|[a-z]+:)/.test(target)) refuse('it is not relative, so it does not open from disk');
      const [path, anchor = ''] = target.split('#');
      const file = path === '' ? page : normalize(join(dirname(page), decodeURIComponent(path)));
      if (!files.has(file) || (await stat(join(folder, file))).isDirectory()) refuse('there is no such file');
      else if (anchor !== '' && anchors.get(file)?.has(decodeURIComponent(anchor)) === false)
        refuse('the page has no such anchor');
    }
  }
  return { pages: pages.length, links, broken, external: [...external].sort() };
}
