import type { PlainObject } from '../figure.ts';
import { palette, theme } from '../theme.ts';
import { linearTicks } from '../axis.ts';
import { colorScaleOf, hexOf, paint, type ColorScale } from './color.ts';
import { gridRange } from './grid.ts';
import { colorRange, drawMarkers, markerStyles } from './markers.ts';
import { element } from './markup.ts';
import { fontOf } from './axis.ts';
import { listOf, numberOf, numbersOf, objectOf, textOf, textsOf } from './read.ts';
import { lineHeight, readLines, textBlock, textWidth, type Font } from './richText.ts';
import { modesOf, strokeOf } from './scatter.ts';

interface Entry {
  readonly trace: PlainObject;
  readonly label: string;
  readonly width: number;
}

/** Lines of the legend, each centered. */
export interface Legend {
  readonly rows: readonly (readonly Entry[])[];
  readonly height: number;
  readonly font: Font;
}

/** Width of the little picture of a trace, the gap behind it, and the gap between entries. */
const sample = { width: 28, gap: 6, apart: 18 };

/** Grids speak through their color bar. */
const isListed = (trace: PlainObject): boolean =>
  trace.showlegend !== false &&
  trace.visible !== false &&
  (trace.showlegend === true || (trace.type !== 'contour' && trace.type !== 'heatmap')) &&
  textOf(trace, 'name', '') !== '';

/** The entries of the legend in lines no wider than `width`; as in Plotly, a single trace has none unless it asks for it. */
export function readLegend(
  traces: readonly PlainObject[],
  layout: PlainObject,
  figureFont: Font,
  width: number,
): Legend {
  const font = fontOf(objectOf(objectOf(layout, 'legend'), 'font'), figureFont);
  const listed = traces.filter(isListed);
  const hasLegend =
    layout.showlegend !== false &&
    (layout.showlegend === true || listed.length > 1 || listed.some((trace) => trace.showlegend === true));
  const groups = new Set<string>();
  const entries = (hasLegend ? listed : [])
    .filter((trace) => {
      const group = textOf(trace, 'legendgroup', '');
      if (group === '' || trace.showlegend === true) return true;
      const isFirst = !groups.has(group);
      groups.add(group);
      return isFirst;
    })
    .map((trace): Entry => {
      const label = textOf(trace, 'name', '');
      return { trace, label, width: sample.width + sample.gap + textWidth(label, font) };
    });
  const rows: Entry[][] = [];
  let used = Infinity;
  for (const entry of entries) {
    if (used + sample.apart + entry.width > width) {
      rows.push([]);
      used = -sample.apart;
    }
    rows[rows.length - 1].push(entry);
    used += sample.apart + entry.width;
  }
  return { rows, font, height: rows.length * lineHeight * font.size * 1.15 };
}

/** Draws the legend, centered at `x`, from `top` on. */
export function drawLegend({ rows, font }: Legend, x: number, top: number): string {
  const step = lineHeight * font.size * 1.15;
  return rows
    .map((row, k) => {
      const total = row.reduce((sum, { width }) => sum + width + sample.apart, -sample.apart);
      let left = x - total / 2;
      const y = top + (k + 0.5) * step;
      return row
        .map(({ trace, label, width }) => {
          const start = left;
          left += width + sample.apart;
          const textX = start + sample.width + sample.gap;
          const text = textBlock(readLines(label), font, { x: textX, y, anchor: 'start', vertical: 'middle' });
          return drawSample(trace, start, y) + text;
        })
        .join('');
    })
    .join('');
}

/** The little picture of a trace. */
function drawSample(trace: PlainObject, x: number, y: number): string {
  const modes = modesOf(trace);
  const hasFill = textOf(trace, 'fill', 'none') !== 'none';
  const fill = hasFill
    ? element('rect', {
        x,
        y: y - 6,
        width: sample.width,
        height: 12,
        ...paint('fill', textOf(trace, 'fillcolor', palette.band)),
      })
    : '';
  const hasLine = modes.has('lines') && numberOf(objectOf(trace, 'line'), 'width', 2) > 0;
  const line = hasLine
    ? element('path', { d: `M${String(x)} ${String(y)}h${String(sample.width)}`, ...strokeOf(trace) })
    : '';
  return fill + line + (modes.has('markers') ? drawMarkers([x + sample.width / 2], [y], oneMarker(trace)) : '');
}

/** The trace with the looks of its middle marker, which stands for all. */
function oneMarker(trace: PlainObject): PlainObject {
  const marker = objectOf(trace, 'marker');
  const count = Math.max(listOf(marker, 'color')?.length ?? 1, listOf(marker, 'symbol')?.length ?? 1);
  const style = markerStyles(marker)(count >> 1);
  // A marker of the size that some points have would be lost or burst the line.
  return { ...trace, marker: { ...marker, ...style, size: Math.min(10, Math.max(6, style.size)) } };
}

/** A color bar: its scale and its ticks as shares of its length. */
export interface ColorBar {
  readonly scale: ColorScale;
  readonly ticks: readonly { readonly share: number; readonly label: string }[];
  readonly title: string;
  readonly font: Font;
  readonly titleFont: Font;
  /** Room that it takes beside the frame. */
  readonly width: number;
}

const bar = { apart: 14, thickness: 14 };

/** The color bar of a trace, or `null` when it shows none. */
export function readColorBar(trace: PlainObject, figureFont: Font): ColorBar | null {
  const isGrid = trace.type === 'heatmap' || trace.type === 'contour';
  const owner = isGrid ? trace : objectOf(trace, 'marker');
  const hasColors = objectOf(trace, 'contours').coloring !== 'none';
  const shown = isGrid ? trace.showscale !== false && hasColors : owner.showscale !== false && 'colorbar' in owner;
  if (!shown || trace.visible === false) return null;
  const layout = objectOf(owner, 'colorbar');
  const [low, high] = isGrid ? gridRange(trace) : colorRange(owner);
  const given = listOf(layout, 'tickvals') === undefined ? linearTicks(low, high, 6) : numbersOf(layout, 'tickvals');
  const labels =
    listOf(layout, 'ticktext') === undefined ? given.map(String) : textsOf(layout, 'ticktext', given.length);
  const font = fontOf(objectOf(layout, 'tickfont'), figureFont);
  const titleLayout = objectOf(layout, 'title');
  const titleFont = fontOf(objectOf(titleLayout, 'font'), { ...figureFont, size: theme.axisTitle.font.size });
  const title = textOf(titleLayout, 'text', '');
  const labelWidth = Math.max(0, ...labels.map((label) => textWidth(label, font)));
  return {
    scale: colorScaleOf(owner),
    ticks: given
      .map((value, k) => ({ share: (value - low) / (high - low), label: labels[k] }))
      .filter(({ share }) => share >= -1e-9 && share <= 1 + 1e-9),
    title,
    font,
    titleFont,
    width: bar.apart + bar.thickness + 5 + labelWidth + (title === '' ? 0 : 4 + lineHeight * titleFont.size),
  };
}

/** Draws a color bar beside the frame, from `top` to `bottom`. */
export function drawColorBar(colorBar: ColorBar, x: number, top: number, bottom: number, id: string): string {
  const { scale, ticks, font, title, titleFont, width } = colorBar;
  const left = x + bar.apart;
  const height = bottom - top;
  const stops = scale
    .map(({ place, color }) => element('stop', { offset: String(place), 'stop-color': hexOf(color) }))
    .join('');
  const gradient = element('linearGradient', { id, x1: 0, y1: 1, x2: 0, y2: 0 }, stops);
  const swatch = element('rect', { x: left, y: top, width: bar.thickness, height, fill: `url(#${id})` });
  const labels = ticks.map(({ share, label }) =>
    textBlock(readLines(label), font, {
      x: left + bar.thickness + 5,
      y: bottom - share * height,
      anchor: 'start',
      vertical: 'middle',
    }),
  );
  const heading =
    title === ''
      ? ''
      : textBlock(readLines(title), titleFont, {
          x: x + width,
          y: (top + bottom) / 2,
          anchor: 'middle',
          vertical: 'top',
          rotate: 90,
        });
  return gradient + swatch + labels.join('') + heading;
}
