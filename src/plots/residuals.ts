import { IsoflopError } from '../core/errors.ts';
import type { Fit } from '../fit/result.ts';
import { lawOf } from '../laws/index.ts';
import { linearTicks, logAxis, padRange, quantityStyle } from './axis.ts';
import { defaultMaxPoints, plain, type Figure, type FigureDefinition, type FigureOptions } from './figure.ts';
import type { PlainObject } from './figure.ts';
import { extent } from './plane.ts';
import { markerSize, pickPoints, pointsOf, pointTrace, subtitleOf, type Points } from './points.ts';
import { baseConfig, baseLayout, palette, theme } from './theme.ts';

/** Panels side by side, and the gap between them as a share of the width. */
const panels = 3;
const gap = 0.035;

/** The vertical axis shows this share of the residuals, and all of them when that takes no more than `tolerance` times. */
const shownShare = 0.98;
const tolerance = 2;

const sorted = (values: ArrayLike<number>): Float64Array =>
  Float64Array.from(values)
    .filter((value) => Number.isFinite(value))
    .sort();

/**
 * Half the height of the residual axis: all residuals and some air, but only 98% of them when the others lie far out, so
 * that one broken run does not flatten the rest.
 *
 * @example
 * ```ts
 * robustLimit([1, -1, 0.5]); // 1.15
 * ```
 */
export function robustLimit(residuals: ArrayLike<number>): number {
  const sizes = sorted(residuals).map(Math.abs).sort();
  if (sizes.length === 0) return 1;
  const most = sizes[sizes.length - 1];
  const usual = sizes[Math.floor(shownShare * (sizes.length - 1))];
  const shown = most <= tolerance * usual ? most : usual;
  return shown > 0 ? 1.15 * shown : 1;
}

/** Medians of the residuals in groups of equally many points along x; null when there are too few points for a trend. */
function runningMedian(x: Float64Array, y: Float64Array): { x: number[]; y: number[] } | null {
  const order = Array.from(x.keys())
    .filter((i) => Number.isFinite(x[i]) && Number.isFinite(y[i]))
    .sort((i, j) => x[i] - x[j]);
  const groups = Math.min(9, Math.floor(order.length / 12));
  if (groups < 3) return null;
  const middle = (rows: number[], of: Float64Array): number => {
    const values = sorted(rows.map((i) => of[i]));
    return (values[(values.length - 1) >> 1] + values[values.length >> 1]) / 2;
  };
  const slices = Array.from({ length: groups }, (_, g) =>
    order.slice(Math.floor((g * order.length) / groups), Math.floor(((g + 1) * order.length) / groups)),
  );
  return { x: slices.map((rows) => middle(rows, x)), y: slices.map((rows) => middle(rows, y)) };
}

/** Panel traces: the points, the ones beyond the axis as triangles at its edge, and the running median. */
function panelTraces(panel: number, x: Float64Array, points: Points, limit: number): PlainObject[] {
  const axes = {
    xaxis: panel === 0 ? 'x' : `x${String(panel + 1)}`,
    yaxis: panel === 0 ? 'y' : `y${String(panel + 1)}`,
  };
  const beyond = (i: number): boolean => Math.abs(points.residual[i]) > limit;
  const inside = Array.from(x.keys()).filter((i) => !beyond(i));
  const outside = Array.from(x.keys()).filter(beyond);
  const all = { ...points, count: points.count * panels };
  const traces = [
    pointTrace(
      pickPoints(all, inside),
      inside.map((i) => x[i]),
      inside.map((i) => points.residual[i]),
      {
        ...axes,
        name: 'Runs',
        showlegend: panel === 0,
        marker: { ...markerSize(points.count, 6), color: palette.data, line: { width: 0.5, color: palette.paper } },
      },
    ),
  ];
  if (outside.length > 0)
    traces.push(
      pointTrace(
        pickPoints(all, outside),
        outside.map((i) => x[i]),
        outside.map((i) => 0.95 * limit * Math.sign(points.residual[i])),
        {
          ...axes,
          name: 'Beyond the axis',
          showlegend: panel === 0,
          marker: {
            size: 9,
            color: palette.ink,
            symbol: outside.map((i) => (points.residual[i] > 0 ? 'triangle-up' : 'triangle-down')),
          },
        },
      ),
    );
  const trend = runningMedian(x, points.residual);
  if (trend !== null)
    traces.push({
      ...axes,
      type: 'scatter',
      mode: 'lines+markers',
      name: 'Running median',
      showlegend: panel === 0,
      x: plain(trend.x),
      y: plain(trend.y.map((value) => Math.max(-limit, Math.min(limit, value)))),
      line: { color: palette.law, width: 2 },
      marker: { color: palette.law, size: 5 },
      hovertemplate: 'median %{y:.2f}%<extra></extra>',
    });
  return traces;
}

function build(fit: Fit, options: FigureOptions = {}): Figure {
  const law = lawOf(fit);
  if (fit.fitted.rows === 0)
    throw new IsoflopError('FIGURE_UNAVAILABLE', { figure: 'residuals', reason: 'the fit holds no data' });
  if (fit.residualScale === 'raw')
    throw new IsoflopError('FIGURE_UNAVAILABLE', {
      figure: 'residuals',
      reason: `${law.response.name} or its prediction is not positive everywhere, so residuals are no percentages`,
    });
  const points = pointsOf(fit, law, (options.maxPoints ?? defaultMaxPoints) / panels);
  // What the law does not use comes after what it uses: a trend there shows what the law leaves out.
  const across = [...new Set([...law.inputs.map((input) => input.name), 'params', 'tokens', 'flops'])]
    // A logarithmic axis has no place for what is not positive.
    .filter((name) => points.columns[name]?.every((value) => value > 0) === true)
    .slice(0, panels - 1);
  const { name: response, unit } = law.response;
  const columns = [
    ...across.map((name) => {
      const { symbol, unit } = quantityStyle(name, law);
      return { quantity: name, title: unit === '' ? symbol : `${symbol} (${unit})`, x: points.columns[name] };
    }),
    { quantity: response, title: `Predicted ${response}${unit === '' ? '' : ` (${unit})`}`, x: points.predicted },
  ];
  const limit = robustLimit(points.residual);
  const outside = points.residual.filter((value) => Math.abs(value) > limit).length;
  const ticks = linearTicks(-limit, limit, 9);
  const width = (1 - gap * (columns.length - 1)) / columns.length;
  const axes = columns.map(({ quantity, title, x = points.predicted }, k) => {
    const suffix = k === 0 ? '' : String(k + 1);
    return {
      [`xaxis${suffix}`]: {
        ...logAxis({ quantity, title, law, range: padRange(extent(x), 0.05), most: 5 }),
        domain: [k * (width + gap), k * (width + gap) + width],
        anchor: `y${suffix}`,
      },
      [`yaxis${suffix}`]: {
        ...theme.axis,
        range: [-limit, limit],
        anchor: `x${suffix}`,
        zeroline: true,
        zerolinecolor: palette.ink,
        zerolinewidth: 1.2,
        tickvals: ticks,
        ticktext: ticks.map((tick) => (tick > 0 ? `+${String(tick)}%` : `${String(tick)}%`)),
        showticklabels: k === 0,
        // All panels share one scale, so zooming one zooms all.
        ...(k === 0 ? { title: { ...theme.axisTitle, text: 'ln(observed / predicted), %' } } : { matches: 'y' }),
      },
    };
  });
  return {
    data: columns.flatMap(({ x = points.predicted }, k) => panelTraces(k, x, points, limit)),
    layout: baseLayout({
      title: `Residuals: observed ${response} is ${(100 * fit.residualRms).toFixed(2)}% off the law (root mean square)`,
      subtitle: subtitleOf(
        fit,
        law,
        points.count,
        outside === 0 ? [] : [`${String(outside)} beyond the axis, drawn as triangles`],
      ),
      height: 480,
      rest: {
        ...Object.fromEntries(axes.flatMap((panel) => Object.entries(panel))),
      },
    }),
    config: baseConfig,
  };
}

/** How far each run lies from the law, against what the law takes and what it predicts. */
export const residuals: FigureDefinition = {
  id: 'residuals',
  title: 'Residuals',
  description:
    'ln(observed / predicted) in percent against model size, tokens and predicted loss; a good law leaves no trend.',
  build,
};
