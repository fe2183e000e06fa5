import { IsoflopError } from '../core/errors.ts';
import type { Fit } from '../fit/result.ts';
import { lawOf } from '../laws/index.ts';
import { akima } from '../plan/approaches/akima.ts';
import { prepareApproaches, type Approach } from '../plan/approaches/index.ts';
import type { BudgetMinimum } from '../plan/approaches/minima.ts';
import { fitParabola } from '../plan/approaches/parabola.ts';
import type { Slice } from '../plan/approaches/slices.ts';
import { logAxis, logSpace, padRange, quantityStyle } from './axis.ts';
import { plain, type Figure, type FigureDefinition, type PlainObject } from './figure.ts';
import { extent, requireParamsAndTokens } from './plane.ts';
import { baseConfig, baseLayout, palette, sequentialColor, theme } from './theme.ts';

/** Resamples for the figure: enough to decide which budgets are dropped. */
const resamples = 200;

const flopsText = (flops: number): string => quantityStyle('flops').format(Number(flops.toPrecision(2)));

/** Runs, parabola and interpolation of one budget. */
function sliceTraces(slice: Slice, color: string, isFirst: boolean): PlainObject[] {
  const { logParams, logLoss, flops } = slice;
  const name = `${flopsText(flops)} FLOP`;
  const loss = logLoss.map(Math.exp);
  const params = logParams.map(Math.exp);
  const sizes = logSpace(params[0], params[params.length - 1], 61);
  const parabola = fitParabola(logParams, loss);
  const curve = logParams.length < 4 ? null : akima(logParams, logLoss);
  const line = (y: Float64Array, style: PlainObject, rest: PlainObject): PlainObject => ({
    type: 'scatter',
    mode: 'lines',
    x: plain(sizes),
    y: plain(y),
    line: { color, ...style },
    hoverinfo: 'skip',
    ...rest,
  });
  return [
    {
      type: 'scatter',
      mode: 'markers+text',
      name: `runs at ${name}`,
      x: plain(params),
      y: plain(loss),
      // The label sits where the curve ends: no legend with a dozen entries.
      text: Array.from(params, (_, i) => (i === params.length - 1 ? ` ${flopsText(flops)}` : '')),
      textposition: 'middle right',
      textfont: theme.note.font,
      cliponaxis: false,
      hovertext: Array.from(
        params,
        (n, i) => `${name}, N ${quantityStyle('params').format(n)}, loss ${loss[i].toPrecision(4)}`,
      ),
      hovertemplate: '%{hovertext}<extra></extra>',
      marker: { size: 6, color, opacity: 0.8, line: { width: 0.5, color: palette.paper } },
      showlegend: false,
    },
    ...(parabola === null
      ? []
      : [
          line(
            sizes.map((n) => parabola.lowest + parabola.curvature * (Math.log(n) - parabola.vertex) ** 2),
            { width: 1.6 },
            { name: 'Parabola', legendgroup: 'parabola', showlegend: isFirst },
          ),
        ]),
    ...(curve === null
      ? []
      : [
          line(
            sizes.map((n) => Math.exp(curve.at(Math.log(n)))),
            { width: 1, dash: 'dot' },
            { name: 'Akima interpolation', legendgroup: 'akima', showlegend: isFirst },
          ),
        ]),
  ];
}

/** The minima that one way finds, and the line of N* through them. */
function minimaTrace(approach: Approach, name: string, symbol: string): PlainObject {
  const used = approach.budgets.filter((budget) => budget.isUsed);
  const hover = ({ flops, params, loss, deviation }: BudgetMinimum): string =>
    `<b>${name} at ${flopsText(flops)} FLOP</b><br>N* ${quantityStyle('params').format(params ?? NaN)} ±${(100 * (deviation ?? NaN)).toFixed(0)}%, loss ${(loss ?? NaN).toPrecision(4)}`;
  return {
    type: 'scatter',
    mode: 'markers',
    name,
    x: plain(used.map((budget) => budget.params ?? NaN)),
    y: plain(used.map((budget) => budget.loss ?? NaN)),
    text: used.map(hover),
    hovertemplate: '%{text}<extra></extra>',
    marker: { size: 11, symbol, color: palette.optimum, line: { width: 1.2, color: palette.paper } },
  };
}

function build(fit: Fit): Figure {
  const law = lawOf(fit);
  requireParamsAndTokens(law, 'isoflop-minima');
  const { prepared, slices } = prepareApproaches(fit, { approaches: [2], resamples });
  if (slices.reason !== null)
    throw new IsoflopError('FIGURE_UNAVAILABLE', {
      figure: 'isoflop-minima',
      reason: slices.reason,
    });
  const list = slices.slices;
  const [parabola, interpolated] = prepared.map((one) => one.at(list[list.length - 1].flops));
  const color = (k: number): string => sequentialColor(k / (list.length - 1));
  const losses = list.flatMap((slice) => Array.from(slice.logLoss, Math.exp));
  const sizes = list.flatMap((slice) => Array.from(slice.logParams, Math.exp));
  const growth = [parabola, interpolated].flatMap(({ method, paramsExponent }) =>
    paramsExponent === null
      ? []
      : [`C<sup>${paramsExponent.toFixed(3)}</sup> by ${method === 'akima' ? 'Akima' : 'parabolas'}`],
  );
  const counted = (approach: Approach): string =>
    `${String(approach.budgets.filter((budget) => budget.isUsed).length)} of ${String(list.length)}`;
  const source = slices.kind === 'curves' ? 'read off learning curves' : 'runs averaged where sizes agree';
  const low = Math.min(...losses);
  return {
    data: [
      ...list.flatMap((slice, k) => sliceTraces(slice, color(k), k === 0)),
      minimaTrace(parabola, 'Minimum of the parabola', 'diamond'),
      minimaTrace(interpolated, 'Minimum of the interpolation', 'circle-open'),
    ],
    layout: baseLayout({
      title: `Minima of isoFLOP curves${growth.length === 0 ? '' : `: N* grows as ${growth.join(', ')}`}`,
      subtitle: [
        `${String(slices.slices.reduce((sum, slice) => sum + slice.runs, 0))} points, ${source}`,
        `budgets with a minimum among their sizes: ${counted(parabola)} by parabola, ${counted(interpolated)} by Akima`,
      ].join('  |  '),
      rest: {
        xaxis: logAxis({ quantity: 'params', range: padRange(extent(sizes), 0.07) }),
        // A parabola through far sizes can dive below every run; the runs set the range.
        yaxis: logAxis({ quantity: 'loss', range: padRange([low, Math.max(...losses)], 0.05) }),
      },
    }),
    config: baseConfig,
  };
}

/** Loss against size at each budget of compute, with the minima on which approach 2 rests. */
export const isoflopMinima: FigureDefinition = {
  id: 'isoflop-minima',
  title: 'IsoFLOP minima',
  description:
    'Loss against model size at each budget of compute, with a parabola and an interpolation through the runs, and the minima of both.',
  build,
};
