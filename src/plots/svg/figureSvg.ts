import type { Figure, PlainObject } from '../figure.ts';
import { palette, theme } from '../theme.ts';
import { isScatter, panelOf, panelOn, readAxes } from './axes.ts';
import { axisRoom, drawAxis, drawGrid, labelsEnd, placeAxis, fontOf, type Axis, type AxisSpec } from './axis.ts';
import { paint } from './color.ts';
import { drawContour, drawShades } from './contour.ts';
import { drawHeatmap, isSmooth } from './grid.ts';
import { drawColorBar, drawLegend, readColorBar, readLegend } from './legend.ts';
import { drawAnnotation, drawShape, type Frame } from './marks.ts';
import { element, escapeXml } from './markup.ts';
import { numberOf, objectOf, objectsOf, textOf, unsupported } from './read.ts';
import { faceOf, lineHeight, plainText, readLines, textBlock, wrapLines, type Font } from './richText.ts';
import { drawScatter, drawTexts, modesOf, pixelsOf, type Layers, type PlacedText } from './scatter.ts';

/** Options of {@link figureSvg}. */
export interface FigureSvgOptions {
  /** Width in pixels (that of the figure's layout, else 900, unless given); text keeps its size, so a narrow picture holds larger letters. */
  readonly width?: number;
  /** Height in pixels (that of the figure's layout unless given). */
  readonly height?: number;
  /** What starts the names within the picture (`figure` unless given): pictures on one page need different ones. */
  readonly id?: string;
  /** What the picture shows, for readers who cannot see it. */
  readonly description?: string;
  /** Whether the second line of the title, with law and number of points, is drawn (unless said otherwise it is). */
  readonly showSubtitle?: boolean;
}

/** Room at the edges of the picture in pixels; in print the document has its own. */
const usualEdge = 12;

/** Lines of the title and how high they stand. */
interface Title {
  readonly markup: string;
  readonly text: string;
  readonly height: number;
}

function readTitle(layout: PlainObject, width: number, edge: number, showSubtitle: boolean, font: Font): Title {
  const title = objectOf(layout, 'title');
  const subtitle = objectOf(title, 'subtitle');
  const fonts = [
    fontOf(objectOf(title, 'font'), { ...font, size: 17, color: palette.ink }),
    fontOf(objectOf(subtitle, 'font'), { ...font, size: 12.5, color: palette.muted }),
  ];
  const texts = [textOf(title, 'text', ''), showSubtitle ? textOf(subtitle, 'text', '') : ''];
  let [markup, height] = ['', edge];
  for (const [k, text] of texts.entries()) {
    if (text === '') continue;
    const lines = wrapLines(readLines(text), width - 2 * edge, fonts[k]);
    markup += textBlock(lines, fonts[k], { x: edge, y: height, anchor: 'start', vertical: 'top' });
    height += lines.length * lineHeight * fonts[k].size;
  }
  // In print the title is left to the caption, and yet the picture has a name.
  const text = plainText(texts[0] === '' ? textOf(objectOf(layout, 'meta'), 'title', '') : texts[0]);
  return { markup, text, height: markup === '' ? height : height + 10 };
}

/** The texts that stand on each panel, by the names of its axes. */
function keepTexts(): (panel: string) => PlacedText[] {
  const all = new Map<string, PlacedText[]>();
  return (panel) => {
    const texts = all.get(panel) ?? [];
    all.set(panel, texts);
    return texts;
  };
}

/** Draws the traces in their order; `before` is the trace that a filled one may lean on. */
function drawTraces(
  traces: readonly PlainObject[],
  axes: ReadonlyMap<string, Axis>,
  font: Font,
  ground: string,
): Map<string, Layers[]> {
  const layers = new Map<string, Layers[]>();
  const last = new Map<string, { x: Float64Array; y: Float64Array }>();
  const textsOn = keepTexts();
  for (const trace of traces) {
    const panel = panelOf(trace, axes);
    const key = `${panel.x.id} ${panel.y.id}`;
    const kind = textOf(trace, 'type', 'scatter');
    let drawn: Layers;
    if (isScatter(trace)) {
      drawn = drawScatter(trace, panel, font, last.get(key), textsOn(key));
      last.set(key, pixelsOf(trace, panel));
    } else if (kind === 'contour') drawn = { inside: drawContour(trace, panel), beyond: '' };
    else if (kind === 'heatmap')
      drawn = {
        inside: isSmooth(trace) ? drawShades(trace, panel, ground) : drawHeatmap(trace, panel, font),
        beyond: '',
      };
    else return unsupported('a trace of type', kind);
    layers.set(key, [...(layers.get(key) ?? []), drawn]);
  }
  return layers;
}

const noteGap = 8;

/** Room for what stands above the frame: notes such as the headings of panels, and halves of labels. */
function noteRoom(layout: PlainObject, specs: ReadonlyMap<string, AxisSpec>, font: Font): number {
  const heights = objectsOf(layout, 'annotations')
    .filter((note) => {
      const [id, domain] = textOf(note, 'yref', 'y').split(' ');
      const isTop = id === 'paper' || (domain === 'domain' && specs.get(id)?.domain[1] === 1);
      return isTop && numberOf(note, 'y', 0) >= 1 && textOf(note, 'yanchor', 'middle') === 'bottom';
    })
    .map((note) => readLines(textOf(note, 'text', '')).length * lineHeight * fontOf(objectOf(note, 'font'), font).size);
  // They stand a little above the frame, and the labels of ticks at its top reach half their height beyond it.
  const labels = [...specs.values()].filter(({ isVertical, domain }) => isVertical && domain[1] === 1);
  return Math.max(0, ...heights.map((height) => height + noteGap), ...labels.map(({ tickFont }) => tickFont.size / 2));
}

/** How far the texts beside lines reach beyond the right edge. */
function overhang(traces: readonly PlainObject[], axes: ReadonlyMap<string, Axis>, right: number, font: Font): number {
  const textsOn = keepTexts();
  const ends = traces
    .filter((trace) => isScatter(trace) && modesOf(trace).has('text'))
    .flatMap((trace) => {
      const panel = panelOf(trace, axes);
      return drawTexts(trace, pixelsOf(trace, panel), panel, font, textsOn(`${panel.x.id} ${panel.y.id}`)).map(
        (text) => text.right,
      );
    });
  return Math.max(0, ...ends.map((end) => end - right));
}

/**
 * A figure as a picture in SVG, drawn without a browser. It draws what the figures of isoflop use of Plotly: points, lines,
 * bands, error bars, shaded planes, tables of cells, shapes, notes, legends and color bars on linear, logarithmic and
 * category axes, in one panel or several.
 *
 * @param figure - Plotly JSON
 * @returns the text of an SVG document, which may also stand within HTML
 * @throws {@link IsoflopError} `FIGURE_UNSUPPORTED` when the figure holds something else
 * @example
 * ```ts
 * const svg = figureSvg(buildFigure(fit, 'frontier'), { width: 640, height: 420 });
 * svg.startsWith('<svg xmlns="http://www.w3.org/2000/svg"'); // true
 * ```
 */
export function figureSvg(figure: Figure, options: FigureSvgOptions = {}): string {
  const { layout } = figure;
  const { id = 'figure', description = '', showSubtitle = true } = options;
  const meta = objectOf(layout, 'meta');
  const edge = numberOf(meta, 'edge', usualEdge);
  const width = options.width ?? numberOf(layout, 'width', 900);
  const fontLayout = objectOf(layout, 'font');
  const family = textOf(fontLayout, 'family', theme.font.family);
  const { size, color } = theme.font;
  const font = { ...fontOf(fontLayout, { size, color }), face: faceOf(family) };
  const traces = figure.data.filter((trace) => trace.visible !== false && trace.visible !== 'legendonly');
  const title = readTitle(layout, width, edge, showSubtitle, font);
  const specs = readAxes(traces, layout, font);
  const legend = readLegend(traces, layout, font, width - 2 * edge);
  const height = options.height ?? numberOf(layout, 'height', 560) + (meta.grows === true ? legend.height : 0);
  const bars = traces.map((trace) => readColorBar(trace, font)).filter((bar) => bar !== null);
  const aboveFrame = noteRoom(layout, specs, font);
  const right = numberOf(objectOf(layout, 'margin'), 'r', 32);
  const barRoom = Math.max(0, ...bars.map((bar) => bar.width + edge));

  let besideFrame = bars.length > 0 ? 0 : Math.min(right, 36);
  let { frame, axes } = arrange();
  // Labels at the ends of lines take room that is known only once the axes are placed.
  const ofLabels = [...axes.values()].map((axis) => (axis.isVertical ? 0 : labelsEnd(axis) - (width - edge / 2)));
  const more = Math.max(overhang(traces, axes, frame.right + besideFrame - edge / 2, font), ...ofLabels);
  if (more > 0) {
    besideFrame += more;
    ({ frame, axes } = arrange());
  }

  function arrange(): { frame: Frame; axes: Map<string, Axis> } {
    const list = [...specs.values()];
    const roomOf = (isVertical: boolean, length: number): number =>
      Math.max(
        0,
        ...list.filter((a) => a.isVertical === isVertical).map((axis) => axisRoom(axis, length * span(axis))),
      );
    const top = title.height + aboveFrame;
    const legendRoom = legend.height === 0 ? 0 : legend.height + 8;
    const bottom = height - edge - legendRoom - roomOf(false, 0.8 * width);
    const left = edge + roomOf(true, bottom - top);
    const end = width - besideFrame - barRoom;
    const placed = new Map(
      list.map((axis) => [
        axis.id,
        axis.isVertical ? placeAxis(axis, top, bottom - top) : placeAxis(axis, left, end - left),
      ]),
    );
    return { frame: { axes: placed, left, right: end, top, bottom }, axes: placed };
  }

  const layers = drawTraces(traces, axes, font, textOf(layout, 'plot_bgcolor', palette.paper));
  const shapes = objectsOf(layout, 'shapes').map((shape) => ({
    isBelow: textOf(shape, 'layer', 'above') === 'below',
    markup: drawShape(shape, frame),
  }));
  const shapesWhere = (isBelow: boolean): string =>
    shapes
      .filter((shape) => shape.isBelow === isBelow)
      .map(({ markup }) => markup)
      .join('');
  const panels = [...axes.values()].filter((axis) => !axis.isVertical).map((x) => panelOn(x, axes));
  const clips = panels.map(({ x, y }, k) =>
    element(
      'clipPath',
      { id: `${id}-clip${String(k)}` },
      element('rect', { x: x.from, y: y.to, width: x.to - x.from, height: y.from - y.to }),
    ),
  );
  const drawn = panels.map(({ x, y }, k) => {
    const own = layers.get(`${x.id} ${y.id}`) ?? [];
    const clip = `url(#${id}-clip${String(k)})`;
    return [
      drawGrid(x, y) + drawGrid(y, x),
      k === 0 ? shapesWhere(true) : '',
      element('g', { 'clip-path': clip }, own.map(({ inside }) => inside).join('')),
      drawAxis(x, y) + drawAxis(y, x),
      own.map(({ beyond }) => beyond).join(''),
    ].join('');
  });
  const content = [
    `<title id="${escapeXml(id)}-title">${escapeXml(title.text)}</title>`,
    description === '' ? '' : `<desc id="${escapeXml(id)}-desc">${escapeXml(description)}</desc>`,
    element('rect', { width, height, ...paint('fill', textOf(layout, 'paper_bgcolor', palette.paper)) }),
    element('defs', {}, clips.join('')),
    title.markup,
    ...drawn,
    shapesWhere(false),
    ...objectsOf(layout, 'annotations').map((note) => drawAnnotation(note, frame, font)),
    ...bars.map((bar, k) => drawColorBar(bar, width - barRoom, frame.top, frame.bottom, `${id}-bar${String(k)}`)),
    drawLegend(legend, width / 2, height - edge / 2 - legend.height),
  ].join('\n');
  const inches = numberOf(meta, 'inches', undefined);
  const printed = (pixels: number): string | number =>
    inches === undefined ? pixels : `${String(Number(((inches * pixels) / width).toFixed(4)))}in`;
  return `${element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      viewBox: `0 0 ${String(width)} ${String(height)}`,
      width: printed(width),
      height: printed(height),
      role: 'img',
      'aria-labelledby': `${id}-title${description === '' ? '' : ` ${id}-desc`}`,
      'font-family': family,
    },
    content,
  )}\n`;
}

const span = (axis: AxisSpec): number => axis.domain[1] - axis.domain[0];
