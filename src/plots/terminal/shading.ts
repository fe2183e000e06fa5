import type { PlainObject } from '../figure.ts';
import { colorAt, colorScaleOf, flatten } from '../svg/color.ts';
import { gridRange, placeIn, rowsOf } from '../svg/grid.ts';
import type { AxisSpec } from '../svg/axis.ts';
import { listOf } from '../svg/read.ts';
import type { Canvas, Place } from './canvas.ts';
import { shadeSigns } from './signs.ts';

/** Steps at which the darkness of a colour scale is looked up. */
const steps = 32;

const lightness = (color: string): number =>
  [0.299, 0.587, 0.114].reduce(
    (sum, weight, k) => sum + weight * Number.parseInt(color.slice(1 + 2 * k, 3 + 2 * k), 16),
    0,
  );

/** How dark each place of a colour scale is among all of them, 0 to 1, on paper. */
function darknessOf(trace: PlainObject): (share: number) => number {
  const scale = flatten(colorScaleOf(trace), '#FFFFFF');
  const all = Array.from({ length: steps + 1 }, (_, k) => lightness(colorAt(scale, k / steps)));
  const [low, high] = [Math.min(...all), Math.max(...all)];
  return (share) => (high > low ? (high - lightness(colorAt(scale, share))) / (high - low) : 0);
}

/** Places of columns or rows of a grid along an axis. */
const sharesOf = (trace: PlainObject, name: 'x' | 'y', axis: AxisSpec): number[] =>
  (listOf(trace, name) ?? []).map((value) => axis.share(value));

/** The column or row about a place: the nearest, or none beyond half a step outside. */
function nearest(centers: readonly number[], at: number): number {
  let best = 0;
  for (const [k, center] of centers.entries()) if (Math.abs(center - at) < Math.abs(centers[best] - at)) best = k;
  const beside = centers.at(best === 0 ? 1 : best - 1) ?? NaN;
  const half = centers.length < 2 ? Infinity : Math.abs(centers[best] - beside) / 2;
  return Math.abs(centers[best] - at) <= half + 1e-9 ? best : -1;
}

/** Shades the cells of a panel by a table or a function on a grid, dark where its colour is dark on paper. */
export function shadeGrid(canvas: Canvas, trace: PlainObject, x: AxisSpec, y: AxisSpec): void {
  const values = rowsOf(trace);
  const [columns, rows] = [sharesOf(trace, 'x', x), sharesOf(trace, 'y', y)];
  const range = gridRange(trace);
  const darkness = darknessOf(trace);
  // Shades that no colour bar explains are only a ground for lines, which has to leave these legible.
  const shades = shadeSigns.slice(0, trace.showscale === false ? 3 : 4);
  for (let row = 0; row < canvas.rows; row++) {
    const j = nearest(rows, 1 - (row + 0.5) / canvas.rows);
    for (let column = 0; column < canvas.columns; column++) {
      const i = nearest(columns, (column + 0.5) / canvas.columns);
      const value = i < 0 || j < 0 ? NaN : values[j][i];
      if (!Number.isFinite(value)) continue;
      const dark = darkness(Math.min(1, Math.max(0, placeIn(range, value))));
      canvas.shade(
        row * canvas.columns + column,
        shades[Math.min(shades.length - 1, Math.floor(dark * shades.length))],
      );
    }
  }
}

/** The texts in the cells of a table. */
export function writeCells(canvas: Canvas, trace: PlainObject, x: AxisSpec, y: AxisSpec): void {
  const texts = listOf(trace, 'text') ?? [];
  const [columns, rows] = [sharesOf(trace, 'x', x), sharesOf(trace, 'y', y)];
  for (const [j, row] of texts.entries())
    for (const [i, text] of (Array.isArray(row) ? (row as unknown[]) : []).entries())
      if (typeof text === 'string' && text !== '') canvas.text({ x: columns[i], y: rows[j] }, ` ${text} `, 'middle');
}

/** Stretches on which a function on a grid has a value, cell by cell. */
export function levelPieces(trace: PlainObject, level: number, x: AxisSpec, y: AxisSpec): [Place, Place][] {
  const values = rowsOf(trace);
  const [columns, rows] = [sharesOf(trace, 'x', x), sharesOf(trace, 'y', y)];
  const pieces: [Place, Place][] = [];
  for (let j = 0; j + 1 < rows.length; j++)
    for (let i = 0; i + 1 < columns.length; i++) {
      const corners = [
        [i, j],
        [i + 1, j],
        [i + 1, j + 1],
        [i, j + 1],
      ];
      const cuts = corners.flatMap(([c, r], k) => {
        const [nextC, nextR] = corners[(k + 1) % 4];
        const [from, to] = [values[r][c], values[nextR][nextC]];
        if (from >= level === to >= level) return [];
        const share = (level - from) / (to - from);
        return [
          { x: columns[c] + share * (columns[nextC] - columns[c]), y: rows[r] + share * (rows[nextR] - rows[r]) },
        ];
      });
      for (let k = 0; k + 1 < cuts.length; k += 2) pieces.push([cuts[k], cuts[k + 1]]);
    }
  return pieces;
}
