import type { PlainObject } from '../../../src/plots/figure.ts';
import { isRecord } from './rows.ts';
import type { PlotElement } from './plotly.ts';

/** Ranges that axes were drawn with, by the names of the axes. */
type Ranges = ReadonlyMap<string, readonly unknown[]>;

const drawnWith = new WeakMap<PlotElement, Ranges>();

const rangesOf = (layout: PlainObject): Map<string, readonly unknown[]> =>
  new Map(
    Object.entries(layout).flatMap(([name, axis]) =>
      /^[xy]axis\d*$/.test(name) && isRecord(axis) && Array.isArray(axis.range)
        ? [[name, [...(axis.range as unknown[])]] as const]
        : [],
    ),
  );

/**
 * The layout of a figure that is drawn again with more in it, so that axes which the reader has zoomed stay where they are:
 * Plotly keeps them by `uirevision`, but only while the range that it is given stays the same.
 */
export function steadyAxes(element: PlotElement, layout: PlainObject): PlainObject {
  if (layout.uirevision === undefined) return layout;
  const [before, now] = [drawnWith.get(element), rangesOf(element.layout ?? {})];
  const isSame = element.layout?.uirevision === layout.uirevision;
  const ranges = new Map(
    [...rangesOf(layout)].map(([name, range]) => {
      const [given, seen] = [before?.get(name), now.get(name)];
      const isZoomed = isSame && given !== undefined && JSON.stringify(given) !== JSON.stringify(seen);
      return [name, isZoomed ? given : range] as const;
    }),
  );
  drawnWith.set(element, ranges);
  // Plotly writes what the reader does into the axes that it is given.
  const axes = [...ranges].map(([name, range]) => [name, { ...(layout[name] as PlainObject), range: [...range] }]);
  return { ...layout, ...(Object.fromEntries(axes) as PlainObject) };
}
