import { IsoflopError } from '../core/errors.ts';
import type { Fit } from '../fit/result.ts';
import { lawOf } from '../laws/index.ts';
import { prepareApproaches, type Approach, type PreparedApproach } from '../plan/approaches/index.ts';
import { logAxis, logSpace, padRange, quantityStyle } from './axis.ts';
import { plain, type Figure, type FigureDefinition, type FigureOptions, type PlainObject } from './figure.ts';
import { extent, requireParamsAndTokens } from './plane.ts';
import { baseConfig, baseLayout, palette, theme } from './theme.ts';

/** Resamples for the figure: enough for its bands, and fewer where so many points make each take long. */
const resamples = { most: 200, least: 40, points: 400_000 };

/** Compute values at which curves are drawn. */
const places = 17;

/** How far beyond the largest compute of the data the figure reaches. */
const reach = 100;

/** Colours of Okabe and Ito that stay apart, and the name of each approach. */
const styles: Readonly<
  Record<Approach['method'], { name: string; color: string; band: string; dash: string; symbol: string }>
> = {
  envelope: { name: '1 envelope', color: '#CC79A7', band: 'rgba(204, 121, 167, 0.13)', dash: 'dash', symbol: 'square' },
  parabola: { name: '2 parabola', color: '#0072B2', band: 'rgba(0, 114, 178, 0.13)', dash: 'solid', symbol: 'diamond' },
  akima: { name: '2 Akima', color: '#009E73', band: 'rgba(0, 158, 115, 0.13)', dash: 'dot', symbol: 'circle' },
  law: { name: '3 law', color: palette.law, band: palette.band, dash: 'solid', symbol: 'circle' },
};

/** N* against compute with its band. */
function curveTraces(one: PreparedApproach, flops: Float64Array): PlainObject[] {
  const { name, color, band, dash } = styles[one.method];
  const answers = one.paramsAt(Array.from(flops));
  const found = answers.map((advice, k) => ({ at: flops[k], advice }));
  const there = found.flatMap(({ at, advice }) => (advice === null ? [] : [{ at, ...advice }]));
  if (there.length === 0) return [];
  const held = there.flatMap(({ at, interval }) =>
    interval === null ? [] : [{ at, low: interval[0], high: interval[1] }],
  );
  const back = held.toReversed();
  const curve: PlainObject = {
    type: 'scatter',
    mode: 'lines',
    name,
    legendgroup: one.method,
    x: plain(there.map(({ at }) => at)),
    y: plain(there.map(({ params }) => params)),
    text: there.map(
      ({ at, params }) =>
        `${name}<br>C ${quantityStyle('flops').format(at)}, N* ${quantityStyle('params').format(params)}`,
    ),
    hovertemplate: '%{text}<extra></extra>',
    line: { color, width: 2.2, dash },
  };
  if (held.length < 2) return [curve];
  const area: PlainObject = {
    type: 'scatter',
    mode: 'lines',
    name: `${name}, band`,
    legendgroup: one.method,
    showlegend: false,
    x: plain([...held, ...back].map(({ at }) => at)),
    y: plain([...held.map(({ low }) => low), ...back.map(({ high }) => high)]),
    fill: 'toself',
    fillcolor: band,
    line: { width: 0 },
    hoverinfo: 'skip',
  };
  return [area, curve];
}

/** The points that an approach rests on: minima of budgets, or sizes on the envelope. */
function pointTraces({ method, budgets, steps }: Approach): PlainObject[] {
  const points = method === 'envelope' ? steps : budgets.filter((budget) => budget.isUsed);
  if (points.length === 0) return [];
  const { name, color, symbol } = styles[method];
  return [
    {
      type: 'scatter',
      mode: 'markers',
      name: `${name}, points`,
      legendgroup: method,
      showlegend: false,
      x: plain(points.map((point) => point.flops)),
      y: plain(points.map((point) => point.params ?? NaN)),
      hovertemplate: `${name}<br>C %{x:.3g}, N* %{y:.3s}<extra></extra>`,
      marker: { size: 8, symbol, color, line: { width: 0.8, color: palette.paper } },
    },
  ];
}

function build(fit: Fit, options: FigureOptions = {}): Figure {
  const law = lawOf(fit);
  requireParamsAndTokens(law, 'approaches');
  const range = fit.data.ranges.flops;
  const end = range?.[1];
  if (range === undefined || end === undefined || fit.fitted.rows === 0)
    throw new IsoflopError('FIGURE_UNAVAILABLE', {
      figure: 'approaches',
      reason: 'approaches 1 and 2 need runs, and the fit has none',
    });
  const enough = Math.max(resamples.least, Math.floor(resamples.points / fit.fitted.rows));
  const { prepared } = prepareApproaches(fit, {
    resamples: Math.min(resamples.most, enough),
    confidence: options.confidence,
  });
  const flops = logSpace(range[0], end * reach, places);
  const answers = prepared.map((one) => one.at(end * reach));
  if (answers.every((one) => one.params === null))
    throw new IsoflopError('FIGURE_UNAVAILABLE', { figure: 'approaches', reason: 'no approach has an answer' });
  const data = [...prepared.flatMap((one) => curveTraces(one, flops)), ...answers.flatMap(pointTraces)];
  const values = data.flatMap((trace) => (trace.y as (number | null)[]).filter((value) => value !== null));
  const exponents = answers.flatMap(({ method, paramsExponent }) =>
    paramsExponent === null ? [] : [`${styles[method].name} C<sup>${paramsExponent.toFixed(3)}</sup>`],
  );
  const sizes = answers.flatMap(({ params }) => (params === null ? [] : [params]));
  const [least, most] = extent(sizes);
  const print = quantityStyle('params').format;
  return {
    data,
    layout: baseLayout({
      title:
        sizes.length === 1
          ? `Compute-optimal size: ${print(least)} at ${String(reach)}x the data`
          : `Compute-optimal size by ${String(sizes.length)} methods: ${print(least)} to ${print(most)} at ${String(reach)}x the data`,
      subtitle: [
        `N* grows as ${exponents.join(', ')}`,
        `bands: ${String(Number((100 * (options.confidence ?? fit.confidence)).toPrecision(4)))}%`,
      ].join('  |  '),
      rest: {
        xaxis: logAxis({ quantity: 'flops', range: padRange([range[0], end * reach], 0.03) }),
        yaxis: logAxis({
          quantity: 'params',
          range: padRange(extent(values), 0.03),
          title: 'Compute-optimal size N* (parameters)',
        }),
        shapes: [
          {
            type: 'line',
            line: { color: palette.muted, width: 1.2, dash: 'dot' },
            layer: 'below',
            x0: end,
            x1: end,
            yref: 'paper',
            y0: 0,
            y1: 1,
          },
        ],
        annotations: [
          {
            ...theme.note,
            x: Math.log10(end),
            y: 0,
            yref: 'paper',
            yanchor: 'bottom',
            xanchor: 'left',
            xshift: 4,
            text: `data end at ${quantityStyle('flops').format(end)}`,
          },
        ],
      },
    }),
    config: baseConfig,
  };
}

/** The compute-optimal size by three approaches, inside the data and beyond. */
export const approaches: FigureDefinition = {
  id: 'approaches',
  title: 'Three approaches',
  description:
    'Compute-optimal model size against compute by envelope, isoFLOP minima and the fitted law, with the points they rest on and their bands.',
  build,
};
