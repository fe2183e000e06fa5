import { logTicks, padRange, quantityStyle } from './axis.ts';
import { plain, type PlainObject } from './figure.ts';
import { extent } from './plane.ts';
import { markerSize, pointTrace, type Points } from './points.ts';
import { palette, sequentialScale, theme } from './theme.ts';

/** The fitted rows, coloured by the size of the model where it is known, with a bar that says which colour is which size. */
export function sizedTrace(points: Points, x: ArrayLike<number>, y: ArrayLike<number>): PlainObject {
  const sizes = points.columns.params;
  const known = sizes?.some((size) => size > 0 && size < Infinity) ?? false;
  if (sizes === undefined || !known) return pointTrace(points, x, y, { name: 'Runs' });
  const [low, high] = padRange(extent(sizes), 0);
  const ticks = logTicks(low, high, 7);
  return pointTrace(points, x, y, {
    name: 'Runs (color: model size)',
    marker: {
      ...markerSize(points.count),
      line: { width: points.count > 1000 ? 0 : 0.5, color: palette.paper },
      color: plain(sizes.map(Math.log10)),
      cmin: Math.log10(low),
      cmax: Math.log10(high),
      colorscale: sequentialScale,
      colorbar: {
        title: { text: 'Model size N (parameters)', side: 'right', font: theme.axisTitle.font },
        tickvals: ticks.map(Math.log10),
        ticktext: ticks.map(quantityStyle('params').format),
        thickness: 14,
        outlinewidth: 0,
        len: 0.9,
      },
    },
  });
}
