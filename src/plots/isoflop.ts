import { IsoflopError } from '../core/errors.ts';
import { paramValues, type Fit } from '../fit/result.ts';
import { lawOf } from '../laws/index.ts';
import { evaluateLaw, type Law } from '../laws/law.ts';
import { findBudgets, type Budget } from '../uncertainty/budgets.ts';
import { logAxis, logSpace, padRange, quantityStyle } from './axis.ts';
import { defaultMaxPoints, plain, type Figure, type FigureDefinition, type FigureOptions } from './figure.ts';
import type { PlainObject } from './figure.ts';
import { extent, optimumHover, optimumOrNull, requireParamsAndTokens, type Optimum } from './plane.ts';
import { markerSize, pickPoints, pointsOf, pointTrace, subtitleOf, type Points } from './points.ts';
import { baseConfig, baseLayout, palette, sequentialColor, theme } from './theme.ts';

/** Budgets drawn for a fit without data. */
const defaultBudgets: readonly Budget[] = [1e18, 1e19, 1e20, 1e21, 1e22].map((flops) => ({ flops, rows: [] }));

/** What is drawn for one budget. */
interface Slice {
  readonly budget: Budget;
  readonly color: string;
  readonly params: Float64Array;
  readonly loss: Float64Array;
  readonly optimum: Optimum | null;
}

/** The law at one budget over the sizes of its runs, and around its optimum so that the valley is seen. */
function sliceOf(fit: Fit, law: Law, points: Points, budget: Budget, color: string): Slice {
  const optimum = optimumOrNull(fit, law, budget.flops);
  const { params: known = [] } = points.columns;
  const sizes = budget.rows.map((i) => known[i]);
  const [low, high] = extent([...sizes, ...(optimum === null ? [] : [optimum.params / 3, optimum.params * 3])]);
  const params = logSpace(low / 1.3, high * 1.3, 81);
  const tokens = params.map((n) => budget.flops / (fit.data.conventions.flopsPerParamToken * n));
  return { budget, color, params, loss: evaluateLaw(law, paramValues(fit), { params, tokens }), optimum };
}

function sliceTraces(slice: Slice, points: Points, yTop: number): PlainObject[] {
  const { budget, color, params, loss } = slice;
  const name = quantityStyle('flops').format(Number(budget.flops.toPrecision(2)));
  const shown = Array.from(params.keys()).filter((i) => loss[i] <= yTop);
  const last = shown.length - 1;
  const curve: PlainObject = {
    type: 'scatter',
    mode: 'lines+text',
    name: `${name} FLOP`,
    x: plain(shown.map((i) => params[i])),
    y: plain(shown.map((i) => loss[i])),
    // The label sits where the curve ends: no legend with a dozen entries.
    text: shown.map((_, k) => (k === last ? ` ${name}` : '')),
    textposition: 'middle right',
    textfont: theme.note.font,
    cliponaxis: false,
    line: { color, width: 2 },
    hoverinfo: 'skip',
  };
  if (budget.rows.length === 0) return [curve];
  const pick = (values: ArrayLike<number>): number[] => budget.rows.map((i) => values[i]);
  const dots = pointTrace(pickPoints(points, budget.rows), pick(points.columns.params ?? []), pick(points.loss), {
    name: `runs at ${name} FLOP`,
    marker: { ...markerSize(points.count), color, line: { width: 0.5, color: palette.paper } },
  });
  return [curve, dots];
}

/** The optimum of each budget and the line through them. */
function optimumTraces(fit: Fit, law: Law, slices: readonly Slice[]): PlainObject[] {
  const optima = slices.map((slice) => slice.optimum).filter((optimum) => optimum !== null);
  if (optima.length === 0) return [];
  const [first, last] = [optima[0], optima[optima.length - 1]];
  // N* and D* are powers of C, so both are evenly spaced in log space along the line.
  const params = logSpace(first.params, last.params, 41);
  const tokens = logSpace(first.tokens, last.tokens, 41);
  return [
    {
      type: 'scatter',
      mode: 'lines',
      name: 'Compute-optimal size',
      x: plain(params),
      y: plain(evaluateLaw(law, paramValues(fit), { params, tokens })),
      line: { color: palette.optimum, width: 2, dash: 'dash' },
      hoverinfo: 'skip',
    },
    {
      type: 'scatter',
      mode: 'markers',
      name: 'Optimum of each budget',
      x: plain(optima.map((optimum) => optimum.params)),
      y: plain(optima.map((optimum) => optimum.loss)),
      text: optima.map(optimumHover),
      hovertemplate: '%{text}<extra></extra>',
      marker: { size: 11, symbol: 'diamond', color: palette.optimum, line: { width: 1.2, color: palette.paper } },
    },
  ];
}

/** Ends of the vertical axis: the runs and the optima are seen whole; without runs, all of the curves. */
function lossRange(slices: readonly Slice[], points: Points): [number, number] {
  const runs = slices.flatMap((slice) => slice.budget.rows.map((i) => points.loss[i]));
  const curves = slices.flatMap((slice) => Array.from(slice.loss));
  const [low] = extent([...runs, ...curves]);
  const [, high] = extent(runs.length === 0 ? curves : [...runs, ...slices.map((slice) => slice.optimum?.loss ?? NaN)]);
  return padRange([low, high], 0.05);
}

function build(fit: Fit, options: FigureOptions = {}): Figure {
  const law = lawOf(fit);
  requireParamsAndTokens(law, 'isoflop');
  const points = pointsOf(fit, law, options.maxPoints ?? defaultMaxPoints);
  const found = findBudgets(points.columns.flops ?? []);
  const budgets = points.count === 0 ? defaultBudgets : found.budgets;
  const color = (k: number): string => sequentialColor(budgets.length < 2 ? 0.5 : k / (budgets.length - 1));
  const slices = budgets.map((budget, k) => sliceOf(fit, law, points, budget, color(k)));
  const drawn = budgets.reduce((sum, budget) => sum + budget.rows.length, 0);
  if (slices.every(({ budget, optimum }) => budget.rows.length === 0 && optimum === null))
    throw new IsoflopError('FIGURE_UNAVAILABLE', {
      figure: 'isoflop',
      reason: `there are no runs, and ${law.id} has no compute-optimal size to draw it around`,
    });
  const yRange = lossRange(slices, points);
  const widths = slices.flatMap((slice) => Array.from(slice.params).filter((_, i) => slice.loss[i] <= yRange[1]));
  const exponent = fit.optimum === null ? '' : `: N* grows as C<sup>${fit.optimum.paramsExponent.toFixed(3)}</sup>`;
  const within = `${String(drawn)} within ${found.kind === 'isoflop' ? '12%' : '26%'} of a budget are drawn`;
  return {
    data: [
      ...slices
        .flatMap((slice) => sliceTraces(slice, points, yRange[1]))
        .map((trace) => ({ ...trace, showlegend: false })),
      ...optimumTraces(fit, law, slices),
    ],
    layout: baseLayout({
      title: `IsoFLOP curves at ${String(budgets.length)} compute budgets${exponent}`,
      subtitle: subtitleOf(fit, law, points.count, points.count === 0 ? [] : [within]),
      rest: {
        xaxis: logAxis({
          quantity: 'params',
          range: padRange(extent(widths), 0.05),
        }),
        yaxis: logAxis({ quantity: 'loss', range: yRange }),
      },
    }),
    config: baseConfig,
  };
}

/** Loss against size at equal compute, the picture in which the best size for a budget is seen as a valley. */
export const isoflop: FigureDefinition = {
  id: 'isoflop',
  title: 'IsoFLOP curves',
  description:
    'Loss against model size at several budgets of compute, the law at each budget, and the compute-optimal size on it.',
  build,
};
