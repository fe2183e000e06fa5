import type { Figure, PlainObject } from './figure.ts';
import { sequentialScale } from './theme.ts';

/**
 * Colours on dark ground for those on white paper. Hues stay, so that a reader finds the same thing; what was darker than the
 * paper is lighter than the ground, with about the same contrast.
 */
const counterparts: Readonly<Record<string, string | undefined>> = {
  // Palette.
  '#FFFFFF': '#14181D',
  '#222222': '#E6E8EB',
  '#6B6B6B': '#9BA3AD',
  '#BDBDBD': '#4B535D',
  '#E4E4E4': '#2B323A',
  '#0072B2': '#3E97D6',
  '#D55E00': '#FF8A47',
  // Series.
  '#009E73': '#2EC49A',
  '#CC79A7': '#E39AC4',
  '#56B4E9': '#A6DCF9',
  '#E69F00': '#F2B84B',
  '#8B5A2B': '#C08A55',
  // Shading, lines and labels of the contours: the lowest loss is the strongest blue on either ground.
  '#8FBBDA': '#1F4C6B',
  '#FAFCFE': '#171B21',
  '#4A7BA3': '#5E93BD',
  '#2F5D82': '#9CC6E6',
  // Classes of the matrix, the best of which has text in the colour of the paper on it.
  '#0B67A3': '#6DB3DC',
  '#6DB3DC': '#2B6690',
  '#CBE3F2': '#22455F',
  '#F4F1EC': '#262A30',
  // A shade over the paper.
  '#000000': '#E6E8EB',
};

/** Colours of an ordered quantity: the end that is strong on paper is bright here, and none vanishes. */
const sequentialDark = ['#6A5FC1', '#4E7FC4', '#2FA39A', '#4FC07A', '#A9DB4A', '#FDE725'] as const;

type Channels = readonly [number, number, number];

const channelsOf = (hex: string): Channels =>
  [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)) as unknown as Channels;

const hexOf = (channels: readonly number[]): string =>
  `#${channels.map((value) => Math.round(value).toString(16).padStart(2, '0')).join('')}`.toUpperCase();

const mix = (from: Channels, to: Channels, share: number): Channels =>
  from.map((value, c) => value + share * (to[c] - value)) as unknown as Channels;

/** Steps of the ordered palette and the steps in their place. */
const steps = sequentialScale.slice(1).map(([, to], k) => ({
  from: channelsOf(sequentialScale[k][1]),
  to: channelsOf(to),
  dark: [channelsOf(sequentialDark[k]), channelsOf(sequentialDark[k + 1])] as const,
}));

/** Farthest that a blended colour lies from the line between its neighbours, in units of a channel, by rounding. */
const rounding = 1.5;

/** The counterpart of a colour of the ordered palette, at the same place of the scale. */
function fromScale(color: Channels): string | undefined {
  for (const { from, to, dark } of steps) {
    const along = from.map((value, c) => to[c] - value);
    const length = along.reduce((sum, value) => sum + value * value, 0);
    const share = from.reduce((sum, value, c) => sum + (color[c] - value) * along[c], 0) / length;
    const place = mix(from, to, Math.min(1, Math.max(0, share)));
    if (place.every((value, c) => Math.abs(value - color[c]) <= rounding))
      return hexOf(mix(...dark, Math.min(1, Math.max(0, share))));
  }
  return undefined;
}

/**
 * The colour on dark ground that takes the place of one on paper; `undefined` for one that no figure uses.
 *
 * @param color - `#RRGGBB`, `rgb(r, g, b)` or `rgba(r, g, b, a)`
 * @example
 * ```ts
 * darkColor('#222222'); // '#E6E8EB'
 * darkColor('rgba(255, 255, 255, 0.8)'); // 'rgba(20, 24, 29, 0.8)'
 * ```
 */
export function darkColor(color: string): string | undefined {
  const parts = /^rgba?\((\d+),\s*(\d+),\s*(\d+)(?:,\s*([\d.]+))?\)$/.exec(color);
  const channels =
    parts === null
      ? /^#[\dA-Fa-f]{6}$/.test(color)
        ? channelsOf(color)
        : undefined
      : (parts.slice(1, 4).map(Number) as unknown as Channels);
  if (channels === undefined) return undefined;
  const found = counterparts[hexOf(channels)] ?? fromScale(channels);
  const alpha = parts?.at(4);
  if (found === undefined || alpha === undefined) return found;
  return `rgba(${channelsOf(found).join(', ')}, ${alpha})`;
}

const isObject = (value: unknown): value is PlainObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Colours anywhere within what holds colours: one, a list, or the places and colours of a scale. */
function recolor(value: unknown): unknown {
  if (typeof value === 'string') return darkColor(value) ?? value;
  return Array.isArray(value) ? value.map(recolor) : value;
}

/** A part of a figure with its colours changed; numbers and texts are those of the original. */
function darken(part: PlainObject): PlainObject {
  return Object.fromEntries(
    Object.entries(part).map(([name, value]): [string, unknown] => {
      if (/color(scale)?$/.test(name) && !isObject(value)) return [name, recolor(value)];
      if (isObject(value)) return [name, darken(value)];
      // Lists of objects are annotations and shapes; all others are data, which may be long.
      return [name, Array.isArray(value) && isObject(value[0]) ? (value as PlainObject[]).map(darken) : value];
    }),
  );
}

/**
 * A figure for dark ground: the same in everything but its colours.
 *
 * @param figure - a figure of this library, which is not changed
 * @example
 * ```ts
 * darkFigure(buildFigure(fit, 'frontier')).layout.paper_bgcolor; // '#14181D'
 * ```
 */
export function darkFigure({ data, layout, config }: Figure): Figure {
  return { data: data.map(darken), layout: darken(layout), config };
}
