import type { MultiplierPoint } from '../plan/compare/multiplier.ts';
import { describePath } from '../plan/compare/path.ts';
import type { FamilyComparison } from '../plan/compare/result.ts';
import { logAxis, logTicks, padRange, quantityStyle } from './axis.ts';
import { plain, type Figure, type PlainObject } from './figure.ts';
import { baseConfig, baseLayout, palette, theme } from './theme.ts';

/** Colour of the fits with shared parameters. */
const tiedColor = palette.data;
const tiedBand = 'rgba(0, 114, 178, 0.14)';
/** The figure shows multipliers between these at most; an interval may reach further. */
const widest = [1 / 30, 30] as const;

const format = (value: number): string => (Number.isFinite(value) ? value.toPrecision(3) : 'without end');

/** Ends of an interval inside the figure, so that one without end still has a shape. */
const clip = (value: number): number => Math.min(2 * widest[1], Math.max(0.5 * widest[0], value));

function bandTrace(points: readonly MultiplierPoint[], name: string, color: string, legend: string): PlainObject[] {
  const there = points.flatMap(({ at, interval }) =>
    interval === null ? [] : [{ at, low: interval[0], high: interval[1] }],
  );
  if (there.length < 2) return [];
  const back = there.toReversed();
  return [
    {
      type: 'scatter',
      mode: 'lines',
      name,
      legendgroup: legend,
      x: plain([...there, ...back].map(({ at }) => at)),
      y: plain([...there.map(({ low }) => clip(low)), ...back.map(({ high }) => clip(high))]),
      fill: 'toself',
      fillcolor: color,
      line: { width: 0 },
      hoverinfo: 'skip',
    },
  ];
}

function lineTrace(
  points: readonly MultiplierPoint[],
  axis: string,
  { name, color, dash, legend, shown }: { name: string; color: string; dash: string; legend: string; shown: boolean },
): PlainObject {
  const style = quantityStyle(axis);
  return {
    type: 'scatter',
    mode: 'lines',
    name,
    legendgroup: legend,
    showlegend: shown,
    x: plain(points.map(({ at }) => at)),
    y: plain(points.map(({ value }) => value)),
    text: points.map(({ at, value, interval, loss, ahead }) =>
      [
        `<b>${name}</b> at ${style.format(at)}`,
        `multiplier ${format(value)}${interval === null ? '' : ` [${interval.map(format).join(', ')}]`}`,
        `loss ${loss.toPrecision(4)}`,
        ...(ahead === null ? [] : [`candidate ahead with probability ${ahead.toPrecision(2)}`]),
      ].join('<br>'),
    ),
    hovertemplate: '%{text}<extra></extra>',
    line: { color, width: 2.5, dash },
  };
}

function rungTrace({ observed, axis }: FamilyComparison): PlainObject[] {
  const rungs = (observed?.rungs ?? []).flatMap((rung) =>
    rung.multiplier === null ? [] : [{ ...rung, multiplier: rung.multiplier }],
  );
  if (rungs.length === 0) return [];
  const style = quantityStyle(axis);
  return [
    {
      type: 'scatter',
      mode: 'markers',
      name: 'Pairs of runs (mean, one standard error)',
      x: plain(rungs.map(({ at }) => at)),
      y: plain(rungs.map(({ multiplier }) => multiplier)),
      error_y: {
        type: 'data',
        symmetric: false,
        array: plain(rungs.map(({ multiplier, interval }) => (interval === null ? 0 : interval[1] - multiplier))),
        arrayminus: plain(rungs.map(({ multiplier, interval }) => (interval === null ? 0 : multiplier - interval[0]))),
        color: palette.ink,
        thickness: 1.2,
        width: 4,
      },
      text: rungs.map(
        ({ at, pairs, multiplier, difference }) =>
          `${String(pairs)} ${pairs === 1 ? 'pair' : 'pairs'} at ${style.format(at)}<br>multiplier ${format(multiplier)}, loss ${(100 * difference).toPrecision(2)}%`,
      ),
      hovertemplate: '%{text}<extra></extra>',
      marker: { size: 8, color: palette.ink, line: { width: 1, color: palette.paper } },
    },
  ];
}

/** Both ends of the vertical axis: all curves, and bands as far as they are no wider than the figure may be. */
function verticalRange(comparison: FamilyComparison): [number, number] {
  const { free, tied, observed } = comparison;
  const centers = [free, tied].flatMap((model) =>
    model === null ? [] : [...model.curve, ...model.beyond, ...model.targets].map(({ value }) => value),
  );
  const bands = [free, tied].flatMap((model) =>
    model === null ? [] : model.curve.flatMap(({ interval }) => interval ?? []),
  );
  const far = [free, tied].flatMap((model) =>
    model === null ? [] : model.beyond.flatMap(({ interval }) => interval ?? []),
  );
  const rungs = observed?.rungs.flatMap(({ multiplier, interval }) => [
    ...(interval ?? []),
    ...(multiplier === null ? [] : [multiplier]),
  ]);
  const usable = (values: readonly number[]): number[] => values.filter((value) => value > 0 && Number.isFinite(value));
  const inner = usable([...centers, ...bands, ...(rungs ?? []), 1]);
  const low = Math.max(widest[0], Math.min(...inner));
  const high = Math.min(widest[1], Math.max(...inner));
  // Of the extrapolated band as much as leaves the range of the data readable.
  const room = Math.max(high / low, 1.5);
  const outer = usable(far);
  return padRange(
    [
      Math.max(widest[0], low / room, Math.min(low, ...outer)),
      Math.min(widest[1], high * room, Math.max(high, ...outer)),
    ],
    0.1,
  );
}

/**
 * The compute multiplier of a candidate over a baseline against compute, with its band inside the data and beyond, paired runs
 * by themselves, and the same with parameters in common.
 *
 * @example
 * ```ts
 * const gadre = await readRuns('data/gadre.csv', { columns: 'params=N,tokens=D,loss=loss_c4_val,family=dataset' });
 * const fits = splitRuns(gadre, 'family').map((family) => fitLaw(chinchilla, family.runs));
 * const figure = multiplierFigure(await compareFamilies(fits[0], fits[1], { resamples: 0 }));
 * figure.data.length > 1; // true
 * ```
 */
export function multiplierFigure(comparison: FamilyComparison): Figure {
  const { axis, baseline, candidate, range, free, tied, confidence, path, observed } = comparison;
  const what = axis === 'flops' ? 'compute' : axis;
  const level = `${String(Number((100 * confidence).toPrecision(4)))}%`;
  const models = [
    {
      model: tied,
      name: `${tied?.shared.join(', ') ?? ''} in common`,
      color: tiedColor,
      band: tiedBand,
      legend: 'tied',
    },
    { model: free, name: 'Each family its own law', color: palette.law, band: palette.band, legend: 'free' },
  ];
  const traces = models.flatMap(({ model, name, color, band, legend }) => {
    if (model === null) return [];
    const { curve } = model;
    const below = model.beyond.filter(({ at }) => at < curve[0].at);
    const above = model.beyond.filter(({ at }) => at > curve[curve.length - 1].at);
    const all = [...below, ...curve, ...above];
    const line = (points: readonly MultiplierPoint[], dash: string, shown: boolean): PlainObject =>
      lineTrace(points, axis, { name, color, dash, legend, shown });
    return [
      ...bandTrace(all, `${name}, ${level} band`, band, legend),
      ...(below.length === 0 ? [] : [line([...below, curve[0]], 'dash', false)]),
      line(curve, 'solid', true),
      ...(above.length === 0 ? [] : [line([curve[curve.length - 1], ...above], 'dash', false)]),
    ];
  });
  const targets = free.targets.filter(({ value }) => Number.isFinite(value));
  const marks: PlainObject[] =
    targets.length === 0
      ? []
      : [
          {
            type: 'scatter',
            mode: 'markers+text',
            name: 'Targets',
            x: plain(targets.map(({ at }) => at)),
            y: plain(targets.map(({ value }) => value)),
            text: targets.map(({ value }) => `${value.toPrecision(3)} `),
            textposition: 'top left',
            textfont: theme.note.font,
            marker: { size: 9, color: palette.paper, line: { width: 2, color: palette.law } },
            hoverinfo: 'skip',
            showlegend: false,
          },
        ];
  const xs = [
    ...free.curve.map(({ at }) => at),
    ...free.beyond.map(({ at }) => at),
    ...(observed?.rungs.map(({ at }) => at) ?? []),
  ];
  const [low, high] = verticalRange(comparison);
  const ticks = logTicks(low, high, 9);
  const { mean } = free;
  const headline =
    mean.interval === null ? format(mean.value) : `${format(mean.value)} [${mean.interval.map(format).join(', ')}]`;
  const rule = { type: 'line', line: { color: palette.ink, width: 1.2, dash: 'dot' } };
  return {
    data: [...traces, ...rungTrace(comparison), ...marks],
    layout: baseLayout({
      title: `${baseline.name} needs ${headline} times the ${what} of ${candidate.name} for the same loss`,
      subtitle: [
        `${comparison.law}, ${describePath(path)}`,
        `${String(baseline.points)} and ${String(candidate.points)} points, ${String(comparison.pairing.pairs)} pairs`,
        free.mean.interval === null ? 'no intervals' : `${level} bands of ${String(free.draws)} paired resamples`,
      ].join('  |  '),
      rest: {
        xaxis: logAxis({
          quantity: axis,
          range: padRange([Math.min(...xs), Math.max(...xs)], 0.02),
          title: `${axis === 'flops' ? 'Training compute' : axis} of ${candidate.name}${axis === 'flops' ? ' (FLOP)' : ''}`,
        }),
        yaxis: {
          ...theme.axis,
          type: 'log',
          range: [Math.log10(low), Math.log10(high)],
          tickvals: ticks,
          ticktext: ticks.map((tick) => `${String(tick)}x`),
          title: { ...theme.axisTitle, text: `Multiplier of ${what}` },
        },
        shapes: [
          ...(range === null
            ? []
            : [
                {
                  type: 'rect',
                  layer: 'below',
                  x0: range[0],
                  x1: range[1],
                  yref: 'paper',
                  y0: 0,
                  y1: 1,
                  fillcolor: 'rgba(0, 0, 0, 0.045)',
                  line: { width: 0 },
                },
              ]),
          { ...rule, xref: 'paper', x0: 0, x1: 1, y0: 1, y1: 1 },
        ],
        annotations: [
          ...(range === null
            ? []
            : [
                {
                  ...theme.note,
                  x: Math.log10(range[0]),
                  xanchor: 'left',
                  xshift: 4,
                  y: 1,
                  yref: 'paper',
                  yanchor: 'top',
                  text: 'data of both',
                },
              ]),
          sideNote(`${candidate.name} ahead`, 'bottom'),
          sideNote(`${baseline.name} ahead`, 'top'),
        ],
      },
    }),
    config: baseConfig,
  };
}

/** Which side of the line at 1 is whose. */
function sideNote(text: string, yanchor: 'bottom' | 'top'): PlainObject {
  return {
    ...theme.note,
    font: { ...theme.note.font, color: palette.muted },
    x: 0.995,
    xref: 'paper',
    xanchor: 'right',
    y: 0,
    yanchor,
    text,
  };
}
