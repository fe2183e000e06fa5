import type { PlainObject } from '../figure.ts';
import { listOf, unsupported } from './read.ts';

/** Red, green, blue (0 to 255) and opacity (0 to 1). */
type Channels = readonly [number, number, number, number];

function parseColor(color: string): Channels {
  const hex = /^#([\da-f]{2})([\da-f]{2})([\da-f]{2})$/i.exec(color);
  if (hex !== null)
    return [0, 1, 2, 3].map((k) => (k < 3 ? Number.parseInt(hex[k + 1], 16) : 1)) as unknown as Channels;
  const rgb = /^rgba?\(\s*([\d.]+)\s*,\s*([\d.]+)\s*,\s*([\d.]+)\s*(?:,\s*([\d.]+)\s*)?\)$/.exec(color);
  if (rgb !== null)
    return [Number(rgb[1]), Number(rgb[2]), Number(rgb[3]), rgb.at(4) === undefined ? 1 : Number(rgb[4])];
  return unsupported('the color', color);
}

/** A color as `#rrggbb`, without its opacity. */
export const hexOf = (channels: ArrayLike<number>): string =>
  `#${[0, 1, 2].map((k) => Math.round(channels[k]).toString(16).padStart(2, '0')).join('')}`;

/**
 * A color and its opacity as attributes: many programs that read SVG know no `rgba()`.
 *
 * @param role - `fill` or `stroke`
 * @param opacity - a further opacity, that of the marker or the trace
 */
export function paint(role: 'fill' | 'stroke', color: string, opacity = 1): Record<string, string | undefined> {
  if (color === 'none' || color === 'transparent') return { [role]: 'none' };
  const channels = parseColor(color);
  const seen = channels[3] * opacity;
  return { [role]: hexOf(channels), [`${role}-opacity`]: seen === 1 ? undefined : String(Number(seen.toFixed(3))) };
}

/** A color scale: places from 0 to 1 and their colors. */
export type ColorScale = readonly { readonly place: number; readonly color: Channels }[];

/** The color scale of a trace or marker; named scales are not known. */
export function colorScaleOf(parent: PlainObject): ColorScale {
  return (listOf(parent, 'colorscale') ?? unsupported('the color scale', parent.colorscale ?? 'default')).map(
    (entry) => {
      const [place, color] = entry as readonly [number, string];
      return { place, color: parseColor(color) };
    },
  );
}

/** A scale as it looks on a ground of one color. */
export function flatten(scale: ColorScale, ground: string): ColorScale {
  const below = parseColor(ground);
  return scale.map(({ place, color }) => ({
    place,
    color: [0, 1, 2, 3].map((c) => (c < 3 ? below[c] + color[3] * (color[c] - below[c]) : 1)) as unknown as Channels,
  }));
}

/** The color at a place of a scale, blended between its entries. */
export function colorAt(scale: ColorScale, place: number): string {
  const last = scale.length - 1;
  if (!(place > scale[0].place)) return hexOf(scale[0].color);
  const k = scale.findIndex((entry) => entry.place >= place);
  if (k === -1) return hexOf(scale[last].color);
  const [from, to] = [scale[k - 1], scale[k]];
  const share = (place - from.place) / (to.place - from.place);
  return hexOf([0, 1, 2].map((c) => from.color[c] + share * (to.color[c] - from.color[c])));
}
