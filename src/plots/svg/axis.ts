import { linearTicks, logTicks } from '../axis.ts';
import type { PlainObject } from '../figure.ts';
import { palette, theme } from '../theme.ts';
import { element } from './markup.ts';
import { listOf, numberOf, numbersOf, objectOf, textOf, textsOf, unsupported } from './read.ts';
import { lineHeight, readLines, textBlock, textWidth, wrapLines, type Font, type Line } from './richText.ts';

/** A tick: the number or the category it stands at, and its label. */
interface Tick {
  readonly value: unknown;
  readonly label: string;
}

/** What an axis is before its length in pixels is known. */
export interface AxisSpec {
  /** `x`, `y2` and so on, as traces name it. */
  readonly id: string;
  readonly isVertical: boolean;
  /** Place of a value between the ends of the axis, 0 to 1; NaN where it has none. */
  readonly share: (value: unknown) => number;
  /** The same for annotations, which take log10 on a logarithmic axis. */
  readonly noteShare: (value: unknown) => number;
  readonly ticks: readonly Tick[];
  readonly showLabels: boolean;
  readonly tickFont: Font;
  readonly title: Line[];
  readonly titleFont: Font;
  /** Ends of the axis as shares of the drawing. */
  readonly domain: readonly [number, number];
  /** The axis that this one crosses. */
  readonly anchor: string;
  readonly layout: PlainObject;
}

/** An axis in pixels. */
export interface Axis extends AxisSpec {
  readonly from: number;
  readonly to: number;
  readonly at: (value: unknown) => number;
}

const isPair = (values: readonly number[]): values is [number, number] =>
  values.length === 2 && values.every(Number.isFinite);

const pairOf = (parent: PlainObject, name: string): [number, number] | undefined => {
  const values = numbersOf(parent, name);
  return isPair(values) ? values : undefined;
};

/** Font of a title or of ticks, with the figure's own as the default. */
export function fontOf(parent: PlainObject, fallback: Font): Font {
  return { ...fallback, size: numberOf(parent, 'size', fallback.size), color: textOf(parent, 'color', fallback.color) };
}

/** Ends of an axis that states none: those of the data, with some air. */
function dataRange(values: readonly number[], isLog: boolean): [number, number] {
  const usable = values.filter((value) => Number.isFinite(value) && (!isLog || value > 0));
  if (usable.length === 0) return [0, 1];
  const low = usable.reduce((a, b) => Math.min(a, b), Infinity);
  const high = usable.reduce((a, b) => Math.max(a, b), -Infinity);
  const [from, to] = isLog ? [Math.log10(low), Math.log10(high)] : [low, high];
  const air = 0.05 * (to - from) || 0.5;
  return [from - air, to + air];
}

/**
 * Reads an axis of a layout.
 *
 * @param id - as traces name it: `x`, `x2`, `y`
 * @param layout - the axis' part of the layout
 * @param font - the figure's own font
 * @param data - what the traces of this axis hold, for an axis without a range or with categories
 */
export function readAxis(id: string, layout: PlainObject, font: Font, data: readonly unknown[]): AxisSpec {
  const isVertical = id.startsWith('y');
  const isCategory = textOf(layout, 'type', '') === 'category' || data.some((value) => typeof value === 'string');
  const kind = isCategory ? 'category' : textOf(layout, 'type', 'linear');
  if (kind !== 'category' && kind !== 'log' && kind !== 'linear') return unsupported('an axis of type', kind);
  const categories = [...new Set([...(listOf(layout, 'categoryarray') ?? []), ...data])];
  const numbers = data.filter((value) => typeof value === 'number');
  const range = ((): [number, number] => {
    const given = pairOf(layout, 'range');
    if (given !== undefined) return given;
    const found: [number, number] =
      kind === 'category' ? [-0.5, categories.length - 0.5] : dataRange(numbers, kind === 'log');
    return layout.autorange === 'reversed' ? [found[1], found[0]] : found;
  })();
  const [low, high] = range;
  const noteShare = (value: unknown): number =>
    typeof value === 'number' ? (value - low) / (high - low) : (categories.indexOf(value) - low) / (high - low);
  const share = (value: unknown): number => {
    if (kind === 'category') return categories.includes(value) ? noteShare(categories.indexOf(value)) : NaN;
    return typeof value === 'number' ? noteShare(kind === 'log' ? Math.log10(value) : value) : NaN;
  };
  const title = objectOf(layout, 'title');
  return {
    id,
    isVertical,
    share,
    noteShare,
    ticks: ticksOf(layout, kind, range, categories),
    showLabels: layout.showticklabels !== false,
    tickFont: fontOf(objectOf(layout, 'tickfont'), font),
    title: textOf(title, 'text', '') === '' ? [] : readLines(textOf(title, 'text', '')),
    titleFont: fontOf(objectOf(title, 'font'), { ...font, size: theme.axisTitle.font.size }),
    domain: pairOf(layout, 'domain') ?? [0, 1],
    anchor: textOf(layout, 'anchor', isVertical ? id.replace('y', 'x') : id.replace('x', 'y')),
    layout,
  };
}

function ticksOf(
  layout: PlainObject,
  kind: 'category' | 'log' | 'linear',
  range: readonly [number, number],
  categories: readonly unknown[],
): Tick[] {
  const suffix = textOf(layout, 'ticksuffix', '');
  if (kind === 'category') return categories.map((value) => ({ value, label: String(value) + suffix }));
  const [low, high] = range[0] < range[1] ? range : [range[1], range[0]];
  const [from, to] = kind === 'log' ? [10 ** low, 10 ** high] : [low, high];
  const given = listOf(layout, 'tickvals') === undefined ? undefined : numbersOf(layout, 'tickvals');
  const values = given ?? (kind === 'log' ? logTicks(from, to) : linearTicks(from, to));
  const labels = listOf(layout, 'ticktext') === undefined ? undefined : textsOf(layout, 'ticktext', values.length);
  return values
    .map((value, k) => ({ value, label: labels?.[k] ?? `${String(value).replace('e+', 'e')}${suffix}` }))
    .filter(({ value }) => value >= from - 1e-9 * (to - from) && value <= to + 1e-9 * (to - from));
}

const tickLength = 5;
const labelGap = 3;

/** Height (of a horizontal axis) or width (of a vertical one) of the labels, without the title. */
function labelExtent(axis: AxisSpec): number {
  if (!axis.showLabels) return 0;
  const { size } = axis.tickFont;
  return axis.isVertical
    ? Math.max(0, ...axis.ticks.map(({ label }) => textWidth(label, axis.tickFont)))
    : Math.max(0, ...axis.ticks.map(({ label }) => readLines(label).length)) * lineHeight * size;
}

/** Room between an axis and its title. */
const titleGap = 6;

/** Room that ticks, labels and title take beside the frame. */
export function axisRoom(axis: AxisSpec, length: number): number {
  const title = wrapLines(axis.title, length, axis.titleFont);
  const titleRoom = title.length === 0 ? 0 : titleGap + title.length * lineHeight * axis.titleFont.size;
  return (axis.showLabels ? tickLength + labelGap + labelExtent(axis) : tickLength) + titleRoom;
}

/** Puts an axis between two pixels; a vertical one rises upwards. */
export function placeAxis(spec: AxisSpec, start: number, length: number): Axis {
  const [a, b] = spec.domain;
  const from = spec.isVertical ? start + (1 - a) * length : start + a * length;
  const to = spec.isVertical ? start + (1 - b) * length : start + b * length;
  return { ...spec, from, to, at: (value) => from + spec.share(value) * (to - from) };
}

/** Grid lines and the zero line, behind the traces. */
export function drawGrid(axis: Axis, across: Axis): string {
  const { layout } = axis;
  const line = (value: unknown, color: string, width: number): string => {
    const at = axis.at(value);
    const ends = axis.isVertical
      ? { x1: across.from, x2: across.to, y1: at, y2: at }
      : { x1: at, x2: at, y1: across.from, y2: across.to };
    return element('line', { ...ends, stroke: color, 'stroke-width': String(width) });
  };
  const color = textOf(layout, 'gridcolor', palette.grid);
  const grid = layout.showgrid === false ? '' : axis.ticks.map(({ value }) => line(value, color, 1)).join('');
  const zero = axis.share(0);
  const hasZero = layout.zeroline === true && zero >= 0 && zero <= 1;
  const zeroColor = textOf(layout, 'zerolinecolor', palette.muted);
  return grid + (hasZero ? line(0, zeroColor, numberOf(layout, 'zerolinewidth', 1)) : '');
}

/** The axis line, ticks, labels and title, beside the frame. */
export function drawAxis(axis: Axis, across: Axis): string {
  const { layout, isVertical } = axis;
  const base = across.from;
  const outwards = isVertical ? -1 : 1;
  const color = textOf(layout, 'linecolor', palette.muted);
  const segment = (along: readonly [number, number], beside: readonly [number, number]): string =>
    element('line', {
      x1: isVertical ? beside[0] : along[0],
      x2: isVertical ? beside[1] : along[1],
      y1: isVertical ? along[0] : beside[0],
      y2: isVertical ? along[1] : beside[1],
      stroke: color,
    });
  const line = layout.showline === false ? '' : segment([axis.from, axis.to], [base, base]);
  const ticks =
    layout.ticks === 'outside'
      ? axis.ticks
          .map(({ value }) => segment([axis.at(value), axis.at(value)], [base, base + outwards * tickLength]))
          .join('')
      : '';
  const labels = axis.showLabels
    ? thinned(axis)
        .map(({ value, label }) => {
          const at = axis.at(value);
          const beside = base + outwards * (tickLength + labelGap);
          return textBlock(
            readLines(label),
            axis.tickFont,
            isVertical
              ? { x: beside, y: at, anchor: 'end', vertical: 'middle' }
              : { x: at, y: beside, anchor: 'middle', vertical: 'top' },
          );
        })
        .join('')
    : '';
  return line + ticks + labels + drawTitle(axis, base);
}

function drawTitle(axis: Axis, base: number): string {
  if (axis.title.length === 0) return '';
  const { isVertical, titleFont, from, to } = axis;
  const lines = wrapLines(axis.title, Math.abs(to - from), titleFont);
  const beside = tickLength + (axis.showLabels ? labelGap + labelExtent(axis) : 0) + titleGap;
  const middle = (from + to) / 2;
  return isVertical
    ? textBlock(lines, titleFont, { x: base - beside, y: middle, anchor: 'middle', vertical: 'bottom', rotate: -90 })
    : textBlock(lines, titleFont, { x: middle, y: base + beside, anchor: 'middle', vertical: 'top' });
}

/** How far the labels of a horizontal axis reach to the right. */
export const labelsEnd = (axis: Axis): number =>
  axis.showLabels
    ? Math.max(0, ...thinned(axis).map(({ value, label }) => axis.at(value) + textWidth(label, axis.tickFont) / 2))
    : 0;

/** Every k-th label, with the least k at which no two of them touch. */
function thinned(axis: Axis): readonly Tick[] {
  const { size } = axis.tickFont;
  const half = (label: string): number =>
    axis.isVertical ? 0.5 * lineHeight * size : textWidth(label, axis.tickFont) / 2 + 3;
  for (let stride = 1; stride < axis.ticks.length; stride++) {
    const kept = axis.ticks.filter((_, k) => k % stride === 0);
    const clear = kept.every(
      ({ value, label }, k) =>
        k === 0 || Math.abs(axis.at(value) - axis.at(kept[k - 1].value)) >= half(label) + half(kept[k - 1].label),
    );
    if (clear) return kept;
  }
  return axis.ticks.slice(0, 1);
}
