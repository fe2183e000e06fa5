import { existsSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ownRuns } from '../../scripts/ownRuns.ts';
import { navigation } from '../../scripts/docs/pages.ts';
import { anchors } from '../../scripts/docs/slug.ts';
import { blocksOf, pages, root, textOf } from './pages.ts';

/** The text of a page without its code, in which nothing is a link or a heading. */
const prose = (page: string): string =>
  textOf(page)
    .replaceAll(/^(`{3,}).*\n[^]*?^\1$/gm, '')
    .replaceAll(/`[^`\n]+`/g, (code) => code.replaceAll(/[[\]()<>]/g, ' '));

/** The anchors of a page's headings. */
function anchorsOf(page: string): Set<string> {
  const next = anchors();
  const headings = textOf(page)
    .replaceAll(/^(`{3,}).*\n[^]*?^\1$/gm, '')
    .matchAll(/^#+ (.+)$/gm);
  return new Set([...headings].map(([, heading]) => next(heading.replaceAll(/\[(.+?)\]\(.+?\)/g, '$1'))));
}

/** Where the links and pictures of a page lead to, those to other sites left out. */
function targetsOf(page: string): string[] {
  const text = prose(page);
  const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g), ...text.matchAll(/(?:href|src)="([^"]+)"/g)];
  return targets.map((match) => match[1]).filter((target) => !/^(https?:|mailto:)/.test(target));
}

describe.each(pages)('%s', (page) => {
  it('has links that lead somewhere', () => {
    for (const target of targetsOf(page)) {
      const [path, anchor = ''] = target.split('#');
      const file = path === '' ? page : normalize(join(dirname(page), path));
      expect(existsSync(join(root, file)) && statSync(join(root, file)).isFile(), target).toBe(true);
      if (anchor !== '') expect(anchorsOf(file), target).toContain(anchor);
    }
  });
});

describe('docs/README.md', () => {
  it('names every page of docs, but those of single laws, once', () => {
    const listed = navigation(textOf('docs/README.md')).flatMap(({ entries }) => entries.map(({ file }) => file));
    expect(new Set(listed).size).toBe(listed.length);
    for (const page of pages.filter(
      (name) => name.startsWith('docs/') && !/^docs\/(laws\/(?!README)|README)/.test(name),
    ))
      expect(listed).toContain(page.replace(/README\.md$/, 'index.html').replace(/\.md$/, '.html'));
  });
});

describe('docs/walkthrough.md', () => {
  it('has five commands, and shows the head of the file that they are about', async () => {
    const blocks = blocksOf(textOf('docs/walkthrough.md'));
    expect(
      blocks.filter(({ language }) => language === 'sh').map(({ text }) => text.trim().split('\n').length),
    ).toEqual([1, 1, 1, 1, 1]);
    const [csv] = blocks.filter(({ language }) => language === 'csv');
    expect((await ownRuns()).startsWith(csv.text)).toBe(true);
  });
});
