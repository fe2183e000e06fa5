import type { Figure, PlainObject, PredictionJson } from '../contract.ts';
import { isRecord } from './rows.ts';

const mark = { size: 12, symbol: 'star-diamond', color: '#CC79A7', line: { width: 1.2, color: '#222222' } } as const;

/** A logarithmic axis that also shows `value`. */
function reaching(axis: unknown, value: number): unknown {
  if (!isRecord(axis) || axis.type !== 'log' || !Array.isArray(axis.range)) return axis;
  const [low, high] = axis.range as [number, number];
  const place = Math.log10(value);
  const air = 0.04 * (high - low);
  return { ...axis, range: [Math.min(low, place - air), Math.max(high, place + air)] };
}

function withPoint(figure: Figure, trace: PlainObject, x: number, y: number): Figure {
  return {
    ...figure,
    data: [
      ...figure.data,
      { type: 'scatter', mode: 'markers', name: 'Query', showlegend: true, marker: mark, ...trace, x: [x], y: [y] },
    ],
    layout: { ...figure.layout, xaxis: reaching(figure.layout.xaxis, x), yaxis: reaching(figure.layout.yaxis, y) },
  };
}

/** The answer to the query bar, drawn where it belongs: on loss against compute, and among sizes and tokens. */
export function withAnswer(id: string, figure: Figure, prediction: PredictionJson | null): Figure {
  const point = prediction?.points[0];
  if (point === undefined || prediction?.response !== undefined) return figure;
  const { params, tokens, flops, loss, interval, calibrated } = point;
  if (id === 'frontier' && loss !== undefined) {
    const xTitle = JSON.stringify(figure.layout.xaxis ?? '');
    const x = xTitle.includes('FLOP') ? flops : xTitle.includes('parameters') ? params : tokens;
    if (x === null) return figure;
    const [low, high] = calibrated?.newRun ?? interval ?? [loss, loss];
    const bars = {
      type: 'data',
      symmetric: false,
      array: [high - loss],
      arrayminus: [loss - low],
      color: mark.color,
      thickness: 2,
    };
    return withPoint(figure, { error_y: bars, hovertemplate: 'Query: %{y:.4f}<extra></extra>' }, x, loss);
  }
  const isPlane = id === 'contour' && params !== null && tokens !== null;
  if (!isPlane) return figure;
  const isParamsFirst = JSON.stringify(figure.layout.xaxis ?? '').includes('parameters');
  const [x, y] = isParamsFirst ? [params, tokens] : [tokens, params];
  return withPoint(figure, { hovertemplate: 'Query<extra></extra>' }, x, y);
}
