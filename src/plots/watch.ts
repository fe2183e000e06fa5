import { fixedPercent, roundPercent } from '../core/percent.ts';
import { formatQuantity } from '../core/quantity.ts';
import type { Alarm } from '../watch/alarms.ts';
import type { RunCurve } from '../watch/curve.ts';
import { levelAt } from '../watch/level.ts';
import type { WatchState } from '../watch/watchRun.ts';
import { linearAxis, logAxis, logTicks, padLinear, padRange } from './axis.ts';
import { bandTrace } from './band.ts';
import { defaultMaxPoints, plain, type Figure, type PlainObject } from './figure.ts';
import { extent } from './plane.ts';
import { escapeText } from './points.ts';
import { baseConfig, baseLayout, palette, series, theme } from './theme.ts';

/** What the figure of a watched run shows, for captions. */
export const describeWatch =
  'Loss of a run over its tokens, with what was expected of it, what its end is forecast to be, its target and its alarms; below, the norm of its gradient.';

/** The part of the height that the loss has where the norm of the gradient is drawn below. */
const panels = { loss: [0.34, 1], norm: [0, 0.22] } as const;
/** The loss of the first hundredth of a run would flatten the rest. */
const drawnFrom = 0.01;

const alarmNames: Readonly<Record<Alarm['kind'], string>> = {
  diverged: 'diverged',
  'loss-above-band': 'above the band',
  'loss-outside-band': 'outside the band',
  'gradient-norm': 'gradient norm',
  'loss-spike': 'spike',
  'late-rise': 'late rise',
};

/** Indices of rows that are drawn, the last among them: of a long log the others would only hide each other. */
function drawn(column: Float64Array, { tokens, plannedTokens }: RunCurve): number[] {
  const there = Array.from(tokens.keys()).filter((i) => Number.isFinite(column[i]));
  const late = there.filter((i) => tokens[i] >= drawnFrom * plannedTokens);
  const rows = late.length >= 2 ? late : there;
  const stride = Math.ceil(rows.length / defaultMaxPoints);
  return rows.filter((_, k) => (rows.length - 1 - k) % stride === 0);
}

/**
 * A watched run: its loss over tokens, the band that was registered, the forecast of its end, its target and its alarms; below,
 * the norm of its gradient where the rows have it.
 *
 * @example
 * ```ts
 * const rows = Array.from({ length: 20 }, (_, k) => ({ tokens: (k + 1) * 1e9, loss: 2 + 80 / ((k + 1) * 1e9) ** 0.25 }));
 * const curve = curveOf(rows, { name: 'big', params: 1.4e9, plannedTokens: 40e9 });
 * const figure = watchFigure(watchRun(curve, { target: 2.5 }), curve);
 * figure.data.length; // 5
 * ```
 */
export function watchFigure(state: WatchState, curve: RunCurve): Figure {
  const { tokens, loss, gradientNorm, plannedTokens } = curve;
  const rows = drawn(loss, curve);
  const [color] = series;
  const traces: PlainObject[] = [...bandTraces(state), ...forecastTraces(state, curve)];
  const isSparse = rows.length <= 60;
  if (rows.length > 0)
    traces.push({
      type: 'scatter',
      mode: isSparse ? 'lines+markers' : 'lines',
      name: 'Loss',
      x: plain(rows.map((i) => tokens[i])),
      y: plain(rows.map((i) => loss[i])),
      line: { color: color.color, width: 1.8 },
      marker: { color: color.color, size: 5 },
      hovertemplate: 'tokens %{x:.3s}<br>loss %{y:.4f}<extra></extra>',
    });
  const first = rows.length > 0 ? tokens[rows[0]] : drawnFrom * plannedTokens;
  const x = padRange([Math.min(first, 0.1 * plannedTokens), plannedTokens]);
  if (state.decision !== null)
    traces.push({
      type: 'scatter',
      mode: 'lines',
      name: `Target ${state.decision.target.toFixed(3)}`,
      x: plain(x),
      y: plain([state.decision.target, state.decision.target]),
      line: { color: palette.ink, width: 1.4, dash: 'dot' },
      hoverinfo: 'skip',
    });
  traces.push(...alarmTraces(state, curve, x[0]));
  const norms = gradientNorm === null ? [] : drawn(gradientNorm, curve);
  const hasNorms = gradientNorm !== null && norms.length > 1;
  if (hasNorms)
    traces.push({
      type: 'scatter',
      mode: 'lines',
      name: 'Gradient norm',
      xaxis: 'x2',
      yaxis: 'y2',
      x: plain(norms.map((i) => tokens[i])),
      y: plain(norms.map((i) => gradientNorm[i])),
      line: { color: palette.muted, width: 1.2 },
      showlegend: false,
      hovertemplate: 'tokens %{x:.3s}<br>norm %{y:.3g}<extra></extra>',
    });
  const values = traces.flatMap(({ y, yaxis }) =>
    yaxis === 'y2' ? [] : (y as (number | null)[]).filter((value) => value !== null),
  );
  const across = logAxis({ quantity: 'tokens', range: x });
  return {
    data: traces,
    layout: baseLayout({
      title: titleOf(state),
      subtitle: subtitleOf(state),
      height: hasNorms ? 680 : 560,
      rest: {
        margin: { l: 72, r: 32, t: 84, b: 110 },
        xaxis: hasNorms
          ? {
              ...across,
              anchor: 'y',
              showticklabels: false,
              title: { text: '' },
            }
          : across,
        yaxis: {
          ...linearAxis({ quantity: 'loss', range: padLinear(values.length === 0 ? [0, 1] : extent(values)) }),
          ...(hasNorms ? { domain: panels.loss, anchor: 'x' } : {}),
        },
        ...(hasNorms
          ? normAxes(
              across,
              norms.map((i) => gradientNorm[i]),
            )
          : {}),
      },
    }),
    config: baseConfig,
  };
}

function normAxes(across: PlainObject, norms: readonly number[]): PlainObject {
  const positive = norms.filter((value) => value > 0);
  const range = padRange(positive.length === 0 ? [1, 10] : extent(positive), 0.1);
  const tickvals = logTicks(range[0], range[1], 4);
  return {
    xaxis2: { ...across, anchor: 'y2', matches: 'x' },
    yaxis2: {
      ...theme.axis,
      type: 'log',
      range: range.map(Math.log10),
      tickvals,
      ticktext: tickvals.map((value) => String(Number(value.toPrecision(3)))),
      domain: panels.norm,
      anchor: 'x2',
      title: { ...theme.axisTitle, text: 'Gradient norm' },
    },
  };
}

function titleOf({ run, share, state, plannedTokens, forecast }: WatchState): string {
  const name = escapeText(run);
  const { combined } = forecast;
  if (state === 'ended' && combined !== null) return `${name} ended at a loss of ${combined.loss.toFixed(3)}`;
  const at = `${name} at ${fixedPercent(share, 0)} of ${formatQuantity(plannedTokens)} tokens`;
  if (state === 'diverged') return `${at}: diverged`;
  return combined === null ? at : `${at}: ends at ${combined.loss.toFixed(3)}`;
}

function subtitleOf({ forecast, confidence, alarms, decision, registration, band }: WatchState): string {
  const { combined } = forecast;
  const level = roundPercent(confidence, 3);
  return [
    ...(combined === null || combined.by === 'its end'
      ? []
      : [`${level} interval of the end ${combined.interval.map((end) => end.toFixed(3)).join(' to ')}`]),
    ...(band === null
      ? []
      : [
          registration === null
            ? 'band not registered'
            : registration.isLate
              ? 'band registered late'
              : 'band registered before the run',
        ]),
    ...(decision?.probability == null || decision.verdict === 'reached' || decision.verdict === 'missed'
      ? []
      : [decision.verdict]),
    alarms.length === 0 ? 'no alarm' : `${String(alarms.length)} alarm${alarms.length === 1 ? '' : 's'}`,
  ].join('  |  ');
}

/** What was expected: a band where the points lie next to each other, and a bar where only the end is known. */
function bandTraces({ band, confidence, registration }: WatchState): PlainObject[] {
  const points = band?.filter(({ loss }) => loss !== null) ?? [];
  const name = `${registration === null ? 'Expected' : 'Registered'}, ${roundPercent(confidence, 3)} of runs`;
  const [, law] = series;
  const column = (of: 'tokens' | 'loss' | 'lower' | 'upper'): number[] => points.map((point) => point[of] ?? NaN);
  const [tokens, loss, lower, upper] = (['tokens', 'loss', 'lower', 'upper'] as const).map(column);
  if (points.length === 0) return [];
  if (points.length === 1)
    return [
      {
        type: 'scatter',
        mode: 'markers',
        name,
        x: plain(tokens),
        y: plain(loss),
        marker: { color: law.color, size: 9, symbol: 'square-open', line: { color: law.color, width: 2 } },
        error_y: {
          type: 'data',
          symmetric: false,
          array: plain([upper[0] - loss[0]]),
          arrayminus: plain([loss[0] - lower[0]]),
          color: law.color,
          thickness: 1.5,
          width: 6,
        },
        hovertemplate: 'expected %{y:.4f}<extra></extra>',
      },
    ];
  return [
    ...bandTrace(tokens, lower, upper, { name, fillcolor: law.band, showlegend: true }),
    {
      type: 'scatter',
      mode: 'lines',
      name: 'Expected',
      x: plain(tokens),
      y: plain(loss),
      line: { color: law.color, width: 1.6, dash: 'dash' },
      showlegend: false,
      hovertemplate: 'expected %{y:.4f} at %{x:.3s} tokens<extra></extra>',
    },
  ];
}

/** From where the run is to its end: a fan to the interval of all that is known, and where its own curve alone leads. */
function forecastTraces({ forecast, state }: WatchState, curve: RunCurve): PlainObject[] {
  const { combined, own } = forecast;
  const { tokens, plannedTokens } = curve;
  const level = tokens.length === 0 ? undefined : levelAt(curve, tokens[tokens.length - 1]);
  if (combined === null || level === undefined || state === 'ended') return [];
  const now = tokens[tokens.length - 1];
  const here = Math.exp(level.log);
  const [, , green, purple] = series;
  const x = [now, plannedTokens];
  const fan = bandTrace(x, [here, combined.interval[0]], [here, combined.interval[1]], {
    name: 'Forecast of the end',
    fillcolor: green.band,
    showlegend: false,
    legendgroup: 'forecast',
  });
  const end: PlainObject = {
    type: 'scatter',
    mode: 'lines+markers',
    name: 'Forecast',
    legendgroup: 'forecast',
    x: plain(x),
    y: plain([here, combined.loss]),
    line: { color: green.color, width: 1.6, dash: 'dot' },
    marker: { color: green.color, size: [0, 9], symbol: 'diamond' },
    error_y: {
      type: 'data',
      symmetric: false,
      array: plain([0, combined.interval[1] - combined.loss]),
      arrayminus: plain([0, combined.loss - combined.interval[0]]),
      color: green.color,
      thickness: 1.5,
      width: 6,
    },
    hovertemplate: 'end %{y:.4f}<extra></extra>',
  };
  const alone: PlainObject[] =
    own === null
      ? []
      : [
          {
            type: 'scatter',
            mode: 'markers',
            name: 'Own curve alone',
            x: plain([plannedTokens]),
            y: plain([own.loss]),
            marker: {
              color: purple.color,
              size: 9,
              symbol: 'triangle-up-open',
              line: { color: purple.color, width: 1.8 },
            },
            hovertemplate: 'own curve %{y:.4f}<extra></extra>',
          },
        ];
  return [...fan, end, ...alone];
}

/** Where alarms were raised first, on the curve. */
function alarmTraces({ alarms }: WatchState, { tokens, loss }: RunCurve, from: number): PlainObject[] {
  const at = alarms.flatMap(({ kind, tokens: place, message }) => {
    const row = tokens.findIndex((one) => one >= place);
    let near = row === -1 ? tokens.length - 1 : row;
    while (near >= 0 && !Number.isFinite(loss[near])) near--;
    return near < 0 ? [] : [{ x: Math.max(place, from), y: loss[near], name: alarmNames[kind], message }];
  });
  if (at.length === 0) return [];
  return [
    {
      type: 'scatter',
      mode: 'markers+text',
      name: 'Alarm',
      x: plain(at.map(({ x }) => x)),
      y: plain(at.map(({ y }) => y)),
      text: at.map(({ name }) => name),
      textposition: 'top center',
      textfont: { ...theme.font, size: 11 },
      customdata: at.map(({ message }) => escapeText(message)),
      marker: { color: palette.law, size: 12, symbol: 'x', line: { color: palette.paper, width: 1 } },
      hovertemplate: '%{customdata}<extra></extra>',
    },
  ];
}
