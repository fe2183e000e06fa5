import { signal } from '@preact/signals';
import { isRecord, type Row } from './rows.ts';
import type { DrawnAxis, PlotElement } from './plotly.ts';

/** The row under the mouse or the keyboard's cursor, in whatever figure. */
export const pointed = signal<Row | null>(null);

const svg = 'http://www.w3.org/2000/svg';

const axisOf = (plot: PlotElement, name: unknown, kind: 'x' | 'y'): DrawnAxis | null => {
  const text = typeof name === 'string' ? name : kind;
  const axis = plot._fullLayout?.[`${kind}axis${text.slice(1)}`];
  return isRecord(axis) && typeof axis.d2p === 'function' ? (axis as unknown as DrawnAxis) : null;
};

/** Places of a row in a figure, in pixels from its corner; one for each panel that shows it. */
function placesOf(plot: PlotElement, { row, fit }: Row): [number, number][] {
  const places: [number, number][] = [];
  for (const trace of plot.data ?? []) {
    const { customdata, meta, x, y } = trace;
    if (!isRecord(meta) || meta.rows !== true || (meta.fit ?? 0) !== fit) continue;
    if (!Array.isArray(customdata) || !Array.isArray(x) || !Array.isArray(y)) continue;
    const k = customdata.indexOf(row);
    const [xAxis, yAxis] = [axisOf(plot, trace.xaxis, 'x'), axisOf(plot, trace.yaxis, 'y')];
    if (k === -1 || xAxis === null || yAxis === null) continue;
    const [px, py] = [xAxis.d2p(x[k]), yAxis.d2p(y[k])];
    const isInside = px >= -1 && px <= xAxis._length + 1 && py >= -1 && py <= yAxis._length + 1;
    if (isInside) places.push([px + xAxis._offset, py + yAxis._offset]);
  }
  return places;
}

/**
 * Marks rows in a figure with rings, on a layer of their own above it: Plotly would take a hundred times as long to draw a
 * trace more, and the figure would flicker.
 */
export function markRows(
  plot: PlotElement,
  layer: SVGSVGElement,
  rows: readonly (Row & { readonly kind: 'pointed' | 'chosen' })[],
): void {
  const rings = rows.flatMap((row) =>
    placesOf(plot, row).map(([x, y]) => {
      const ring = document.createElementNS(svg, 'circle');
      ring.setAttribute('cx', x.toFixed(1));
      ring.setAttribute('cy', y.toFixed(1));
      ring.setAttribute('r', row.kind === 'chosen' ? '8' : '6.5');
      ring.setAttribute('class', row.kind);
      return ring;
    }),
  );
  layer.replaceChildren(...rings);
}
