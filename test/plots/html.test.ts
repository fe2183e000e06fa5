import { expect, it } from 'vitest';
import { figureHtml, type Figure } from '../../src/plots/index.ts';

const figure: Figure = { data: [{ type: 'scatter', text: ['</script><b>'] }], layout: { title: 1 }, config: {} };
const page = (source: string): string =>
  figureHtml([{ id: 'frontier', description: 'Loss < 4 & "more"', figure }], {
    title: 'Fit <1>',
    plotlySource: source,
  });

it('escapes what it is given', () => {
  const html = page('');
  expect(html).toContain('<title>Fit &lt;1&gt;</title>');
  expect(html).toContain('<figcaption>Loss &lt; 4 &amp; &quot;more&quot;</figcaption>');
  expect(html).toContain('<div id="frontier" class="plot"></div>');
});

it('lets neither the library nor a name end the script', () => {
  const html = page('const a = "</script>", b = "</SCRIPT >", c = "<!-- x";');
  expect(html).toContain('const a = "<\\/script>", b = "<\\/SCRIPT >", c = "<\\!-- x";');
  expect(html.match(/<\/script>/gi)).toHaveLength(3);
});

it('keeps dollar signs of the library, which a replacement would eat', () => {
  expect(page("x.replace(/a/, '$&$1$$')")).toContain("x.replace(/a/, '$&$1$$')");
});

it('carries the figures as JSON that reads back', () => {
  const text = /id="figures">(.*?)<\/script>/s.exec(page(''))?.[1] ?? '';
  expect(text).not.toContain('<');
  expect(JSON.parse(text)).toEqual([{ id: 'frontier', ...figure }]);
});

it('asks for nothing from elsewhere', () => {
  expect(page('')).not.toMatch(/(src|href)=|url\(|@import/);
});
