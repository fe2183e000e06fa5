import type { Figure, PlainObject } from '../figure.ts';
import { inSigns } from '../paper/paperFigure.ts';
import { isScatter, readAxes } from '../svg/axes.ts';
import type { AxisSpec } from '../svg/axis.ts';
import { numberOf, objectOf, objectsOf, textOf } from '../svg/read.ts';
import { plainText } from '../svg/richText.ts';
import { theme } from '../theme.ts';
import { createCanvas } from './canvas.ts';
import { drawPanel, type PanelContent } from './panel.ts';
import { shadeSigns, signsOf } from './signs.ts';

/** Options of {@link terminalFigure}. */
export interface TerminalOptions {
  /** Columns of the terminal (80 unless given, 40 at least). */
  readonly columns?: number;
  /** Lines of one panel (20 unless given, fewer in a figure of several panels). */
  readonly rows?: number;
}

const usual = { columns: 80, least: 40, rows: 20, rowsOfSeveral: 13 } as const;

/** Ticks closer than this many cells would be read as one. */
const apart = { rows: 2, columns: 2 } as const;

/**
 * A figure as text: axes with the same ticks, points as signs, lines as dots of Braille with letters on them, bands and tables
 * as shades, and a legend. It needs no colour, only a terminal or a log that shows Unicode; panels stand below each other.
 *
 * @returns lines of text, none wider than `columns`
 * @example
 * ```ts
 * terminalFigure(buildFigure(fit, 'frontier'), { columns: 60 }).includes('a Compute-optimal frontier'); // true
 * ```
 */
export function terminalFigure(figure: Figure, options: TerminalOptions = {}): string {
  const { layout } = figure;
  const columns = Math.max(usual.least, Math.floor(options.columns ?? usual.columns));
  const traces = figure.data.filter(({ visible }) => visible !== false && visible !== 'legendonly');
  const { size, color } = theme.font;
  const axes = readAxes(traces, layout, { size, color });
  const signs = signsOf(traces);
  const panels = panelsOf(traces, layout, axes);
  const rows = options.rows ?? (panels.length > 1 ? usual.rowsOfSeveral : usual.rows);
  const title = objectOf(layout, 'title');
  const heading = [textOf(title, 'text', ''), textOf(objectOf(title, 'subtitle'), 'text', '')];
  return [
    ...heading.filter((text) => text !== '').flatMap((text) => wrap(inSigns(text).split(' '), columns, ' ')),
    ...panels.flatMap((panel) => ['', ...panelLines(panel, columns, rows, signs)]),
    '',
    ...wrap([...signs.legend, ...gridEntries(traces)], columns, '   '),
  ].join('\n');
}

/** The panels of a figure, each with what belongs to it. */
function panelsOf(
  traces: readonly PlainObject[],
  layout: PlainObject,
  axes: ReadonlyMap<string, AxisSpec>,
): PanelContent[] {
  const horizontal = [...axes.values()].filter(({ isVertical }) => !isVertical);
  return horizontal.flatMap((x, k) => {
    const y = axes.get(x.anchor) ?? axes.get('y');
    if (y === undefined) return [];
    const own = traces.filter((trace) => textOf(trace, 'xaxis', 'x') === x.id && textOf(trace, 'yaxis', 'y') === y.id);
    const isHere = (part: PlainObject): boolean => {
      const on = textOf(part, 'xref', 'x').split(' ')[0];
      const beside = textOf(part, 'yref', 'y').split(' ')[0];
      return on === x.id || (on === 'paper' && (beside === y.id || k === 0));
    };
    return [
      {
        x,
        y,
        traces: own,
        shapes: objectsOf(layout, 'shapes').filter(isHere),
        notes: objectsOf(layout, 'annotations').filter(isHere),
      },
    ];
  });
}

/** Notes that stand on the frame go above the panel. */
const isAbove = (note: PlainObject): boolean =>
  textOf(note, 'yref', 'y') !== 'y' && numberOf(note, 'y', 0) >= 1 && textOf(note, 'yanchor', 'middle') === 'bottom';

/** A panel between its axes. */
function panelLines(content: PanelContent, columns: number, rows: number, signs: ReturnType<typeof signsOf>): string[] {
  const { x, y } = content;
  const above = content.notes.filter(isAbove).map((note) => plainText(textOf(note, 'text', '')));
  const yTicks = ticksIn(y, rows, () => apart.rows);
  const left = Math.max(0, ...yTicks.map(({ label }) => label.length));
  const width = columns - left - 2;
  const canvas = createCanvas(width, rows);
  drawPanel(canvas, { ...content, notes: content.notes.filter((note) => !isAbove(note)) }, signs);
  const labels = new Map(yTicks.map(({ at, label }) => [rows - 1 - at, label]));
  const xTicks = ticksIn(x, width, (label) => label.length + apart.columns);
  const ruler = Array.from({ length: width }, (_, k) => (xTicks.some(({ at }) => at === k) ? '┬' : '─')).join('');
  let under = '';
  for (const { at, label } of xTicks) {
    const start = Math.min(at + left + 1 - Math.floor(label.length / 2), columns - label.length);
    if (start > under.length || under === '') under = under.padEnd(start) + label;
  }
  const xTitle = plainLines(x);
  const middle = left + 1 + Math.floor((width - xTitle.length) / 2);
  const indent = Math.max(0, Math.min(columns - xTitle.length, middle));
  return [
    [plainLines(y), ...above]
      .filter((text) => text !== '')
      .join('   ')
      .slice(0, columns),
    ...canvas
      .lines()
      .map((line, row) => `${(labels.get(row) ?? '').padStart(left)} ${labels.has(row) ? '┤' : '│'}${line}`.trimEnd()),
    `${' '.repeat(left)} └${ruler}`,
    under,
    ...(xTitle === '' ? [] : [`${' '.repeat(indent)}${xTitle}`.slice(0, columns)]),
  ].filter((line, k) => k > 0 || line !== '');
}

/** The title of an axis on one line. */
const plainLines = ({ title }: AxisSpec): string =>
  title.map((line) => line.map(({ text }) => text).join('')).join(' ');

/** Ticks of an axis of so many cells, as many as can be told apart, each in its cell from the lower left. */
function ticksIn(
  axis: AxisSpec,
  cells: number,
  room: (label: string) => number,
): { readonly at: number; readonly label: string }[] {
  const all = axis.ticks
    .map(({ value, label }) => ({
      at: Math.min(cells - 1, Math.floor(axis.share(value) * cells)),
      label: inSigns(label),
    }))
    .filter(({ at }) => at >= 0)
    .sort((a, b) => a.at - b.at);
  for (let stride = 1; stride < all.length; stride++) {
    const kept = all.filter((_, k) => k % stride === 0);
    if (kept.every(({ at, label }, k) => k === 0 || at - kept[k - 1].at >= room(label))) return kept;
  }
  return all.slice(0, 1);
}

/** What the shades of a table or a plane mean, where it has a colour bar. */
function gridEntries(traces: readonly PlainObject[]): string[] {
  return traces
    .filter((trace) => !isScatter(trace) && trace.showscale !== false && 'colorbar' in trace)
    .map((trace) => {
      const bar = objectOf(trace, 'colorbar');
      const labels = Array.isArray(bar.ticktext) ? (bar.ticktext as unknown[]).map(String) : [];
      const name = plainText(textOf(objectOf(bar, 'title'), 'text', textOf(trace, 'name', '')));
      return `${name}: ${shadeSigns[3]} ${labels[0] ?? ''} to blank ${labels.at(-1) ?? ''}`;
    });
}

/** Joins entries to lines no wider than the terminal. */
function wrap(entries: readonly string[], columns: number, gap: string): string[] {
  const lines: string[] = [];
  for (const entry of entries) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + gap.length + entry.length <= columns)
      lines[lines.length - 1] += gap + entry;
    else lines.push(entry);
  }
  return lines.map((line) => line.slice(0, columns));
}
