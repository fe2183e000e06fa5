import type { PlainObject } from '../figure.ts';
import { palette } from '../theme.ts';
import type { Axis } from './axis.ts';
import { fontOf } from './axis.ts';
import { paint } from './color.ts';
import { element, pathOf } from './markup.ts';
import { numberOf, objectOf, textOf, unsupported } from './read.ts';
import { lineHeight, lineWidth, readLines, textBlock, type Font } from './richText.ts';
import { dashOf } from './scatter.ts';

/** The frame and its axes, by the names that shapes and annotations use. */
export interface Frame {
  readonly axes: ReadonlyMap<string, Axis>;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** The pixel of a coordinate of a shape or an annotation, on an axis or as a share of the frame. */
function place(owner: PlainObject, name: string, reference: 'x' | 'y', frame: Frame, isNote: boolean): number {
  const target = textOf(owner, `${reference}ref`, reference);
  const value = owner[name];
  if (target === 'paper') {
    const share = typeof value === 'number' ? value : 0;
    return reference === 'x'
      ? frame.left + share * (frame.right - frame.left)
      : frame.bottom + share * (frame.top - frame.bottom);
  }
  const [id, domain] = target.split(' ');
  const axis = frame.axes.get(id) ?? unsupported('a place on', target);
  const share =
    domain === 'domain' && typeof value === 'number' ? value : (isNote ? axis.noteShare : axis.share)(value);
  return axis.from + share * (axis.to - axis.from);
}

/** A line or a rectangle. */
export function drawShape(shape: PlainObject, frame: Frame): string {
  const [x0, x1] = ['x0', 'x1'].map((name) => place(shape, name, 'x', frame, false));
  const [y0, y1] = ['y0', 'y1'].map((name) => place(shape, name, 'y', frame, false));
  const line = objectOf(shape, 'line');
  const opacity = numberOf(shape, 'opacity', 1);
  const width = numberOf(line, 'width', 2);
  const stroke =
    width > 0
      ? {
          ...paint('stroke', textOf(line, 'color', palette.ink), opacity),
          'stroke-width': String(width),
          'stroke-dasharray': dashOf(line),
        }
      : {};
  const kind = textOf(shape, 'type', 'rect');
  if (kind === 'line') return element('line', { x1: x0, y1: y0, x2: x1, y2: y1, ...stroke });
  if (kind !== 'rect') return unsupported('a shape of type', kind);
  return element('rect', {
    x: Math.min(x0, x1),
    y: Math.min(y0, y1),
    width: Math.abs(x1 - x0),
    height: Math.abs(y1 - y0),
    ...paint('fill', textOf(shape, 'fillcolor', 'none'), opacity),
    ...stroke,
  });
}

/** Space around a text on a background. */
const padding = 2;

/** A text in or beside the frame, with a line to its point where it has an arrow. */
export function drawAnnotation(note: PlainObject, frame: Frame, figureFont: Font): string {
  const font = fontOf(objectOf(note, 'font'), figureFont);
  const lines = readLines(textOf(note, 'text', ''));
  const point = { x: place(note, 'x', 'x', frame, true), y: place(note, 'y', 'y', frame, true) };
  const hasArrow = note.showarrow !== false;
  const width = Math.max(...lines.map((line) => lineWidth(line, font)));
  const height = lines.length * lineHeight * font.size;
  const xanchor = textOf(note, 'xanchor', 'center');
  const shift = numberOf(note, 'xshift', 0);
  // A note that the frame would cut goes to the other side of its point.
  const room = width + 2 * padding;
  const isCutLeft = xanchor === 'right' && point.x + shift - room < frame.left;
  const isCutRight = xanchor === 'left' && point.x + shift + room > frame.right && point.x - shift - room > frame.left;
  const isCut = isCutLeft || isCutRight;
  const side = isCut ? -1 : 1;
  const x = point.x + side * shift + (hasArrow ? numberOf(note, 'ax', -10) : 0);
  // Shifts go up, as the axis does, and arrows go down, as pixels do.
  const y = point.y - side * numberOf(note, 'yshift', 0) + (hasArrow ? numberOf(note, 'ay', -30) : 0);
  if (!Number.isFinite(x + y)) return '';
  const horizontal = isCutLeft ? 'left' : isCutRight ? 'right' : xanchor;
  const yanchor = textOf(note, 'yanchor', 'middle');
  const vertical = isCutLeft && yanchor === 'bottom' ? 'top' : yanchor;
  const left = horizontal === 'left' ? x + padding : horizontal === 'right' ? x - width - padding : x - width / 2;
  const wanted = vertical === 'top' ? y + padding : vertical === 'bottom' ? y - height - padding : y - height / 2;
  // What belongs to a place among the data stays within the frame; notes on the frame stand where they are told.
  const isAmongData = /^y\d*$/.test(textOf(note, 'yref', 'y'));
  const top = isAmongData
    ? Math.max(frame.top + padding / 2, Math.min(frame.bottom - height - padding / 2, wanted))
    : wanted;
  const background = textOf(note, 'bgcolor', '');
  const box =
    background === ''
      ? ''
      : element('rect', {
          x: left - padding,
          y: top - padding / 2,
          width: width + 2 * padding,
          height: height + padding,
          ...paint('fill', background),
        });
  const arrow = hasArrow
    ? element('path', {
        d: pathOf([x, point.x], [y, point.y]),
        ...paint('stroke', textOf(note, 'arrowcolor', palette.muted)),
      })
    : '';
  const align = textOf(note, 'align', 'center');
  const anchor = align === 'left' ? 'start' : align === 'right' ? 'end' : 'middle';
  const at = anchor === 'start' ? left : anchor === 'end' ? left + width : left + width / 2;
  return arrow + box + textBlock(lines, font, { x: at, y: top, anchor, vertical: 'top' });
}
