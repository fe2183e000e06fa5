/** A part of a page that the search finds. */
export interface Section {
  readonly id: number;
  readonly page: string;
  readonly heading: string;
  readonly address: string;
  readonly text: string;
}

/** The words of some HTML. Formulas are left out: KaTeX writes each of them twice, for eyes and for readers. */
const wordsOf = (html: string): string =>
  html
    .replaceAll(/<span class="katex[^]*?<\/math>[^]*?<\/span><\/span>/g, ' ')
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
    .replaceAll(/\s+/g, ' ')
    .trim();

/**
 * A page as the sections under its headings.
 *
 * @param first - number of the first of them, counted through all pages
 */
export function sectionsOf(file: string, page: string, html: string, first: number): Section[] {
  return html
    .split(/(?=<h[123] id=")/)
    .filter((part) => part.startsWith('<h'))
    .map((part, k) => {
      const [, anchor = '', heading = ''] = /^<h\d id="([^"]+)">([^]*?) <a class="anchor"/.exec(part) ?? [];
      const text = wordsOf(part.slice(part.indexOf('</h')));
      return { id: first + k, page, heading: wordsOf(heading), address: k === 0 ? file : `${file}#${anchor}`, text };
    });
}
