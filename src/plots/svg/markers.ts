import type { PlainObject } from '../figure.ts';
import { palette } from '../theme.ts';
import { colorAt, colorScaleOf, paint } from './color.ts';
import { element, pathOf } from './markup.ts';
import { listOf, numberOf, numbersOf, objectOf, textOf, textsOf, unsupported } from './read.ts';

/** Corners of a symbol of size 2 about the origin, x and y by turns; areas are about that of the circle, as Plotly's. */
const corners: Readonly<Record<string, readonly number[] | undefined>> = {
  square: [-1, -1, 1, -1, 1, 1, -1, 1],
  diamond: [0, -1.3, 1.3, 0, 0, 1.3, -1.3, 0],
  'triangle-up': [-1.15, 0.58, 1.15, 0.58, 0, -1.15],
  star: Array.from({ length: 20 }, (_, k) => {
    const angle = ((k >> 1) * Math.PI) / 5 - Math.PI / 2;
    const radius = (k >> 1) % 2 === 0 ? 1.4 : 0.55;
    return radius * (k % 2 === 0 ? Math.cos(angle) : Math.sin(angle));
  }),
  'triangle-down': [-1.15, -0.58, 1.15, -0.58, 0, 1.15],
};

/** Ends of the strokes of symbols that have no area. */
const strokes: Readonly<Record<string, readonly number[] | undefined>> = {
  'cross-thin': [-1, 0, 1, 0, NaN, NaN, 0, -1, 0, 1],
  'x-thin': [-0.8, -0.8, 0.8, 0.8, NaN, NaN, -0.8, 0.8, 0.8, -0.8],
};
const sameSymbol: Readonly<Record<string, string | undefined>> = { cross: 'cross-thin', x: 'x-thin' };

interface Style {
  readonly symbol: string;
  readonly size: number;
  readonly color: string;
}

/** The numbers of a marker at each point: one for all, or a list. */
function perPoint(marker: PlainObject, name: string, fallback: number): (i: number) => number {
  if (listOf(marker, name) === undefined) {
    const value = numberOf(marker, name, fallback);
    return () => value;
  }
  const values = numbersOf(marker, name);
  return (i) => values[i];
}

/** The color of each point: one for all, a list of colors, or numbers on a scale. */
function colorOf(marker: PlainObject): (i: number) => string {
  const { color } = marker;
  if (!Array.isArray(color)) {
    const single = textOf(marker, 'color', palette.data);
    return () => single;
  }
  if (color.some((value) => typeof value === 'string')) {
    const colors = textsOf(marker, 'color', color.length);
    return (i) => colors[i];
  }
  const values = numbersOf(marker, 'color');
  const [low, high] = colorRange(marker);
  const scale = colorScaleOf(marker);
  return (i) => (Number.isFinite(values[i]) ? colorAt(scale, (values[i] - low) / (high - low)) : palette.muted);
}

/** Values at the ends of a marker's color scale. */
export function colorRange(marker: PlainObject): [number, number] {
  const values = numbersOf(marker, 'color').filter(Number.isFinite);
  return [
    numberOf(marker, 'cmin', undefined) ?? values.reduce((a, b) => Math.min(a, b), Infinity),
    numberOf(marker, 'cmax', undefined) ?? values.reduce((a, b) => Math.max(a, b), -Infinity),
  ];
}

/** The look of each marker of a trace. */
export function markerStyles(marker: PlainObject): (i: number) => Style {
  const size = perPoint(marker, 'size', 6);
  const color = colorOf(marker);
  const symbols = listOf(marker, 'symbol') === undefined ? undefined : textsOf(marker, 'symbol', 0);
  const symbol = textOf(marker, 'symbol', 'circle');
  return (i) => ({ symbol: symbols?.[i] ?? symbol, size: size(i), color: color(i) });
}

/** The shape of a symbol at a place, and its colors. */
interface Drawn {
  readonly shape: string;
  readonly look: Readonly<Record<string, string | undefined>>;
}

function drawSymbol({ symbol, size, color }: Style, x: number, y: number, line: PlainObject): Drawn {
  const isOpen = symbol.endsWith('-open');
  const name = symbol.replace(/-open$/, '');
  const half = size / 2;
  const width = numberOf(line, 'width', isOpen ? 1 : 0);
  const stroke =
    width > 0
      ? { ...paint('stroke', isOpen ? color : textOf(line, 'color', palette.ink)), 'stroke-width': String(width) }
      : {};
  const look = { ...(isOpen ? { fill: 'none' } : paint('fill', color)), ...stroke };
  if (name === 'circle') return { shape: element('circle', { cx: x, cy: y, r: half }), look };
  const thin = strokes[sameSymbol[name] ?? name];
  const points = thin ?? corners[name] ?? unsupported('the marker symbol', symbol);
  const xs = points.filter((_, k) => k % 2 === 0).map((u) => x + half * u);
  const ys = points.filter((_, k) => k % 2 === 1).map((v) => y + half * v);
  if (thin === undefined) return { shape: element('path', { d: pathOf(xs, ys, true) }), look };
  const strokeWidth = String(Math.max(1.5, width));
  return {
    shape: element('path', { d: pathOf(xs, ys) }),
    look: { ...paint('stroke', color), 'stroke-width': strokeWidth },
  };
}

/**
 * The markers of a trace.
 *
 * @param x - pixels; what is not finite is not drawn
 */
export function drawMarkers(x: ArrayLike<number>, y: ArrayLike<number>, trace: PlainObject): string {
  const marker = objectOf(trace, 'marker');
  const line = objectOf(marker, 'line');
  const style = markerStyles(marker);
  const opacity = numberOf(marker, 'opacity', 1) * numberOf(trace, 'opacity', 1);
  // Neighbours that look alike share a group, which says once how they look.
  const groups: { look: Drawn['look']; key: string; shapes: string }[] = [];
  for (let i = 0; i < x.length; i++) {
    if (!Number.isFinite(x[i] + y[i])) continue;
    const { shape, look } = drawSymbol(style(i), x[i], y[i], line);
    const key = JSON.stringify(look);
    const last = groups.at(-1);
    if (last?.key === key) last.shapes += shape;
    else groups.push({ look, key, shapes: shape });
  }
  const symbols = groups.map(({ look, shapes }) => element('g', look, shapes)).join('');
  if (opacity === 1 || symbols === '') return symbols;
  // Not the opacity of a group as a whole, under which markers would not show through each other.
  return element('g', { 'fill-opacity': String(opacity), 'stroke-opacity': String(opacity) }, symbols);
}
