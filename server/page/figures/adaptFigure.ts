import type { Figure, PlainObject } from '../../../src/plots/figure.ts';
import { makeRoom, shortenNote, thinAllTicks } from './crowding.ts';

const object = (value: unknown): PlainObject => (value ?? {}) as PlainObject;
const string = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The title of a figure and the line under it, which become text of the page: there they wrap and can be read aloud. */
export function titleOf({ layout }: Figure): { readonly title: string; readonly subtitle: string } {
  const title = object(layout.title);
  return { title: string(title.text), subtitle: string(object(title.subtitle).text) };
}

/** Below this width, in CSS pixels, a figure is laid out for a telephone. */
const narrow = 520;

/** Below this width titles of three panels side by side would run into one another. */
const tight = 760;

/** What the colour bar beside a figure takes of its width, with its labels. */
const barPx = 90;

/**
 * Fits a figure to its place on the page: without its title, with the labels that there is room for and, in a narrow place,
 * with panels one below the other and colour bars on top.
 *
 * @param width - of the place, in CSS pixels
 */
export function adaptFigure(figure: Figure, width: number): Figure {
  const margin: PlainObject = { ...object(figure.layout.margin), t: 28 };
  // One height for all, so that cards side by side end together.
  const height = Math.min(Number(figure.layout.height ?? 560), 560);
  const notes = (figure.layout.annotations ?? []) as PlainObject[];
  const annotations = width < tight && 'xaxis3' in figure.layout ? notes.map(withSmallFont) : notes;
  const layout: PlainObject = { ...figure.layout, title: undefined, autosize: true, height, margin, annotations };
  const barred = figure.data.some((trace) => object(trace.marker).colorbar !== undefined);
  const sides = Number(margin.l ?? 72) + Number(margin.r ?? 32);
  const plotWidth = width - sides - (barred && width >= narrow ? barPx : 0);
  const finish = (data: readonly PlainObject[], changed: PlainObject): Figure => ({
    ...figure,
    data,
    layout: thinAllTicks(makeRoom(changed, data, plotWidth), plotWidth),
  });
  if (width >= narrow) return finish(figure.data, layout);
  return finish(figure.data.map(withColorBarOnTop).map(withSmallText), {
    ...layout,
    height: barred ? 540 : 480,
    margin: { ...margin, t: barred ? 60 : 20, l: 52 },
    annotations: notes.map(withSmallFont).map(shortenNote),
    ...stackPanels(layout),
  });
}

/** Size of the labels beside points that leaves room for the points. */
const smallFont = 10;

function withSmallText(trace: PlainObject): PlainObject {
  return trace.textfont === undefined ? trace : { ...trace, textfont: { ...object(trace.textfont), size: smallFont } };
}

function withSmallFont(annotation: PlainObject): PlainObject {
  return { ...annotation, font: { ...object(annotation.font), size: smallFont } };
}

function withColorBarOnTop(trace: PlainObject): PlainObject {
  const marker = object(trace.marker);
  if (marker.colorbar === undefined) return trace;
  const bar = object(marker.colorbar);
  const title = { ...object(bar.title), side: 'top' };
  const place = { orientation: 'h', x: 0.5, xanchor: 'center', y: 1.01, yanchor: 'bottom', len: 1, thickness: 10 };
  const ticks = { tickangle: 0, tickfont: { size: smallFont } };
  return { ...trace, marker: { ...marker, colorbar: { ...bar, ...place, ...ticks, title } } };
}

/** Axes of panels that stood side by side, one below the other; nothing for a figure of one panel. */
function stackPanels(layout: PlainObject): PlainObject {
  const suffixes = ['', ...Array.from({ length: 8 }, (_, k) => String(k + 2))].filter((s) => `xaxis${s}` in layout);
  const panels = suffixes.length;
  if (panels === 1) return {};
  const gap = 0.24 / panels;
  const axes = suffixes.map((suffix, k) => {
    const top = 1 - k / panels;
    return {
      [`xaxis${suffix}`]: { ...object(layout[`xaxis${suffix}`]), domain: [0, 1] },
      [`yaxis${suffix}`]: {
        ...object(layout[`yaxis${suffix}`]),
        domain: [top - 1 / panels + gap, top],
        showticklabels: true,
      },
    };
  });
  return { height: 300 * panels, ...(Object.assign({}, ...axes) as PlainObject) };
}
