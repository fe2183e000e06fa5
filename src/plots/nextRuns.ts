import { fixedPercent } from '../core/percent.ts';
import type { Fit } from '../fit/result.ts';
import { lawOf } from '../laws/index.ts';
import type { NextRun, NextRuns } from '../plan/next/types.ts';
import { logAxis, logSpace, padRange, quantityStyle } from './axis.ts';
import { defaultMaxPoints, plain, type Figure, type FigureOptions, type PlainObject } from './figure.ts';
import { extent, optimumOrNull, requireParamsAndTokens } from './plane.ts';
import { markerSize, pointsOf, pointTrace, subtitleOf } from './points.ts';
import { baseConfig, baseLayout, palette, series, theme } from './theme.ts';

/** Smallest and largest diameter of a run, in pixels: its area tells what it takes off the interval. */
const sizes = { least: 7, most: 26 } as const;
/** Samples along a line of equal compute or of optima. */
const samples = 2;

/**
 * The runs that a plan buys, over size and tokens: the known runs, the chosen ones (the larger, the more of the interval at the
 * target each takes off), the target, and lines of equal compute.
 *
 * @param fit - the fit that the plan was made for
 * @throws {@link IsoflopError} `FIGURE_UNAVAILABLE` for a law that does not take params and tokens
 * @example
 * ```ts
 * nextRunsFigure(fit, nextRuns(fit, { target: { flops: 1e24 }, budget: 1e21 })).data.length > 2; // true
 * ```
 */
export function nextRunsFigure(fit: Fit, plan: NextRuns, options: FigureOptions = {}): Figure {
  const law = lawOf(fit);
  requireParamsAndTokens(law, 'next');
  const points = pointsOf(fit, law, options.maxPoints ?? defaultMaxPoints);
  const { params = [], tokens = [] } = points.columns;
  const { runs, target } = plan;
  const cover = (known: ArrayLike<number>, name: 'params' | 'tokens'): [number, number] =>
    padRange(extent([...Array.from(known), ...runs.map((run) => run[name]), target[name]]), 0.06);
  const box = { params: cover(params, 'params'), tokens: cover(tokens, 'tokens') };
  const known = pointTrace(points, params, tokens, {
    name: 'Runs of the fit',
    marker: { ...markerSize(points.count, 5), color: palette.muted, line: { width: 0.5, color: palette.paper } },
  });
  const percent = (halfWidth: number): string =>
    plan.criterion === 'params'
      ? `a factor of ${Math.exp(halfWidth).toPrecision(3)}`
      : plan.scale === 'log'
        ? `±${fixedPercent(halfWidth, 2)}`
        : `±${halfWidth.toPrecision(3)}`;
  const what = plan.criterion === 'params' ? 'best size' : 'loss';
  const count = `${String(runs.length)} ${runs.length === 1 ? 'run' : 'runs'}`;
  const print = (name: string, value: number): string => quantityStyle(name).format(value);
  return {
    data: [
      ...computeLines(fit, plan, box),
      ...optimumLine(fit, plan),
      ...(points.count > 0 ? [known] : []),
      ...batchTraces(plan, percent),
      {
        type: 'scatter',
        mode: 'markers',
        name: 'Target',
        x: plain([target.params]),
        y: plain([target.tokens]),
        text: [
          `<b>Target</b> ${print('flops', target.flops)} FLOP<br>N ${print('params', target.params)}, D ${print('tokens', target.tokens)}<br>${what} within ${percent(plan.before.halfWidth)} today, ${percent(plan.after.halfWidth)} with these runs`,
        ],
        hovertemplate: '%{text}<extra></extra>',
        marker: { size: 14, symbol: 'star', color: palette.ink, line: { width: 1, color: palette.paper } },
      },
    ],
    layout: baseLayout({
      title: `${count} for ${print('flops', plan.flops)} FLOP: ${what} at the target from ${percent(plan.before.halfWidth)} to ${percent(plan.after.halfWidth)}`,
      subtitle: subtitleOf(fit, law, points.count, ['area of a run: what it takes off the interval']),
      height: 640,
      rest: {
        margin: { l: 72, r: 64, t: 84, b: 100 },
        xaxis: logAxis({ quantity: 'params', range: box.params }),
        yaxis: logAxis({ quantity: 'tokens', range: box.tokens }),
        annotations: computeNotes(fit, plan, box),
      },
    }),
    config: baseConfig,
  };
}

/** The chosen runs, a colour and a marker for each batch; of many batches the last ones share them. */
function batchTraces({ runs, confidence }: NextRuns, percent: (halfWidth: number) => string): PlainObject[] {
  const last = runs.reduce((most, { batch }) => Math.max(most, batch), 0);
  const most = runs.reduce((largest, { saves }) => Math.max(largest, saves), 0);
  const diameter = ({ saves }: NextRun): number =>
    most > 0 ? Math.max(sizes.least, sizes.most * Math.sqrt(saves / most)) : sizes.least;
  const print = (name: string, value: number): string => quantityStyle(name).format(value);
  const shownBatches = Math.min(last, series.length - 1);
  return Array.from({ length: shownBatches }, (_, k): PlainObject => {
    const { color, symbol } = series[(k + 1) % series.length];
    const isLast = k === shownBatches - 1;
    const some = runs.filter(({ batch }) => (isLast ? batch > k : batch === k + 1));
    const name =
      last === 1 ? 'Runs to buy' : `Batch ${String(k + 1)}${isLast && last > shownBatches ? ' and later' : ''}`;
    return {
      type: 'scatter',
      mode: 'markers',
      name,
      x: plain(some.map((run) => run.params)),
      y: plain(some.map((run) => run.tokens)),
      text: some.map(
        (run) =>
          `<b>Run ${String(run.run)}</b> ${print('flops', run.flops)} FLOP<br>N ${print('params', run.params)}, D ${print('tokens', run.tokens)}, ${print('ratio', run.tokensPerParam)} tokens/param<br>${String(Math.round(100 * confidence))}% interval ${percent(run.after)} with it and those before it, ${percent(run.without)} without it alone`,
      ),
      hovertemplate: '%{text}<extra></extra>',
      marker: { size: some.map(diameter), symbol, color, opacity: 0.85, line: { width: 1, color: palette.paper } },
    };
  });
}

interface Box {
  readonly params: readonly [number, number];
  readonly tokens: readonly [number, number];
}

/** Compute of the lines: that of the largest chosen run, and of the target. */
const budgetsOf = ({ runs, target }: NextRuns): number[] => {
  const largest = runs.reduce((most, { flops }) => Math.max(most, flops), 0);
  return [...(largest > 0 && largest < target.flops ? [largest] : []), target.flops];
};

/** Where the line of equal compute enters and leaves the picture. */
function lineAt(flops: number, factor: number, box: Box): readonly [number, number] | null {
  const product = flops / factor;
  const low = Math.max(box.params[0], product / box.tokens[1]);
  const high = Math.min(box.params[1], product / box.tokens[0]);
  return low < high ? [low, high] : null;
}

function computeLines(fit: Fit, plan: NextRuns, box: Box): PlainObject[] {
  const factor = fit.data.conventions.flopsPerParamToken;
  const lines = budgetsOf(plan).flatMap((flops) => {
    const ends = lineAt(flops, factor, box);
    return ends === null ? [] : [{ flops, ends }];
  });
  return [
    {
      type: 'scatter',
      mode: 'lines',
      name: 'Equal compute',
      // One trace: null ends a line.
      x: lines.flatMap(({ ends }) => [...plain(logSpace(...ends, samples)), null]),
      y: lines.flatMap(({ flops, ends }) => [
        ...plain(logSpace(...ends, samples).map((n) => flops / factor / n)),
        null,
      ]),
      line: { color: palette.faint, width: 1.2, dash: 'dot' },
      hoverinfo: 'skip',
    },
  ];
}

/** What each line of equal compute is. */
function computeNotes(fit: Fit, plan: NextRuns, box: Box): PlainObject[] {
  const factor = fit.data.conventions.flopsPerParamToken;
  return budgetsOf(plan).flatMap((flops) => {
    const ends = lineAt(flops, factor, box);
    if (ends === null) return [];
    // Near an end: the lower one, away from the runs, or of the target's line the upper one, which leaves the picture beside it.
    const n = ends[0] * (ends[1] / ends[0]) ** (flops === plan.target.flops ? 0.1 : 0.9);
    return [
      {
        ...theme.note,
        font: { ...theme.note.font, color: palette.muted },
        // Annotations on logarithmic axes are placed in log10.
        x: Math.log10(n),
        y: Math.log10(flops / factor / n),
        text: `${quantityStyle('flops').format(flops)} FLOP`,
      },
    ];
  });
}

/** The compute-optimal line from the cheapest known run to the target. */
function optimumLine(fit: Fit, { target }: NextRuns): PlainObject[] {
  const law = lawOf(fit);
  const start = Math.min(fit.data.ranges.flops?.[0] ?? target.flops / 1e6, target.flops / 10);
  const ends = [...logSpace(start, target.flops, 9)].map((flops) => optimumOrNull(fit, law, flops));
  const line = ends.filter((optimum) => optimum !== null);
  if (line.length < 2) return [];
  return [
    {
      type: 'scatter',
      mode: 'lines',
      name: 'Compute-optimal',
      x: plain(line.map((optimum) => optimum.params)),
      y: plain(line.map((optimum) => optimum.tokens)),
      line: { color: palette.faint, width: 2 },
      hoverinfo: 'skip',
    },
  ];
}
