import { describe, expect, it } from 'vitest';
import { laws } from '../../../src/laws/index.ts';
import { powersHtml, texHtml } from '../../../src/report/card/formulaHtml.ts';
import { elementsOf, parseMarkup } from '../../helpers/markup.ts';

describe('TeX as HTML', () => {
  it('sets fractions, powers, indices and Greek letters', () => {
    const html = texHtml(String.raw`L(N) = E + \frac{A}{N^{\alpha_N}}`);
    const page = parseMarkup(html);
    expect(page.text).toBe('L(N) = E + A/NαN');
    expect(elementsOf(page, 'sup')[0].text).toBe('αN');
    expect(elementsOf(page, 'sub')[0].text).toBe('N');
  });

  it('takes single tokens as arguments, and brackets that grow as plain ones', () => {
    expect(parseMarkup(texHtml(String.raw`\left(x\right)^k`)).text).toBe('(x)k');
    expect(texHtml('x^2')).toBe('<i>x</i><sup>2</sup>');
    expect(texHtml(String.raw`e^{-k\,x}`)).toBe('<i>e</i><sup>\u2212<i>k</i>\u2009<i>x</i></sup>');
  });

  it.each(laws.map((law) => [law.id, law.formula]))('leaves no command and no brace of %s', (_, formula) => {
    const { text } = parseMarkup(texHtml(formula));
    // A set has braces of its own.
    expect(text.replace(/\{w, a, kv\}/, '')).not.toMatch(/[\\{}^_]/);
    expect(text).not.toMatch(/frac|mathrm|left|right|alpha|beta/);
  });

  it('escapes everything else, and ends whatever the braces do', () => {
    for (const tex of [String.raw`\mathrm{a<script>b}`, '{{', '}x<', String.raw`\frac{`, '^', '\\'])
      expect(elementsOf(parseMarkup(texHtml(tex)), 'script')).toEqual([]);
    expect(parseMarkup(texHtml('}x<y')).text).toContain('x<y');
  });
});

it('raises the powers of plain text', () => {
  expect(powersHtml('L = 1.8 - 478/N^0.35 + (x)^(1/2)')).toBe(
    'L = 1.8 \u2212 478/N<sup>0.35</sup> + (x)<sup>1/2</sup>',
  );
  expect(powersHtml('a<b^2')).toBe('a&lt;b<sup>2</sup>');
});
