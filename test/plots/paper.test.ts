import { expect, it } from 'vitest';
import { figureSvg, paperFigure, type Figure } from '../../src/plots/index.ts';

const line = (name: string, color: string, rest: object = {}): object => ({
  type: 'scatter',
  mode: 'lines',
  name,
  x: [0, 1],
  y: [0, 1],
  line: { color, width: 2, ...rest },
});
const figureOf = (data: object[], layout: object = {}): Figure =>
  ({ data, layout: { height: 560, title: { text: 'Title' }, ...layout }, config: {} }) as Figure;
const looksOf = (figure: Figure): unknown[] =>
  paperFigure(figure).data.map(({ line: own, marker }) => {
    const { dash, width } = own as { dash?: string; width: number };
    return marker === undefined ? [dash ?? 'solid', width] : (marker as { symbol?: unknown }).symbol;
  });

it('gives lines that only their colour told apart dashes of their own', () => {
  expect(
    looksOf(figureOf([line('a', '#0072B2'), line('b', '#D55E00'), line('c', '#009E73', { dash: 'dot' })])),
  ).toEqual([
    ['solid', 2],
    ['dash', 2],
    ['dot', 2],
  ]);
});

it('gives a line whose dashes say where it is extrapolated another width instead', () => {
  const beyond = { ...line('b', '#D55E00', { dash: 'dash' }), showlegend: false };
  expect(looksOf(figureOf([line('a', '#0072B2'), line('b', '#D55E00'), beyond]))).toEqual([
    ['solid', 2],
    ['solid', 1],
    ['dash', 1],
  ]);
});

it('gives points symbols of their own, and leaves crosses what they are', () => {
  const points = (name: string, symbol?: unknown): object => ({
    ...line(name, '#0072B2'),
    mode: 'markers',
    marker: { symbol },
  });
  expect(looksOf(figureOf([points('a'), points('b'), points('c', ['circle', 'x'])]))).toEqual([
    undefined,
    'square',
    ['diamond', 'x'],
  ]);
});

it('has the width, the height and the letters that are asked for', () => {
  const svg = figureSvg(paperFigure(figureOf([line('a', '#0072B2')]), { inches: 5, heightInches: 2, face: 'sans' }));
  expect(svg).toMatch(/^<svg [^>]*width="5in" height="2in"/);
  expect(svg).toContain('font-family="Helvetica, Arial');
});

it('grows by its legend where no height is asked for', () => {
  const names = ['one', 'two', 'three', 'four', 'five', 'six'].map((name) => `a line with the name ${name}`);
  const heightOf = (count: number): number => {
    const [, height] = /height="([\d.]+)in"/.exec(
      figureSvg(paperFigure(figureOf(names.slice(0, count).map((name) => line(name, '#0072B2'))))),
    ) ?? ['', ''];
    return Number(height);
  };
  expect(heightOf(6)).toBeGreaterThan(heightOf(2) + 0.3);
});
