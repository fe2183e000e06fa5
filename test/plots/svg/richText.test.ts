import { expect, it } from 'vitest';
import { readLines, textWidth, wrapLines } from '../../../src/plots/svg/richText.ts';

const font = { size: 10, color: '#222222' };

it('measures text as Helvetica is wide', () => {
  // Advance widths of Adobe's font metrics: H 722, e 556, l 222, l 222, o 556.
  expect(textWidth('Hello', font)).toBeCloseTo(22.78, 9);
  expect(textWidth('a<br>Hello', font)).toBeCloseTo(22.78, 9);
  expect(textWidth('i', font)).toBeLessThan(textWidth('M', font));
  expect(textWidth('C<sup>2</sup>', font)).toBeCloseTo(7.22 + 0.7 * 5.56, 9);
});

it('knows the marks that Plotly knows, and leaves all others as text', () => {
  const [line] = readLines('a <b>b</b><sup>c</sup> <em>d</em> &lt; &euro; <');
  expect(line.map((span) => span.text).join('')).toBe('a bc <em>d</em> < &euro; <');
  expect(line.find((span) => span.text === 'b')?.bold).toBe(true);
  expect(line.find((span) => span.text === 'c')?.shift).toBe('sup');
});

it('wraps at spaces only, and keeps words with exponents whole', () => {
  const lines = wrapLines(readLines('N grows as C<sup>0.5</sup> and more'), 60, font);
  const texts = lines.map((line) =>
    line
      .map((span) => span.text)
      .join('')
      .trim(),
  );
  expect(texts.join(' ')).toBe('N grows as C0.5 and more');
  expect(texts.length).toBeGreaterThan(1);
  expect(texts.some((text) => text.startsWith('0.5'))).toBe(false);
});
