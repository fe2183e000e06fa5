import { describe, expect, it } from 'vitest';
import { darkFigure, figureCaption, figureSvg, paperFigure, type PlainObject } from '../../../src/plots/index.ts';
import { elementsOf, parseMarkup } from '../../helpers/markup.ts';
import { everyFigure } from '../everyFigure.ts';

const all = (await everyFigure()).map((one) => [one.id, one] as const);

/** Sizes of fonts anywhere within a part of a figure. */
function fontSizes(part: unknown): number[] {
  if (Array.isArray(part)) return typeof part[0] === 'object' ? part.flatMap(fontSizes) : [];
  if (typeof part !== 'object' || part === null) return [];
  return Object.entries(part as PlainObject).flatMap(([name, value]) =>
    name.endsWith('font') ? [(value as { size: number }).size] : fontSizes(value),
  );
}

describe.each(all)('%s', (id, { figure, description }) => {
  it('is drawn on the screen, in the dark and in print, of plain numbers', () => {
    for (const drawn of [figure, darkFigure(figure), paperFigure(figure), paperFigure(figure, { inches: 6.75 })]) {
      const text = figureSvg(drawn, { id, description });
      expect(text).not.toMatch(/NaN|Infinity|undefined|null/);
      const [root] = elementsOf(parseMarkup(text), 'svg');
      expect(elementsOf(root, 'title')[0].text.length).toBeGreaterThan(5);
    }
  });

  it('is plain JSON in every style', () => {
    for (const drawn of [figure, darkFigure(figure), paperFigure(figure)])
      expect(JSON.parse(JSON.stringify(drawn))).toEqual(drawn);
  });

  it('is of the width of a column or a page in print, and none of its letters is below 8 points', () => {
    const paper = paperFigure(figure);
    const [root] = elementsOf(parseMarkup(figureSvg(paper)), 'svg');
    expect(['3.25in', '6.75in']).toContain(root.attributes.width);
    const pointsOfPixel =
      (72 * Number.parseFloat(root.attributes.width)) / Number(root.attributes.viewBox.split(' ')[2]);
    expect(Math.min(...fontSizes(paper)) * pointsOfPixel).toBeGreaterThan(7.95);
    expect(root.attributes['font-family']).toMatch(/^"Times New Roman".*, serif$/);
    const { text } = figure.layout.title as { text: string };
    expect(elementsOf(root, 'text').map((line) => line.text)).not.toContain(text);
    expect(figureCaption(figure, description)).toContain(text.replaceAll('<sup>', '^').replaceAll('</sup>', ''));
  });
});

it('tells the traces of a legend apart without colour', () => {
  for (const [id, { figure }] of all) {
    const looks = new Map<string, string>();
    const { data } = paperFigure(figure) as unknown as { data: Trace[] };
    const seen = new Set<string>();
    for (const trace of data) {
      const group = trace.legendgroup ?? trace.name;
      if (trace.showlegend === false || (trace.type ?? 'scatter') !== 'scatter' || seen.has(group)) continue;
      if (trace.fill !== undefined || Array.isArray(trace.marker?.color)) continue;
      seen.add(group);
      const isMarked = trace.mode?.includes('markers') === true;
      const { dash = 'solid', width = 2 } = trace.line ?? {};
      const look = JSON.stringify(isMarked ? [trace.mode, trace.marker?.symbol ?? 'circle'] : [dash, width]);
      // Lines that are dashed as a whole are laws of lines that differ.
      if (isMarked || dash === 'solid') expect(looks.get(look), `${id}: ${group}`).toBeUndefined();
      looks.set(look, group);
    }
  }
});

interface Trace {
  readonly name: string;
  readonly legendgroup?: string;
  readonly type?: string;
  readonly mode?: string;
  readonly showlegend?: boolean;
  readonly fill?: string;
  readonly line?: { readonly dash?: string; readonly width?: number };
  readonly marker?: { readonly color: unknown; readonly symbol?: unknown };
}
