import { IsoflopError } from '../core/errors.ts';
import type { Fit } from '../fit/result.ts';
import { lawOf } from '../laws/index.ts';
import type { Law } from '../laws/law.ts';
import { logAxis, padRange, quantityStyle } from './axis.ts';
import { defaultMaxPoints, plain, type Figure, type FigureDefinition, type FigureOptions } from './figure.ts';
import type { PlainObject } from './figure.ts';
import { floorMarks, rule } from './floor.ts';
import { frontierCurve, reach, type FrontierCurve } from './frontierCurve.ts';
import { extent } from './plane.ts';
import { pointsOf, pointTrace, subtitleOf, type Points } from './points.ts';
import { bandTrace } from './band.ts';
import { sizedTrace } from './sizedTrace.ts';
import { baseConfig, baseLayout, palette, theme } from './theme.ts';

/** The points, colored by the size of the model where that is known and is not the axis itself. */
function runsTrace(points: Points, axis: string): PlainObject {
  const x = points.columns[axis] ?? new Float64Array(points.count).fill(NaN);
  return axis === 'params' ? pointTrace(points, x, points.loss, { name: 'Runs' }) : sizedTrace(points, x, points.loss);
}

/** The curve: solid inside the data, dashed beyond. Without data there is no beyond. */
function curveTraces(curve: FrontierCurve, law: Law, hasData: boolean): PlainObject[] {
  const style = quantityStyle(curve.axis, law);
  const print = quantityStyle(law.response.name, law).format;
  const count = (quantity: string, value: number): string => quantityStyle(quantity).format(value);
  const name = law.inputs.length > 1 ? 'Compute-optimal frontier' : 'Fitted law';
  const hover = Array.from(curve.x, (x, i) => {
    const interval = Number.isFinite(curve.lower[i]) ? ` [${print(curve.lower[i])}, ${print(curve.upper[i])}]` : '';
    const plan = curve.plans?.[i];
    const note = plan === undefined ? '' : `<br>N* ${count('params', plan.params)}, D* ${count('tokens', plan.tokens)}`;
    return `<b>${name}</b> at ${style.symbol} ${style.format(x)}<br>${law.response.name} ${print(curve.loss[i])}${interval}${note}`;
  });
  const part = (label: string, dash: string, from: number, to: number): PlainObject => ({
    type: 'scatter',
    mode: 'lines',
    name: label,
    x: plain(curve.x.subarray(from, to)),
    y: plain(curve.loss.subarray(from, to)),
    text: hover.slice(from, to),
    hovertemplate: '%{text}<extra></extra>',
    line: { color: palette.law, width: 2.5, dash },
  });
  const [end] = curve.milestones;
  if (!hasData) return [part(name, 'solid', 0, curve.x.length)];
  const marks = curve.milestones.map((i) => ({ x: curve.x[i], loss: curve.loss[i], text: print(curve.loss[i]) }));
  return [
    part(name, 'solid', 0, end + 1),
    part('Extrapolated', 'dash', end, curve.x.length),
    {
      type: 'scatter',
      mode: 'markers+text',
      name: 'Milestones',
      x: plain(marks.map((mark) => mark.x)),
      y: plain(marks.map((mark) => mark.loss)),
      text: marks.map(({ text }, k) => (k === 0 ? ` ${text}` : `${String(10 ** k)}x: ${text}`)),
      textposition: 'top right',
      textfont: theme.note.font,
      marker: { size: 9, color: palette.paper, line: { width: 2, color: palette.law } },
      hoverinfo: 'skip',
      showlegend: false,
      cliponaxis: false,
    },
  ];
}

/** The irreducible loss, where the law has one and showing it does not squeeze the rest of the picture. */
function visibleFloor(fit: Fit, law: Law, [low, high]: readonly [number, number]): number | null {
  const constant = law.separable?.find((term) => term.power === undefined);
  if (constant === undefined) return null;
  const floor = fit.params[constant.amplitude].value;
  return floor > 0 && floor < low && Math.log(low / floor) < 0.35 * Math.log(high / floor) ? floor : null;
}

/** Where the data end, and the irreducible loss: a line and a note each. */
function marksOf(
  end: { readonly value: number; readonly text: string } | null,
  floor: number | null,
): { shapes: PlainObject[]; annotations: PlainObject[] } {
  const shapes: PlainObject[] = [];
  const annotations: PlainObject[] = [];
  if (end !== null) {
    shapes.push({ ...rule, x0: end.value, x1: end.value, yref: 'paper', y0: 0, y1: 1 });
    annotations.push({
      ...theme.note,
      // Plotly takes shapes on logarithmic axes in natural units, but annotations in log10.
      x: Math.log10(end.value),
      y: 1,
      yref: 'paper',
      yanchor: 'top',
      xanchor: 'left',
      xshift: 4,
      text: `data end at ${end.text}`,
    });
  }
  if (floor !== null) {
    const { shape, note } = floorMarks(floor);
    shapes.push(shape);
    annotations.push(note);
  }
  return { shapes, annotations };
}

const capitalised = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

function titleOf(curve: FrontierCurve, law: Law, hasData: boolean): string {
  const style = quantityStyle(curve.axis, law);
  const print = quantityStyle(law.response.name, law).format;
  const subject =
    law.inputs.length > 1 ? 'Compute-optimal loss' : `${capitalised(law.response.name)} against ${style.name}`;
  if (!hasData) return `${subject} from ${style.format(curve.x[0])} to ${style.format(curve.x[curve.x.length - 1])}`;
  const [end, , last] = curve.milestones.map((i) => print(curve.loss[i]));
  return `${subject}: ${end} where the data end, ${last} at ${String(reach)}x`;
}

function build(fit: Fit, options: FigureOptions = {}): Figure {
  const law = lawOf(fit);
  const confidence = options.confidence ?? fit.confidence;
  const curve = frontierCurve(fit, law, confidence);
  const points = pointsOf(fit, law, options.maxPoints ?? defaultMaxPoints);
  const hasData = points.count > 0;
  if (![...curve.x, ...curve.loss, ...points.loss].every((value) => value > 0))
    throw new IsoflopError('FIGURE_UNAVAILABLE', {
      figure: 'frontier',
      reason: `${curve.axis} or ${law.response.name} is not positive everywhere, and its axes are logarithmic`,
    });
  const name = `${String(Number((100 * confidence).toPrecision(4)))}% confidence band`;
  const band = bandTrace(curve.x, curve.lower, curve.upper, { name, fillcolor: palette.band });
  const [low, high] = extent([...curve.loss, ...curve.lower, ...curve.upper, ...points.loss]);
  const floor = visibleFloor(fit, law, [low, high]);
  const end = curve.x[curve.milestones[0]];
  const last = curve.x[curve.x.length - 1];
  // Three times the margin on the right, where the last label needs it.
  const margin = (last / curve.x[0]) ** 0.035;
  return {
    data: [...band, ...(hasData ? [runsTrace(points, curve.axis)] : []), ...curveTraces(curve, law, hasData)],
    layout: baseLayout({
      title: titleOf(curve, law, hasData),
      subtitle: subtitleOf(
        fit,
        law,
        points.count,
        band.length === 0 ? ['no confidence band: the fit has no intervals'] : [],
      ),
      rest: {
        xaxis: logAxis({ quantity: curve.axis, range: [curve.x[0] / margin, last * margin ** 3], law }),
        yaxis: logAxis({ quantity: law.response.name, range: padRange([floor ?? low, high], 0.05), law }),
        ...marksOf(hasData ? { value: end, text: quantityStyle(curve.axis, law).format(end) } : null, floor),
      },
    }),
    config: baseConfig,
  };
}

/** Loss against compute, with what the law says compute can buy at best, inside the data and beyond. */
export const frontier: FigureDefinition = {
  id: 'frontier',
  title: 'Loss against compute',
  description:
    'Loss of every run against its compute (or the one input of the law), the fitted compute-optimal frontier to 100 times the data, and its confidence band.',
  build,
};
