import type { PlainObject } from '../../../src/plots/figure.ts';
import { isRecord } from './rows.ts';

/** Width of a character of a tick's label, and the least air between two labels, in pixels. */
const [characterPx, airPx] = [7.6, 8];

interface Label {
  readonly text: string;
  readonly middle: number;
}

/** Whether labels stand apart. */
function areApart(labels: readonly Label[]): boolean {
  const ends = labels.map(({ text, middle }) => {
    const half = (text.length * characterPx) / 2;
    return [middle - half, middle + half] as const;
  });
  return ends.every(([from], k) => k === 0 || from >= ends[k - 1][1] + airPx);
}

/** Every second label, or every third and so on, that leaves them apart; of these the ones that begin with a 1. */
function keptOf(labels: readonly Label[]): readonly Label[] {
  const ones = (chosen: readonly Label[]): number => chosen.filter(({ text }) => text.startsWith('1')).length;
  for (let stride = 1; stride < labels.length; stride++) {
    const choices = Array.from({ length: stride }, (_, from) => labels.filter((_label, k) => k % stride === from));
    const [best] = choices.filter(areApart).toSorted((a, b) => ones(b) - ones(a)) as (readonly Label[] | undefined)[];
    if (best !== undefined) return best;
  }
  return labels.slice(0, 1);
}

/**
 * Blanks labels of a horizontal axis where there is no room for all; their ticks stay. The library places ticks for a figure
 * by itself, which is wider than one on the page.
 *
 * @param width - of the axis, in pixels
 * @example
 * ```ts
 * const axis = { type: 'log', range: [8, 10], tickvals: [1e8, 3e8, 1e9], ticktext: ['100M', '300M', '1B'] };
 * thinTicks(axis, 100).ticktext; // ['100M', '', '1B']
 * ```
 */
export function thinTicks(axis: PlainObject, width: number): PlainObject {
  const { type, range, tickvals, ticktext } = axis;
  if (!Array.isArray(range) || !Array.isArray(tickvals) || !Array.isArray(ticktext)) return axis;
  const [low, high] = range.map(Number);
  const labels = ticktext.map((text: unknown, k): Label => {
    const value = type === 'log' ? Math.log10(Number(tickvals[k])) : Number(tickvals[k]);
    return { text: String(text), middle: ((value - low) / (high - low)) * width };
  });
  const kept = keptOf(labels.filter(({ text }) => text !== ''));
  return { ...axis, ticktext: labels.map((label) => (kept.includes(label) ? label.text : '')) };
}

/** Widens a logarithmic axis so that a label at the right of a curve's last mark fits before the frame. */
export function makeRoom(layout: PlainObject, data: readonly PlainObject[], plotWidth: number): PlainObject {
  const { xaxis } = layout;
  if (!isRecord(xaxis) || xaxis.type !== 'log' || !Array.isArray(xaxis.range)) return layout;
  const [low, high] = xaxis.range.map(Number);
  const ends = data.map(({ cliponaxis, x, text, textposition }) => {
    if (cliponaxis !== false || textposition !== 'top right' || !Array.isArray(x) || !Array.isArray(text)) return high;
    const share = Math.min(0.4, (String(text.at(-1)).length * characterPx) / plotWidth);
    return low + (Math.log10(Number(x.at(-1))) - low) / (1 - share);
  });
  return { ...layout, xaxis: { ...xaxis, range: [low, Math.max(high, ...ends)] } };
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
