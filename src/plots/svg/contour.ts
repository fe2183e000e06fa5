import type { PlainObject } from '../figure.ts';
import { colorAt, colorScaleOf, flatten } from './color.ts';
import { gridRange, placeIn, rowsOf } from './grid.ts';
import { element, pathOf, pixel } from './markup.ts';
import { listOf, numberOf, objectOf, textOf, unsupported } from './read.ts';
import { strokeOf, type Panel } from './scatter.ts';

/** Shades of a plane: so many that no step between two of them is seen. */
const bands = 48;

/** A function on a grid, in pixels. */
interface Grid {
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly values: readonly (readonly number[])[];
}

const gridOf = (trace: PlainObject, panel: Panel): Grid => ({
  x: Float64Array.from(listOf(trace, 'x') ?? [], (value) => panel.x.at(value)),
  y: Float64Array.from(listOf(trace, 'y') ?? [], (value) => panel.y.at(value)),
  values: rowsOf(trace),
});

/** Draws a contour trace: a plane shaded without lines, or lines without shades. */
export function drawContour(trace: PlainObject, panel: Panel): string {
  const contours = objectOf(trace, 'contours');
  const coloring = textOf(contours, 'coloring', 'fill');
  if (coloring === 'none') return drawLevels(trace, panel, contours);
  if (coloring !== 'heatmap') return unsupported('contours colored by', coloring);
  if (numberOf(objectOf(trace, 'line'), 'width', 0.5) > 0)
    return unsupported('the lines of a contour of width', 'above 0');
  return drawShades(trace, panel, '#FFFFFF');
}

/**
 * Shades a plane by a function on a grid, without steps that could be seen.
 *
 * @param ground - what is seen through colors that are not opaque; shades lie on each other, so they are drawn opaque
 */
export function drawShades(trace: PlainObject, panel: Panel, ground: string): string {
  const { x, y, values } = gridOf(trace, panel);
  const range = gridRange(trace);
  const shares = values.map((row) => row.map((value) => placeIn(range, value)));
  const scale = flatten(colorScaleOf(trace), ground);
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

/** The lines on which a function has the levels that the trace names. */
function drawLevels(trace: PlainObject, panel: Panel, contours: PlainObject): string {
  const { x, y, values } = gridOf(trace, panel);
  const [start, end, size] = ['start', 'end', 'size'].map((name) => numberOf(contours, name, NaN));
  let path = '';
  for (let level = start; level <= end; level += size) path += levelLine(values, x, y, level);
  return path === '' ? '' : element('path', { d: path, ...strokeOf(trace) });
}

/** A point of a grid: pixels, and the names of the grid lines it lies on. */
interface Corner {
  readonly x: number;
  readonly y: number;
  readonly lines: readonly string[];
}

/** What a contour is found on: rows of values, and the pixels of the columns and rows. */
type OnGrid = [values: readonly (readonly number[])[], x: ArrayLike<number>, y: ArrayLike<number>, level: number];

/**
 * Edges between the parts of a grid in which a function is at least `level` and those in which it is not, by the point where
 * each begins.
 *
 * Every cell holds a polygon, and the edges that neighbours share cancel. What is left are the edges across cells and, with
 * `hasBorder`, those on the border of the grid.
 */
function edgesAt(...[values, x, y, level, hasBorder]: [...OnGrid, boolean]): Map<string, string[]> {
  const name = ({ x: px, y: py }: Corner): string => `${String(pixel(px))} ${String(pixel(py))}`;
  const border = new Set(hasBorder ? [`x0`, `x${String(x.length - 1)}`, `y0`, `y${String(y.length - 1)}`] : []);
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
  return next;
}

/** The line on which a function has the value `level`, as the data of one path; it may end at the border. */
function levelLine(...grid: OnGrid): string {
  const next = edgesAt(...grid, false);
  const ends = new Set([...next.values()].flat());
  let path = '';
  // Lines that begin at the border first, then those that close upon themselves.
  for (const start of [...[...next.keys()].filter((point) => !ends.has(point)), ...next.keys()])
    for (let at = next.get(start)?.pop(), from = start; at !== undefined; from = at, at = next.get(at)?.pop())
      path += from === start ? `M${start}L${at}` : `L${at}`;
  return path;
}

/**
 * The region of a grid in which a function is at least `level`, as the data of one path: end to end, edges across cells and on
 * the border make its outline.
 */
function regionAbove(...grid: OnGrid): string {
  const next = edgesAt(...grid, true);
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
