import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkLinks } from '../../scripts/docs/links.ts';
import { render } from '../../scripts/docs/markdown.ts';
import { notebookMarkdown } from '../../scripts/docs/notebook.ts';
import { addressFrom, navigation, readPages, siteFile } from '../../scripts/docs/pages.ts';
import { sectionsOf } from '../../scripts/docs/sections.ts';
import { pageHtml } from '../../scripts/docs/template.ts';
import { folderWith } from '../helpers/formats.ts';

const stay = (target: string): string => target;

describe('a page of the site', () => {
  it('has its formulas set, in lines and by themselves, and in no code', () => {
    const { html } = render('With $`N`$ and\n\n$$\n\\frac{A}{N}\n$$\n\n`$HOME` costs $5 or $6.', stay);
    expect(html.match(/class="katex"/g)).toHaveLength(2);
    expect(html.match(/class="katex-display"/g)).toHaveLength(1);
    expect(html).toContain('<code>$HOME</code> costs $5 or $6.');
    expect(render('With $N$ and $$x^2$$', stay, true).html.match(/class="katex"/g)).toHaveLength(2);
    expect(() => render('$`\\nonsense`$', stay)).toThrow('nonsense');
  });

  it('has the anchors of GitHub, each once', () => {
    const { headings } = render('# What it *is*\n\n## Add a law\n\n## `--law`, and more!\n\n## Add a law', stay);
    expect(headings.map(({ anchor }) => anchor)).toEqual(['what-it-is', 'add-a-law', '--law-and-more', 'add-a-law-1']);
  });

  it('has links and pictures at their places on the site, also those that are written as HTML', () => {
    const { html } = render(
      '[a](b.md#c) ![d](e.svg) <a href="f.md"><img src="g.svg" alt=""></a>',
      (target) => `x/${target}`,
    );
    expect([...html.matchAll(/(?:href|src)="([^"]+)"/g)].map((match) => match[1])).toEqual(
      ['b.md#c', 'e.svg', 'f.md', 'g.svg'].map((target) => `x/${target}`),
    );
  });

  it('shows what a notebook printed', () => {
    const cell = { cell_type: 'code', source: ['1 + 1'], outputs: [{ data: { 'text/plain': ['2'] } }] };
    expect(notebookMarkdown(JSON.stringify({ cells: [{ cell_type: 'markdown', source: '# Sum' }, cell] }))).toBe(
      '# Sum\n\n```ts\n1 + 1\n```\n\n```text\n2\n```',
    );
  });

  it('has addresses that hold wherever the folder lies', () => {
    expect(siteFile('docs/laws/README.md')).toBe('docs/laws/index.html');
    expect(addressFrom('docs/laws/moe.html', 'index.html')).toBe('../../index.html');
    const groups = navigation('## Start\n\n- [Overview](../README.md): all\n- [Laws](laws/README.md)\n');
    expect(groups[0].entries.map(({ file }) => file)).toEqual(['index.html', 'docs/laws/index.html']);
    const html = pageHtml({ file: 'docs/laws/moe.html', title: 'Experts', html: '<p>', headings: [], groups });
    expect(html).toContain('<a href="index.html" aria-current="true">Laws</a>');
    expect(html).not.toMatch(/(?:href|src)="\/|type="module"/);
    expect(html).toContain('data-root="../../"');
  });

  it('is found by its words, heading by heading', () => {
    const { html } = render('# Fit\n\nA law.\n\n## Seeds\n\nThree of $`N`$ &amp; more.', stay);
    expect(sectionsOf('docs/fit.html', 'Fit', html, 7)).toEqual([
      { id: 7, page: 'Fit', heading: 'Fit', address: 'docs/fit.html', text: 'A law.' },
      { id: 8, page: 'Fit', heading: 'Seeds', address: 'docs/fit.html#seeds', text: 'Three of & more.' },
    ]);
  });
});

describe('the pages of the site', () => {
  it('can all be rendered', async () => {
    for (const { source, markdown, isNotebook } of await readPages())
      expect(render(markdown, stay, isNotebook).headings[0]?.level, source).toBe(1);
  });
});

describe('the check of links', () => {
  it('finds files and anchors that are not there, and addresses that need a server', async () => {
    const folder = await folderWith({
      'index.html':
        '<h1 id="top">a</h1><a href="#top"></a><a href="b/c.html#here"></a><a href="https://example.org"></a>',
      'wrong.html': '<a href="none.html"></a><img src="/b/c.html"><a href="b/c.html#nowhere"></a>',
    });
    await mkdir(join(folder, 'b'));
    await writeFile(join(folder, 'b/c.html'), '<h2 id="here">c</h2><a href="../index.html">a</a>');
    const { pages, links, broken, external } = await checkLinks(folder);
    expect([pages, links, external]).toEqual([3, 6, ['https://example.org']]);
    expect(broken.map(({ page, target }) => `${page} ${target}`)).toEqual([
      'wrong.html none.html',
      'wrong.html /b/c.html',
      'wrong.html b/c.html#nowhere',
    ]);
  });
});
