import type { PlainObject } from '../figure.ts';
import { palette } from '../theme.ts';
import { colorAt, colorScaleOf, paint } from './color.ts';
import { element, pathOf, pixel } from './markup.ts';
import { listOf, numberOf, objectOf, textOf, unsupported } from './read.ts';
import { fontOf } from './axis.ts';
import type { Axis } from './axis.ts';
import { readLines, textBlock, type Font } from './richText.ts';
import type { Panel } from './scatter.ts';

/** Shades of a contour: so many that no step between two of them is seen. */
const bands = 48;

/** Rows of a grid; NaN stands for what is no number. */
function rowsOf(trace: PlainObject): number[][] {
  return (listOf(trace, 'z') ?? []).map((row) =>
    (Array.isArray(row) ? (row as unknown[]) : []).map((value) => (typeof value === 'number' ? value : NaN)),
  );
}

/** Values at the ends of the color scale of a grid. */
export function gridRange(trace: PlainObject): [number, number] {
  const values = rowsOf(trace).flat().filter(Number.isFinite);
  return [
    numberOf(trace, 'zmin', undefined) ?? values.reduce((a, b) => Math.min(a, b), Infinity),
    numberOf(trace, 'zmax', undefined) ?? values.reduce((a, b) => Math.max(a, b), -Infinity),
  ];
}

const placeIn = ([low, high]: readonly [number, number], value: number): number =>
  high > low ? (value - low) / (high - low) : 0.5;

/** Shades a plane by a function on a grid, without steps that could be seen. */
export function drawContour(trace: PlainObject, panel: Panel): string {
  const coloring = textOf(objectOf(trace, 'contours'), 'coloring', 'fill');
  if (coloring !== 'heatmap') return unsupported('contours colored by', coloring);
  if (numberOf(objectOf(trace, 'line'), 'width', 0.5) > 0)
    return unsupported('the lines of a contour of width', 'above 0');
  const x = Float64Array.from(listOf(trace, 'x') ?? [], (value) => panel.x.at(value));
  const y = Float64Array.from(listOf(trace, 'y') ?? [], (value) => panel.y.at(value));
  const range = gridRange(trace);
  const shares = rowsOf(trace).map((row) => row.map((value) => placeIn(range, value)));
  const scale = colorScaleOf(trace);
  const whole = pathOf(
    [x[0], x[x.length - 1], x[x.length - 1], x[0]],
    [y[0], y[0], y[y.length - 1], y[y.length - 1]],
    true,
  );
  let markup = element('path', { d: whole, fill: colorAt(scale, 0.5 / bands) });
  for (let k = 1; k < bands; k++) {
    const path = regionAbove(shares, x, y, k / bands);
    if (path !== '') markup += element('path', { d: path, fill: colorAt(scale, (k + 0.5) / bands) });
  }
  return markup;
}

/** A point of a grid: pixels, and the names of the grid lines it lies on. */
interface Corner {
  readonly x: number;
  readonly y: number;
  readonly lines: readonly string[];
}

/**
 * The region of a grid in which a function is at least `level`, as the data of one path.
 *
 * Every cell holds a polygon, and the edges that neighbours share cancel. What is left are the edges across cells and those
 * on the border of the grid; end to end they make the outline of the region.
 */
function regionAbove(
  values: readonly (readonly number[])[],
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  level: number,
): string {
  const name = ({ x: px, y: py }: Corner): string => `${String(pixel(px))} ${String(pixel(py))}`;
  const border = new Set([`x0`, `x${String(x.length - 1)}`, `y0`, `y${String(y.length - 1)}`]);
  const next = new Map<string, string[]>();
  for (let j = 0; j + 1 < values.length; j++)
    for (let i = 0; i + 1 < x.length; i++) {
      const points = partOf(values, x, y, i, j, level);
      for (const [k, from] of points.entries()) {
        const to = points[(k + 1) % points.length];
        const shared = from.lines.filter((line) => to.lines.includes(line));
        if (shared.length > 0 && !shared.some((line) => border.has(line))) continue;
        const [start, end] = [name(from), name(to)];
        if (start !== end) next.set(start, [...(next.get(start) ?? []), end]);
      }
    }
  let path = '';
  for (const start of next.keys())
    for (let at = next.get(start)?.pop(), ring = [start]; at !== undefined; at = next.get(at)?.pop()) {
      ring.push(at);
      if (at !== start) continue;
      path += `M${withoutStraight(ring.slice(1)).join('L')}Z`;
      ring = [start];
    }
  return path;
}

/** Leaves out the points between two others on one vertical or horizontal line. */
function withoutStraight(ring: readonly string[]): string[] {
  const points = ring.map((point) => point.split(' '));
  return ring.filter((_, k) => {
    const [before, here, after] = [k + ring.length - 1, k, k + 1].map((i) => points[i % ring.length]);
    return ![0, 1].some((c) => before[c] === here[c] && here[c] === after[c]);
  });
}

/** The part of the cell (i, j) in which the value, linear along its edges, is at least `level`. */
function partOf(
  values: readonly (readonly number[])[],
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  i: number,
  j: number,
  level: number,
): Corner[] {
  const cell = (
    [
      [i, j],
      [i + 1, j],
      [i + 1, j + 1],
      [i, j + 1],
    ] as const
  ).map(([column, row]) => ({
    x: x[column],
    y: y[row],
    lines: [`x${String(column)}`, `y${String(row)}`],
    value: values[row][column],
  }));
  return cell.flatMap((from, k) => {
    const to = cell[(k + 1) % 4];
    const kept: Corner[] = from.value >= level ? [from] : [];
    const share = (level - from.value) / (to.value - from.value);
    if (from.value >= level === to.value >= level || !Number.isFinite(share)) return kept;
    const lines = from.lines.filter((line) => to.lines.includes(line));
    return [...kept, { x: from.x + share * (to.x - from.x), y: from.y + share * (to.y - from.y), lines }];
  });
}

/** Edges of cells about their centers, in shares of an axis. */
function edgesOf(centers: readonly unknown[], axis: Axis): number[] {
  const at = centers.map((value) => axis.at(value));
  const isAlone = at.length === 1;
  return Array.from({ length: at.length + 1 }, (_, k) => {
    if (isAlone) return k === 0 ? axis.from : axis.to;
    if (k === 0) return at[0] - (at[1] - at[0]) / 2;
    if (k === at.length) return at[k - 1] + (at[k - 1] - at[k - 2]) / 2;
    return (at[k - 1] + at[k]) / 2;
  });
}

/** Black or white, whichever is read better on a color. */
function inkOn(color: string): string {
  const [r, g, b] = [1, 3, 5].map((k) => Number.parseInt(color.slice(k, k + 2), 16) / 255);
  return 0.299 * r + 0.587 * g + 0.114 * b > 0.55 ? palette.ink : palette.paper;
}

/** A table of colored cells with their texts. */
export function drawHeatmap(trace: PlainObject, panel: Panel, font: Font): string {
  const z = rowsOf(trace);
  const x = edgesOf(listOf(trace, 'x') ?? (z.at(0) ?? []).map((_, k) => k), panel.x);
  const y = edgesOf(listOf(trace, 'y') ?? z.map((_, k) => k), panel.y);
  const range = gridRange(trace);
  const scale = colorScaleOf(trace);
  const gap = { x: numberOf(trace, 'xgap', 0), y: numberOf(trace, 'ygap', 0) };
  const texts = listOf(trace, 'text') ?? [];
  const template = textOf(trace, 'texttemplate', '');
  if (template !== '' && template !== '%{text}') return unsupported('the text template', template);
  return z
    .flatMap((row, j) =>
      row.map((value, i) => {
        if (!Number.isFinite(value)) return '';
        const color = colorAt(scale, placeIn(range, value));
        const [left, right] = [Math.min(x[i], x[i + 1]), Math.max(x[i], x[i + 1])];
        const [top, bottom] = [Math.min(y[j], y[j + 1]), Math.max(y[j], y[j + 1])];
        const cell = element('rect', {
          x: left + gap.x / 2,
          y: top + gap.y / 2,
          width: Math.max(0, right - left - gap.x),
          height: Math.max(0, bottom - top - gap.y),
          ...paint('fill', color),
        });
        const line = texts[j];
        const text: unknown = template === '' || !Array.isArray(line) ? undefined : line[i];
        if (typeof text !== 'string' || text === '') return cell;
        const look = fontOf(objectOf(trace, 'textfont'), { ...font, color: inkOn(color) });
        const middle = { x: (left + right) / 2, y: (top + bottom) / 2 };
        return cell + textBlock(readLines(text), look, { ...middle, anchor: 'middle', vertical: 'middle' });
      }),
    )
    .join('');
}
