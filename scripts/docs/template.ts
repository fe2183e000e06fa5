import { dirname } from 'node:path';
import { escapeHtml, type Heading } from './markdown.ts';
import { addressFrom, type Entry, type Group } from './pages.ts';

/** What a page of the site is made of. */
export interface PageParts {
  readonly file: string;
  readonly title: string;
  readonly html: string;
  readonly headings: readonly Heading[];
  readonly groups: readonly Group[];
}

/** What the menu marks for a page: its own entry, or that of the index of its folder, such as the laws for one of them. */
function currentEntry(file: string, groups: readonly Group[]): string {
  const entries = groups.flatMap((group) => group.entries.map((entry) => entry.file));
  return entries.includes(file) ? file : `${dirname(file)}/index.html`;
}

function link(from: string, { title, file }: Entry, current: string): string {
  const mark = current !== file ? '' : ` aria-current="${from === file ? 'page' : 'true'}"`;
  return `<li><a href="${addressFrom(from, file)}"${mark}>${escapeHtml(title)}</a></li>`;
}

function menu(file: string, groups: readonly Group[]): string {
  const current = currentEntry(file, groups);
  const list = (entries: readonly Entry[]): string => entries.map((entry) => link(file, entry, current)).join('');
  return groups.map(({ title, entries }) => `<h2>${escapeHtml(title)}</h2><ul>${list(entries)}</ul>`).join('\n');
}

/** The parts of a long page, beside it where there is room. */
function contents(headings: readonly Heading[]): string {
  const parts = headings.filter(({ level }) => level === 2);
  if (parts.length < 3) return '';
  const items = parts.map(({ text, anchor }) => `<li><a href="#${anchor}">${escapeHtml(text)}</a></li>`);
  return `<nav class="contents" aria-label="On this page"><h2>On this page</h2><ul>${items.join('')}</ul></nav>`;
}

/** The pages before and after this one in the order of the navigation. */
function neighbours(file: string, groups: readonly Group[]): string {
  const entries = groups.flatMap((group) => group.entries);
  const place = entries.findIndex((entry) => entry.file === file);
  if (place === -1) return '';
  const to = (entry: Entry | undefined, relation: string, arrow: (title: string) => string): string =>
    entry === undefined
      ? '<span></span>'
      : `<a rel="${relation}" href="${addressFrom(file, entry.file)}">${arrow(escapeHtml(entry.title))}</a>`;
  return `<nav class="neighbours" aria-label="Next pages">${to(entries[place - 1], 'prev', (title) => `← ${title}`)}${to(entries[place + 1], 'next', (title) => `${title} →`)}</nav>`;
}

/** A page as a file that opens from disk: every address is relative, and scripts are no modules. */
export function pageHtml({ file, title, html, headings, groups }: PageParts): string {
  const asset = (name: string): string => addressFrom(file, `assets/${name}`);
  const hasFormulas = html.includes('class="katex');
  return `<!doctype html>
<html lang="en" data-root="${addressFrom(file, '.') === '.' ? '' : `${addressFrom(file, '.')}/`}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="${asset('icon.svg')}">
<link rel="stylesheet" href="${asset('style.css')}">
${hasFormulas ? `<link rel="stylesheet" href="${asset('katex.css')}">\n` : ''}<script defer src="${asset('search.js')}"></script>
</head>
<body>
<a class="skip" href="#main">To the text</a>
<header>
<a class="name" href="${addressFrom(file, 'index.html')}"><img src="${asset('icon.svg')}" alt="" width="22" height="22"> isoflop</a>
<search><input type="search" placeholder="Search" aria-label="Search the documentation" aria-controls="found" autocomplete="off"><div id="found" hidden></div></search>
</header>
<div class="columns">
<nav class="menu" aria-label="Pages"><details><summary>Pages</summary>
${menu(file, groups)}
</details></nav>
<main id="main">
${html}${neighbours(file, groups)}
</main>
${contents(headings)}
</div>
</body>
</html>
`;
}
