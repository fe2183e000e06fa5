import { fixedPercent } from '../core/percent.ts';
import type { Backtest, LawBacktest } from '../backtest/backtest.ts';
import type { SplitScore } from '../backtest/backtestSplit.ts';
import { columnOf, type Holdout } from '../backtest/splits.ts';
import type { Runs } from '../runs/runs.ts';
import { linearTicks, logAxis, logTicks, padRange, quantityStyle } from './axis.ts';
import { defaultMaxPoints, plain, type Figure, type PlainObject } from './figure.ts';
import { markerSize } from './points.ts';
import { baseConfig, baseLayout, palette, sequentialColor, theme } from './theme.ts';

const quantityOf: Readonly<Record<Holdout, string>> = { flops: 'flops', size: 'params', tokens: 'tokens' };

/** Share of the width that lies between the two panels. */
const gap = 0.12;

/** A held-out run of one cut. */
interface Point {
  readonly observed: number;
  readonly predicted: number;
  readonly lower: number | null;
  readonly upper: number | null;
  /** How far beyond the largest known run it lies, as a factor. */
  readonly beyond: number;
  readonly held: number;
}

/** The held-out runs of a cut, thinned evenly to at most `most`. */
function pointsOf({ cut, heldOut }: SplitScore, held: Float64Array, most: number): Point[] {
  const { observed, predicted, lower, upper, rows } = heldOut;
  const known = held.reduce((most, value) => (value < cut && value > most ? value : most), 0);
  const shown = Math.min(rows.length, Math.max(1, Math.floor(most)));
  return Array.from({ length: shown }, (_, k) => {
    const i = Math.floor((k * rows.length) / shown);
    return {
      observed: observed[i],
      predicted: predicted[i],
      lower: lower?.[i] ?? null,
      upper: upper?.[i] ?? null,
      beyond: held[rows[i]] / known,
      held: held[rows[i]],
    };
  });
}

/** Whether the interval does not hold what came. */
const isMissed = ({ observed, lower, upper }: Point): boolean =>
  lower !== null && upper !== null && (observed < lower || observed > upper);

/** The colour, seen through. */
const faint = (color: string): string => color.replace('rgb(', 'rgba(').replace(')', ', 0.4)');

/** What lies beyond a cut. */
const larger: Readonly<Record<Holdout, string>> = {
  flops: 'larger runs',
  size: 'larger models',
  tokens: 'longer runs',
};

const errorOf = ({ observed, predicted }: Point): number => (100 * (predicted - observed)) / observed;

function extent(values: readonly number[]): [number, number] {
  const finite = values.filter((value) => Number.isFinite(value) && value > 0);
  return [finite.reduce((a, b) => Math.min(a, b), Infinity), finite.reduce((a, b) => Math.max(a, b), -Infinity)];
}

function cutTraces(points: readonly Point[], color: string, name: string, quantity: string): PlainObject[] {
  const style = quantityStyle(quantity);
  const hover = points.map((point) => {
    const error = errorOf(point);
    const interval =
      point.lower === null || point.upper === null
        ? ''
        : ` [${point.lower.toPrecision(4)}, ${point.upper.toPrecision(4)}]`;
    return [
      `${style.symbol} ${style.format(point.held)}, ${point.beyond.toPrecision(3)} times the largest known`,
      `observed ${point.observed.toPrecision(4)}, predicted ${point.predicted.toPrecision(4)}${interval}`,
      `error ${error < 0 ? '' : '+'}${error.toFixed(2)}%`,
    ].join('<br>');
  });
  const common = {
    type: 'scatter',
    mode: 'markers',
    name,
    legendgroup: name,
    showlegend: false,
    text: hover,
    hovertemplate: '%{text}<extra></extra>',
    marker: {
      ...markerSize(points.length),
      color,
      symbol: points.map((point) => (isMissed(point) ? 'x' : 'circle')),
      line: { width: 0.5, color: palette.paper },
    },
  };
  // Lines and not error bars: an interval that holds other forms of the law need not hold this one's prediction.
  const ends = points.flatMap(({ observed, lower, upper }) =>
    lower === null || upper === null ? [] : [{ observed, lower, upper }],
  );
  const intervals: PlainObject = {
    type: 'scatter',
    mode: 'lines',
    name: `${name}, intervals`,
    legendgroup: name,
    showlegend: false,
    x: plain(ends.flatMap(({ observed }) => [observed, observed, NaN])),
    y: plain(ends.flatMap(({ lower, upper }) => [lower, upper, NaN])),
    line: { color: faint(color), width: 1.5 },
    hoverinfo: 'skip',
  };
  return [
    ...(ends.length === 0 ? [] : [intervals]),
    {
      ...common,
      x: plain(points.map(({ observed }) => observed)),
      y: plain(points.map(({ predicted }) => predicted)),
    },
    {
      ...common,
      xaxis: 'x2',
      yaxis: 'y2',
      x: plain(points.map(({ beyond }) => beyond)),
      y: plain(points.map(errorOf)),
    },
    {
      type: 'scatter',
      mode: 'markers',
      name,
      legendgroup: name,
      // Nothing but an entry of the legend, which would show a cross where the first run is a miss.
      x: [null],
      y: [null],
      marker: { size: 8, color },
    },
  ];
}

/** The tick labels of a signed error. */
const signed = (tick: number): string => (tick > 0 ? `+${String(tick)}%` : `${String(tick)}%`);

/**
 * The figure of one law in a {@link Backtest}: on the left what was predicted for the held-out runs against what came,
 * with the intervals; on the right the signed error against how far a run lies beyond the largest known one. Each cut has its colour.
 *
 * @param runs - the runs that were backtested
 * @example
 * ```ts
 * const backtest = await backtestLaws(runs, [chinchilla], { cuts: [1e20, 3e20] });
 * backtestFigure(backtest, backtest.laws[0], runs).data.length; // 10
 * ```
 */
export function backtestFigure(backtest: Backtest, law: LawBacktest, runs: Runs): Figure {
  const quantity = quantityOf[backtest.holdout];
  const style = quantityStyle(quantity);
  const held = columnOf(runs, backtest.holdout);
  const { splits, pooled } = law;
  const perSplit = splits.map((split) => pointsOf(split, held, defaultMaxPoints / (2 * splits.length)));
  const color = (k: number): string => sequentialColor(splits.length < 2 ? 0.5 : k / (splits.length - 1));
  const all = perSplit.flat();
  const range = padRange(extent(all.flatMap(({ observed, predicted }) => [observed, predicted])), 0.06);
  const [least, most] = extent(all.flatMap(({ lower, upper }) => [lower ?? NaN, upper ?? NaN]));
  // The intervals are seen whole unless that would leave no room for the points.
  const yRange = [
    Math.max(Math.min(range[0], least), range[0] ** 2 / range[1]),
    Math.min(Math.max(range[1], most), range[1] ** 2 / range[0]),
  ] as const;
  const beyond = padRange([1, extent(all.map((point) => point.beyond))[1]], 0.04);
  const errors = all.map(errorOf).filter(Number.isFinite);
  const widest = 1.1 * errors.reduce((most, error) => Math.max(most, Math.abs(error)), 0.1);
  const ticks = linearTicks(-widest, widest, 9);
  const beyondTicks = logTicks(beyond[0], beyond[1], 6);
  const diagonal: PlainObject = {
    type: 'scatter',
    mode: 'lines',
    name: 'Predicted = observed',
    x: plain(range),
    y: plain(range),
    line: { color: palette.ink, width: 1, dash: 'dot' },
    hoverinfo: 'skip',
  };
  const zero: PlainObject = {
    type: 'scatter',
    mode: 'lines',
    name: 'No error',
    xaxis: 'x2',
    yaxis: 'y2',
    x: plain(beyond),
    y: [0, 0],
    line: { color: palette.ink, width: 1, dash: 'dot' },
    hoverinfo: 'skip',
    showlegend: false,
  };
  return {
    data: [
      diagonal,
      zero,
      ...perSplit.flatMap((points, k) =>
        cutTraces(points, color(k), `${style.symbol} < ${style.format(splits[k].cut)}`, quantity),
      ),
    ],
    layout: baseLayout({
      title: `${law.law} predicts ${larger[backtest.holdout]} with an error of ${fixedPercent(pooled?.are ?? null, 2)}`,
      subtitle: [
        `fitted below each cut in ${style.name}, tested at and above it`,
        ...(typeof pooled?.coverage === 'number'
          ? [
              `${fixedPercent(backtest.confidence, 0)} intervals for a new run hold ${fixedPercent(pooled.coverage, 0)} of what came (crosses: missed)`,
            ]
          : []),
      ].join('  |  '),
      height: 560,
      rest: {
        margin: { l: 72, r: 32, t: 84, b: 120 },
        xaxis: {
          ...logAxis({ quantity: 'loss', range, title: 'Observed loss' }),
          domain: [0, 0.5 - gap / 2],
          anchor: 'y',
        },
        yaxis: {
          ...logAxis({ quantity: 'loss', range: yRange, title: 'Predicted loss, with its interval' }),
          anchor: 'x',
        },
        xaxis2: {
          ...theme.axis,
          type: 'log',
          range: beyond.map(Math.log10),
          tickvals: beyondTicks,
          ticktext: beyondTicks.map((tick) => `${String(tick)}x`),
          tickangle: 0,
          title: { ...theme.axisTitle, text: `${style.symbol} of the run / largest known ${style.symbol}` },
          domain: [0.5 + gap / 2, 1],
          anchor: 'y2',
        },
        yaxis2: {
          ...theme.axis,
          range: [-widest, widest],
          tickvals: ticks,
          ticktext: ticks.map(signed),
          title: { ...theme.axisTitle, text: 'Predicted too high (+) or too low (-)' },
          anchor: 'x2',
        },
      },
    }),
    config: baseConfig,
  };
}
