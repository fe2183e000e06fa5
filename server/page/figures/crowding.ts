import type { PlainObject } from '../../../src/plots/figure.ts';
import { isRecord } from './rows.ts';

/** Width of a character of a tick's label, and the least air between two labels, in pixels. */
const [characterPx, airPx] = [7.6, 8];

/**
 * Blanks those labels of a horizontal axis for which there is no room; their ticks stay. The library places ticks for a
 * figure by itself, which is wider than one on the page.
 *
 * @param width - of the axis, in pixels
 * @example
 * ```ts
 * const axis = { type: 'log', range: [8, 9], tickvals: [1e8, 2e8, 1e9], ticktext: ['100M', '200M', '1B'] };
 * thinTicks(axis, 120).ticktext; // ['100M', '', '1B']
 * ```
 */
export function thinTicks(axis: PlainObject, width: number): PlainObject {
  const { type, range, tickvals, ticktext } = axis;
  if (!Array.isArray(range) || !Array.isArray(tickvals) || !Array.isArray(ticktext)) return axis;
  const [low, high] = range.map(Number);
  const place = (value: unknown): number => {
    const number = type === 'log' ? Math.log10(Number(value)) : Number(value);
    return ((number - low) / (high - low)) * width;
  };
  let end = -Infinity;
  const thinned = ticktext.map((label: unknown, k) => {
    const text = String(label);
    const half = (text.length * characterPx) / 2;
    const middle = place(tickvals[k]);
    if (text === '' || middle - half < end + airPx) return '';
    end = middle + half;
    return text;
  });
  return { ...axis, ticktext: thinned };
}

/** The last label of a curve that runs to the edge of the figure, below its mark: beside it the edge would cut it. */
export function lowerLastLabel(trace: PlainObject): PlainObject {
  const { cliponaxis, text, textposition } = trace;
  if (cliponaxis !== false || !Array.isArray(text) || textposition !== 'top right') return trace;
  return { ...trace, textposition: text.map((_, k) => (k === text.length - 1 ? 'bottom center' : textposition)) };
}

/** A note of a budget without what hovering its mark tells as well: `1e21` of `1e21: 21 tokens/param`. */
export function shortenNote(annotation: PlainObject): PlainObject {
  const { text } = annotation;
  return typeof text === 'string' ? { ...annotation, text: text.replace(/: [\d.]+ tokens\/param$/, '') } : annotation;
}

/** Gives every horizontal axis of a layout the labels that fit on it. */
export function thinAllTicks(layout: PlainObject, plotWidth: number): PlainObject {
  const axes = Object.entries(layout).flatMap(([name, axis]): [string, PlainObject][] => {
    if (!/^xaxis\d*$/.test(name) || !isRecord(axis)) return [];
    const [from, to] = Array.isArray(axis.domain) ? axis.domain.map(Number) : [0, 1];
    return [[name, thinTicks(axis, plotWidth * (to - from))]];
  });
  return { ...layout, ...Object.fromEntries(axes) };
}
