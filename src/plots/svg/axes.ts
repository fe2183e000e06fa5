import type { PlainObject } from '../figure.ts';
import { readAxis, type Axis, type AxisSpec } from './axis.ts';
import { listOf, objectOf, textOf, unsupported } from './read.ts';
import type { Font } from './richText.ts';
import type { Panel } from './scatter.ts';

/** Whether a trace is one of points and lines. */
export const isScatter = (trace: PlainObject): boolean => {
  const kind = textOf(trace, 'type', 'scatter');
  return kind === 'scatter' || kind === 'scattergl';
};

/** Reads every axis that the layout or a trace names. */
export function readAxes(traces: readonly PlainObject[], layout: PlainObject, font: Font): Map<string, AxisSpec> {
  const ids = new Set(['x', 'y']);
  for (const name of Object.keys(layout)) {
    const match = /^([xy])axis(\d*)$/.exec(name);
    if (match !== null) ids.add(match[1] + match[2]);
  }
  const specs = new Map<string, AxisSpec>();
  for (const id of ids) {
    const direction = id.startsWith('x') ? 'x' : 'y';
    const data = traces
      .filter((trace) => textOf(trace, `${direction}axis`, direction) === id)
      .flatMap((trace) => listOf(trace, direction) ?? []);
    specs.set(id, readAxis(id, objectOf(layout, id.replace(direction, `${direction}axis`)), font, data));
  }
  return specs;
}

/** The two axes of a trace. */
export function panelOf(trace: PlainObject, axes: ReadonlyMap<string, Axis>): Panel {
  const axis = (name: 'x' | 'y'): Axis => {
    const id = textOf(trace, `${name}axis`, name);
    return axes.get(id) ?? unsupported('a trace on the axis', id);
  };
  return { x: axis('x'), y: axis('y') };
}

/** A horizontal axis with the vertical one that it stands on. */
export function panelOn(x: Axis, axes: ReadonlyMap<string, Axis>): Panel {
  const y = axes.get(x.anchor) ?? axes.get('y');
  return y === undefined ? unsupported('an axis anchored to', x.anchor) : { x, y };
}
