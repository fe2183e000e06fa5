import { describe, expect, it } from 'vitest';
import { buildFigures, darkFigure, overlayFigure, profileFigure, type Figure } from '../../src/plots/index.ts';
import { darkColor } from '../../src/plots/dark.ts';
import { matrixFigure } from '../../src/plots/backtestMatrix.ts';
import { palette, sequentialColor, series } from '../../src/plots/theme.ts';
import { chinchillaFit, wholeFit } from './exampleFit.ts';
import { exampleMatrix } from './exampleMatrix.ts';

const whole = await wholeFit();
const fits = [whole, chinchillaFit()];
const all: [string, Figure][] = [
  ...fits.flatMap((fit, k) =>
    buildFigures(fit).flatMap(({ definition, figure }): [string, Figure][] =>
      figure === null ? [] : [[`${definition.id} of fit ${String(k)}`, figure]],
    ),
  ),
  ['overlay', overlayFigure(Array.from({ length: 8 }, (_, k) => ({ name: `fit ${String(k)}`, fit: fits[k % 2] })))],
  ['no profiles', profileFigure([])],
  ['matrix', matrixFigure(await exampleMatrix())],
];

/** Every text of a figure that is a colour and nothing else. */
function colorsOf(value: unknown): string[] {
  if (typeof value === 'string') return /^(#[\dA-Fa-f]{6}|rgba?\(.*\))$/.test(value) ? [value] : [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(colorsOf) : [];
}

/** Contrast of two colours by WCAG 2, 1 to 21. */
function contrast(a: string, b: string): number {
  const light = (color: string): number => {
    const parts = color.startsWith('#')
      ? [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16))
      : (color.match(/[\d.]+/g) ?? []).map(Number);
    const [r, g, b] = parts
      .slice(0, 3)
      .map((x) => (x / 255 <= 0.04045 ? x / 255 / 12.92 : ((x / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const [low, high] = [light(a), light(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

const ground = darkColor(palette.paper) ?? '';

describe('dark figures', () => {
  it.each(all)('%s has none of the colours of paper left, and a counterpart for every one', (_, figure) => {
    const dark = darkFigure(figure);
    const [before, after] = [colorsOf(figure), colorsOf(dark)];
    expect(before.length).toBeGreaterThan(5);
    expect(after).toEqual(before.map((color) => darkColor(color)));
    for (const light of [palette.paper, palette.ink, palette.muted, palette.grid])
      expect(after.map((color) => color.toUpperCase())).not.toContain(light);
    expect(after.join(' ')).not.toMatch(/rgba?\(255, 255, 255/);
  });

  it.each(all)('%s is otherwise the same, and the original as it was', (_, figure) => {
    const copy = structuredClone(figure);
    const dark = darkFigure(figure);
    expect(figure).toEqual(copy);
    const blank = (value: unknown): string =>
      JSON.stringify(value, (name, part: unknown) =>
        /color(scale)?$/.test(name) && typeof part !== 'number' && !Array.isArray(part) ? 0 : part,
      ).replaceAll(/"(#[\dA-Fa-f]{6}|rgba?\([^"]*\))"/g, '0');
    expect(blank(dark)).toBe(blank(figure));
  });
});

it('keeps about the contrast that texts, lines and points have on paper', () => {
  for (const color of [palette.ink, palette.muted, palette.data, palette.law, ...series.map((one) => one.color)]) {
    const dark = darkColor(color) ?? ground;
    expect(contrast(dark, ground)).toBeGreaterThan(Math.min(4.5, contrast(color, palette.paper)));
  }
  for (let share = 0; share <= 1; share += 0.05) {
    const dark = darkColor(sequentialColor(share)) ?? ground;
    expect(contrast(dark, ground)).toBeGreaterThan(3);
  }
  expect(contrast(darkColor(palette.grid) ?? '', ground)).toBeGreaterThan(1.2);
});

it('keeps colours apart that were apart', () => {
  const dark = [
    ...new Set([...series.map((one) => one.color), palette.ink, palette.muted, palette.grid, palette.faint]),
  ];
  expect(new Set(dark.map((color) => darkColor(color))).size).toBe(dark.length);
});

it('leaves names, texts and numbers alone, even those that look like colours', () => {
  const figure: Figure = {
    data: [
      { name: '#222222', x: ['#FFFFFF'], text: ['#222222'], marker: { color: [1, 2], line: { color: '#222222' } } },
    ],
    layout: { annotations: [{ text: '#FFFFFF', bgcolor: 'rgba(255, 255, 255, 0.8)' }] },
    config: {},
  };
  expect(darkFigure(figure)).toEqual({
    data: [
      {
        name: '#222222',
        x: ['#FFFFFF'],
        text: ['#222222'],
        marker: { color: [1, 2], line: { color: darkColor('#222222') } },
      },
    ],
    layout: { annotations: [{ text: '#FFFFFF', bgcolor: 'rgba(20, 24, 29, 0.8)' }] },
    config: {},
  });
});

it('knows no other colours', () => {
  for (const color of ['red', '#123', '#ABCDEF', 'rgb(1, 2, 3)']) expect(darkColor(color)).toBeUndefined();
});
