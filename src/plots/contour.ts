import { paramValues, type Fit } from '../fit/result.ts';
import { lawOf } from '../laws/index.ts';
import { evaluateLaw, type Law } from '../laws/law.ts';
import { fittedRange } from '../report/fittedData.ts';
import { logAxis, logSpace, padRange, quantityStyle } from './axis.ts';
import { contourLevels, rankOf, traceLevel } from './contourLines.ts';
import { defaultMaxPoints, plain, type Figure, type FigureDefinition, type FigureOptions } from './figure.ts';
import type { PlainObject } from './figure.ts';
import { extent, optimumHover, optimumOrNull, requireParamsAndTokens, type Optimum } from './plane.ts';
import { markerSize, pointsOf, pointTrace, subtitleOf } from './points.ts';
import { baseConfig, baseLayout, palette, theme } from './theme.ts';

/** Points along each axis at which the shading is computed. */
const gridSize = 61;

/** Least distance of two labels at the edge, as a share of its height. */
const labelDistance = 0.025;

/** How far beyond the data the optimum line goes, as a factor of compute. */
const reach = 100;

/** From low loss (deep) to high loss (pale); pale enough for points and lines on top of it. */
const shading = [
  [0, '#8FBBDA'],
  [1, '#FAFCFE'],
] as const;

/** Compute from which, to which the data go, for a fit without data. */
const defaultFlops = [1e18, 1e22] as const;

/** The picture: the data and the optimum line. */
interface Box {
  readonly params: readonly [number, number];
  readonly tokens: readonly [number, number];
  /** Optimum at the smallest and largest compute of the data and at the end of the line; empty for a law without one. */
  readonly optima: readonly Optimum[];
}

function boxOf(fit: Fit, law: Law): Box {
  const [start, end] = fittedRange(fit, 'flops') ?? defaultFlops;
  const optima = [Math.min(start, end / 2), end, end * reach]
    .map((flops) => optimumOrNull(fit, law, flops))
    .filter((optimum) => optimum !== null);
  const cover = (name: 'params' | 'tokens', fallback: readonly [number, number]): [number, number] => {
    const data = fittedRange(fit, name) ?? (optima.length === 0 ? fallback : []);
    return padRange(extent([...data, ...optima.map((optimum) => optimum[name])]), 0.05);
  };
  return { params: cover('params', [1e8, 1e11]), tokens: cover('tokens', [1e9, 1e12]), optima };
}

/** Shading by loss, contour lines, and the loss of each line at the right edge, like ticks. */
function lossTraces(fit: Fit, law: Law, box: Box): PlainObject[] {
  const values = paramValues(fit);
  const params = logSpace(...box.params, gridSize);
  const tokens = logSpace(...box.tokens, gridSize);
  // Row-major tokens x params.
  const losses = evaluateLaw(law, values, {
    params: Float64Array.from({ length: gridSize ** 2 }, (_, k) => params[k % gridSize]),
    tokens: Float64Array.from({ length: gridSize ** 2 }, (_, k) => tokens[Math.floor(k / gridSize)]),
  });
  const levels = contourLevels(losses);
  const rank = rankOf(losses);
  const lines = levels.map((level) => traceLevel((inputs) => evaluateLaw(law, values, inputs), level, box));
  const edge = box.params[1];
  const labels: { level: number; tokens: number }[] = [];
  const apart = (box.tokens[1] / box.tokens[0]) ** labelDistance;
  lines.forEach((line, k) => {
    const last = line.params.length - 1;
    const meetsEdge = last >= 0 && line.params[last] >= edge;
    // Lines come from the top down, and labels closer than their height would overlap.
    if (meetsEdge && (labels.at(-1)?.tokens ?? Infinity) / line.tokens[last] > apart)
      labels.push({ level: levels[k], tokens: line.tokens[last] });
  });
  return [
    {
      type: 'contour',
      name: 'Shading by loss',
      x: plain(params),
      y: plain(tokens),
      z: Array.from(tokens, (_, row) =>
        Array.from(losses.subarray(row * gridSize, (row + 1) * gridSize), (loss) => Number(rank(loss).toPrecision(3))),
      ),
      zmin: 0,
      zmax: 1,
      contours: { coloring: 'heatmap' },
      line: { width: 0 },
      colorscale: shading,
      showscale: false,
      hoverinfo: 'skip',
    },
    {
      type: 'scatter',
      mode: 'lines',
      name: 'Loss contours',
      // One trace: null ends a line.
      x: lines.flatMap((line) => [...plain(line.params), null]),
      y: lines.flatMap((line) => [...plain(line.tokens), null]),
      line: { color: '#4A7BA3', width: 1 },
      hoverinfo: 'skip',
    },
    {
      type: 'scatter',
      mode: 'text',
      name: 'Loss of each contour',
      // Just inside the frame: Plotly leaves out texts whose point lies outside by as little as a rounding error.
      x: plain(labels.map(() => 0.9999 * edge)),
      y: plain(labels.map((label) => label.tokens)),
      text: labels.map((label) => ` ${quantityStyle('loss').format(label.level)}`),
      textposition: 'middle right',
      textfont: { ...theme.note.font, color: '#2F5D82' },
      cliponaxis: false,
      hoverinfo: 'skip',
      showlegend: false,
    },
  ];
}

/** Powers of ten of compute along the optimum line. */
function budgetMarks(fit: Fit, law: Law, box: Box): Optimum[] {
  const [low, high] = extent(box.optima.map((optimum) => optimum.flops));
  return Array.from({ length: 60 }, (_, k) => Number(`1e${String(k)}`))
    .filter((flops) => flops >= low && flops <= high)
    .map((flops) => optimumOrNull(fit, law, flops))
    .filter((optimum) => optimum !== null);
}

/** The compute-optimal line, dashed beyond the data, and its marks. N* and D* are powers of C, so it is straight. */
function optimumTraces(box: Box, marks: readonly Optimum[], hasData: boolean): PlainObject[] {
  if (box.optima.length < 3) return [];
  const line = (name: string, ends: readonly Optimum[], dash: string): PlainObject => ({
    type: 'scatter',
    mode: 'lines',
    name,
    x: plain(ends.map((optimum) => optimum.params)),
    y: plain(ends.map((optimum) => optimum.tokens)),
    line: { color: palette.optimum, width: 2.5, dash },
    hoverinfo: 'skip',
  });
  return [
    ...(hasData
      ? [line('Compute-optimal', box.optima.slice(0, 2), 'solid'), line('Extrapolated', box.optima.slice(1), 'dash')]
      : [line('Compute-optimal', box.optima, 'solid')]),
    {
      type: 'scatter',
      mode: 'markers',
      name: 'Budgets',
      x: plain(marks.map((mark) => mark.params)),
      y: plain(marks.map((mark) => mark.tokens)),
      text: marks.map(optimumHover),
      hovertemplate: '%{text}<extra></extra>',
      marker: { size: 10, symbol: 'diamond', color: palette.optimum, line: { width: 1.2, color: palette.paper } },
      showlegend: false,
    },
  ];
}

/** Budget and tokens per parameter beside each mark: above the line, or below it where the frame would cut the text. */
function markNotes(marks: readonly Optimum[], box: Box): PlainObject[] {
  const [left, right] = box.params;
  const above = { xanchor: 'right', yanchor: 'bottom', xshift: -6, yshift: 2 };
  const below = { xanchor: 'left', yanchor: 'top', xshift: 6, yshift: -2 };
  return marks.map(({ flops, params, tokens }) => ({
    ...theme.note,
    ...(Math.log(params / left) > 0.22 * Math.log(right / left) ? above : below),
    // Annotations on logarithmic axes are placed in log10.
    x: Math.log10(params),
    y: Math.log10(tokens),
    borderpad: 1,
    text: `${quantityStyle('flops').format(flops)}: ${quantityStyle('ratio').format(tokens / params)} tokens/param`,
  }));
}

function build(fit: Fit, options: FigureOptions = {}): Figure {
  const law = lawOf(fit);
  requireParamsAndTokens(law, 'contour');
  const points = pointsOf(fit, law, options.maxPoints ?? defaultMaxPoints);
  const box = boxOf(fit, law);
  const marks = budgetMarks(fit, law, box);
  const hasData = points.count > 0;
  const { params = [], tokens = [] } = points.columns;
  const dots = pointTrace(points, params, tokens, {
    name: 'Runs',
    marker: { ...markerSize(points.count, 5.5), color: palette.ink, line: { width: 0.5, color: palette.paper } },
  });
  const title =
    fit.optimum === null
      ? 'Loss over model size and training tokens'
      : `Compute-optimal training: N* grows as C<sup>${fit.optimum.paramsExponent.toFixed(3)}</sup>, D* as C<sup>${fit.optimum.tokensExponent.toFixed(3)}</sup>`;
  return {
    data: [...lossTraces(fit, law, box), ...(hasData ? [dots] : []), ...optimumTraces(box, marks, hasData)],
    layout: baseLayout({
      title,
      subtitle: subtitleOf(fit, law, points.count, ['contours: loss of the law in nats per token']),
      height: 640,
      rest: {
        margin: { l: 72, r: 64, t: 84, b: 100 },
        xaxis: logAxis({ quantity: 'params', range: box.params }),
        yaxis: logAxis({ quantity: 'tokens', range: box.tokens }),
        annotations: markNotes(marks, box),
      },
    }),
    config: baseConfig,
  };
}

/** Loss over the plane of size and tokens, and the path through it on which compute is best spent. */
export const contour: FigureDefinition = {
  id: 'contour',
  title: 'Loss over size and tokens',
  description:
    'Contours of the fitted loss over model size and training tokens, the runs, and the compute-optimal line with budgets marked on it.',
  build,
};
