import type { PlainObject } from '../figure.ts';
import { palette } from '../theme.ts';
import type { Axis } from './axis.ts';
import { fontOf } from './axis.ts';
import { paint } from './color.ts';
import { drawMarkers } from './markers.ts';
import { element, pathOf } from './markup.ts';
import { listOf, numberOf, numbersOf, objectOf, textOf, textsOf, unsupported } from './read.ts';
import { lineHeight, readLines, textBlock, textWidth, type Font, type Placement } from './richText.ts';

/** What a trace is drawn on. */
export interface Panel {
  readonly x: Axis;
  readonly y: Axis;
}

/** The layers of a trace: what the frame cuts off, and what may lie beyond it. */
export interface Layers {
  readonly inside: string;
  readonly beyond: string;
}

const dashes: Readonly<Record<string, string | undefined>> = {
  solid: 'none',
  dash: '9 5',
  dot: '2 3',
  dashdot: '9 4 2 4',
  longdash: '14 6',
  longdashdot: '14 5 2 5',
};

/** Dashes of a line, for widths of about 2. */
export function dashOf(line: PlainObject): string | undefined {
  const name = textOf(line, 'dash', 'solid');
  const dash = dashes[name] ?? unsupported('the dash', name);
  return dash === 'none' ? undefined : dash;
}

/** Color and width of a trace's line as attributes. */
export function strokeOf(trace: PlainObject): Record<string, string | undefined> {
  const line = objectOf(trace, 'line');
  return {
    fill: 'none',
    ...paint('stroke', textOf(line, 'color', palette.data), numberOf(trace, 'opacity', 1)),
    'stroke-width': String(numberOf(line, 'width', 2)),
    'stroke-dasharray': dashOf(line),
    'stroke-linejoin': 'round',
  };
}

/** The parts of a trace: lines unless it says otherwise. */
export const modesOf = (trace: PlainObject): Set<string> => new Set(textOf(trace, 'mode', 'lines').split('+'));

/** Points in pixels. */
export function pixelsOf(trace: PlainObject, { x, y }: Panel): { x: Float64Array; y: Float64Array } {
  return {
    x: Float64Array.from(listOf(trace, 'x') ?? [], (value) => x.at(value)),
    y: Float64Array.from(listOf(trace, 'y') ?? [], (value) => y.at(value)),
  };
}

/** The corners of a step line; other lines are as they are. */
function stepped(points: { x: Float64Array; y: Float64Array }, shape: string): { x: number[]; y: number[] } {
  const [x, y] = [Array.from(points.x), Array.from(points.y)];
  if (shape === 'linear') return { x, y };
  if (shape !== 'hv' && shape !== 'vh') return unsupported('the line shape', shape);
  return {
    x: x.flatMap((value, i) => (i === 0 ? [value] : [shape === 'hv' ? value : x[i - 1], value])),
    y: y.flatMap((value, i) => (i === 0 ? [value] : [shape === 'hv' ? y[i - 1] : value, value])),
  };
}

/**
 * Draws a trace of points and lines.
 *
 * @param before - pixels of the trace before it on the same panel, down to which `tonexty` fills
 * @param drawn - texts of the panel so far
 */
export function drawScatter(
  trace: PlainObject,
  panel: Panel,
  font: Font,
  before: { readonly x: Float64Array; readonly y: Float64Array } | undefined,
  drawn: PlacedText[],
): Layers {
  const modes = modesOf(trace);
  const points = pixelsOf(trace, panel);
  const line = stepped(points, textOf(objectOf(trace, 'line'), 'shape', 'linear'));
  const fill = drawFill(trace, line, panel, before);
  const hasLine = modes.has('lines') && numberOf(objectOf(trace, 'line'), 'width', 2) > 0;
  const lines = hasLine ? element('path', { d: pathOf(line.x, line.y), ...strokeOf(trace) }) : '';
  const bars = errorBars(trace, points, panel);
  const markers = modes.has('markers') ? drawMarkers(points.x, points.y, trace) : '';
  const texts = modes.has('text') ? drawTexts(trace, points, panel, font, drawn).map(({ markup }) => markup) : [];
  if (trace.cliponaxis === false) return { inside: fill + bars, beyond: lines + markers + texts.join('') };
  return { inside: fill + bars + lines + markers + texts.join(''), beyond: '' };
}

function drawFill(
  trace: PlainObject,
  line: { readonly x: readonly number[]; readonly y: readonly number[] },
  { y }: Panel,
  before: { readonly x: Float64Array; readonly y: Float64Array } | undefined,
): string {
  const kind = textOf(trace, 'fill', 'none');
  if (kind === 'none') return '';
  const [x, heights] = [[...line.x], [...line.y]];
  if (kind === 'tonexty' && before !== undefined) {
    x.push(...Array.from(before.x).reverse());
    heights.push(...Array.from(before.y).reverse());
  } else if (kind === 'tozeroy') {
    const zero = Number.isFinite(y.at(0)) ? y.at(0) : y.from;
    x.push(line.x[line.x.length - 1], line.x[0]);
    heights.push(zero, zero);
  } else if (kind !== 'toself') return unsupported('the fill', kind);
  const color = textOf(trace, 'fillcolor', palette.band);
  return element('path', { d: pathOf(x, heights, true), ...paint('fill', color, numberOf(trace, 'opacity', 1)) });
}

/** Error bars with caps, along x and y. */
function errorBars(trace: PlainObject, points: { x: Float64Array; y: Float64Array }, panel: Panel): string {
  return (['x', 'y'] as const)
    .map((name) => {
      const bars = objectOf(trace, `error_${name}`);
      if (Object.keys(bars).length === 0 || bars.visible === false) return '';
      const kind = textOf(bars, 'type', 'data');
      if (kind !== 'data') return unsupported('error bars of type', kind);
      const axis = panel[name];
      const values = numbersOf(trace, name);
      const plus = numbersOf(bars, 'array');
      const minus = listOf(bars, 'arrayminus') === undefined ? plus : numbersOf(bars, 'arrayminus');
      const cap = numberOf(bars, 'width', 4);
      const [along, across]: number[][] = [[], []];
      for (const [i, value] of values.entries()) {
        // An error that reaches zero or below ends at the frame of a logarithmic axis.
        const low = axis.at(value - minus[i]);
        const ends = [Number.isFinite(low) ? low : axis.from, axis.at(value + plus[i])];
        const side = name === 'x' ? points.y[i] : points.x[i];
        along.push(ends[0], ends[0], NaN, ends[0], ends[1], NaN, ends[1], ends[1], NaN);
        across.push(side - cap, side + cap, NaN, side, side, NaN, side - cap, side + cap, NaN);
      }
      const color = textOf(bars, 'color', textOf(objectOf(trace, 'marker'), 'color', palette.data));
      return element('path', {
        d: name === 'x' ? pathOf(along, across) : pathOf(across, along),
        fill: 'none',
        ...paint('stroke', color),
        'stroke-width': String(numberOf(bars, 'thickness', 1.5)),
      });
    })
    .join('');
}

/** A text that stands in a panel already. */
export interface PlacedText {
  readonly left: number;
  readonly right: number;
  readonly y: number;
}

/**
 * The texts of a trace, and how far each reaches to the right.
 *
 * @param drawn - texts of the panel, to which these are added; none is drawn over another
 */
export function drawTexts(
  trace: PlainObject,
  points: { readonly x: Float64Array; readonly y: Float64Array },
  panel: Panel,
  figureFont: Font,
  drawn: PlacedText[],
): { readonly markup: string; readonly right: number }[] {
  const font = fontOf(objectOf(trace, 'textfont'), figureFont);
  const texts = textsOf(trace, 'text', points.x.length);
  const positions = textsOf(trace, 'textposition', points.x.length);
  const colors = textsOf(objectOf(trace, 'textfont'), 'color', points.x.length);
  const gap = modesOf(trace).has('markers') ? numberOf(objectOf(trace, 'marker'), 'size', 6) / 2 + 3 : 3;
  return texts.flatMap((text, i) => {
    const [x, y] = [points.x[i], points.y[i]];
    const isInside = (at: number, { from, to }: Axis): boolean =>
      at >= Math.min(from, to) - 0.5 && at <= Math.max(from, to) + 0.5;
    if (text.trim() === '' || !isInside(x, panel.x) || !isInside(y, panel.y)) return [];
    const [wanted, side] = (positions.at(i) ?? 'middle center').split(' ');
    const shown = text.trim();
    const width = textWidth(shown, font);
    const opposite = side === 'right' ? 'left' : side === 'left' ? 'right' : side;
    // In a small picture labels would lie on each other, and then none of them is read: one goes to the other side of its
    // point, or is left out.
    const others =
      wanted === 'top'
        ? [['bottom', opposite]]
        : wanted === 'middle'
          ? [
              ['top', side],
              ['bottom', side],
            ]
          : [];
    for (const [vertical, horizontal] of [[wanted, side], ...others]) {
      const anchor = horizontal === 'right' ? 'start' : horizontal === 'left' ? 'end' : 'middle';
      const placement: Placement = {
        x: x + (anchor === 'start' ? gap : anchor === 'end' ? -gap : 0),
        y: y + (vertical === 'top' ? -gap : vertical === 'bottom' ? gap : 0),
        anchor,
        vertical: vertical === 'top' ? 'bottom' : vertical === 'bottom' ? 'top' : 'middle',
      };
      const left = placement.x - (anchor === 'start' ? 0 : anchor === 'middle' ? width / 2 : width);
      const middle =
        (placement.vertical === 'top' ? 0.5 : placement.vertical === 'bottom' ? -0.5 : 0) * lineHeight * font.size;
      const place = { left, right: left + width, y: placement.y + middle };
      const isCovered = drawn.some(
        (other) =>
          Math.abs(other.y - place.y) < 0.95 * font.size && place.left < other.right && other.left < place.right,
      );
      if (isCovered) continue;
      drawn.push(place);
      const look = { ...font, color: colors.at(i) ?? font.color };
      return [{ markup: textBlock(readLines(shown), look, placement), right: place.right }];
    }
    return [];
  });
}
