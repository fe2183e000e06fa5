import { IsoflopError } from '../core/errors.ts';
import { roundPercent } from '../core/percent.ts';
import { tryParseQuantity } from '../core/quantity.ts';
import type { Fit } from '../fit/result.ts';
import { lawOf } from '../laws/index.ts';
import type { Law } from '../laws/law.ts';
import { bandTrace } from './band.ts';
import { linearAxis, logAxis, padLinear, padRange, quantityStyle } from './axis.ts';
import { findRun, runRows, type RunRows } from './curveRuns.ts';
import { defaultMaxPoints, plain, rowsMeta, type Figure, type FigureDefinition, type FigureOptions } from './figure.ts';
import type { PlainObject } from './figure.ts';
import { extent } from './plane.ts';
import { escapeText, pointsAt, pointTrace, subtitleOf } from './points.ts';
import { optimalTokens, reach, runCurve, type RunCurve } from './runCurve.ts';
import { baseConfig, baseLayout, palette, theme } from './theme.ts';

/** The law is drawn for so many of the other runs; more lines could not be told apart. */
const mostLaws = 8;

const unavailable = (reason: string): IsoflopError =>
  new IsoflopError('FIGURE_UNAVAILABLE', { figure: 'curves', reason });

/** The run that is shown: the one asked for, or the first. */
function chooseRun(fit: Fit, law: Law, runs: readonly RunRows[], wanted: string | undefined): RunRows {
  if (!law.inputs.some(({ name }) => name === 'tokens')) throw unavailable(`${law.id} is no law of tokens`);
  if (fit.fitted.rows === 0) throw unavailable('the fit holds no data');
  if (runs.length === 0) throw unavailable('no run has two rows: none share a name, and none share a size');
  if (wanted === undefined) return runs[0];
  const found = findRun(runs, wanted);
  if (found !== undefined) return found;
  const names = runs.slice(0, 8).map(({ name }) => name);
  throw unavailable(
    `no run with two rows is called ${wanted} or has that size; there ${runs.length > 8 ? 'are for example' : 'are'} ${names.join(', ')}`,
  );
}

/** Every k-th of a list with its first and its last, `most` (at least two) at most. */
function thinned<T>(list: readonly T[], most: number): T[] {
  const count = Math.max(2, Math.floor(most));
  if (list.length <= count) return [...list];
  return Array.from({ length: count }, (_, k) => list[Math.round((k * (list.length - 1)) / (count - 1))]);
}

/** The name of a run, with its size where the name does not say it. */
const titleOf = ({ name, params }: RunRows): string =>
  params === null || tryParseQuantity(name) !== undefined
    ? escapeText(name)
    : `${escapeText(name)} (${quantityStyle('params').format(params)})`;

/** Whether the rows follow one another, so that a line through them is a curve: rows of one size may be of several runs. */
const isCurve = (run: RunRows, tokens: Float64Array): boolean =>
  run.rows.every((row, k) => k === 0 || tokens[row] > tokens[run.rows[k - 1]]);

/** All other runs as one trace in grey, with a gap after each. */
function othersTrace(fit: Fit, law: Law, others: readonly RunRows[], most: number): PlainObject[] {
  const drawn = thinned(others, most / 2);
  if (others.length === 0) return [];
  const tokens = fit.fitted.columns.tokens ?? new Float64Array(0);
  const parts = drawn.map((run) => {
    const rows: (number | null)[] = thinned(run.rows, most / drawn.length);
    // A gap after every row leaves points without lines.
    return isCurve(run, tokens) ? [...rows, null] : rows.flatMap((row) => [row, null]);
  });
  const places = parts.flat();
  const points = pointsAt(
    fit,
    law,
    places.filter((row) => row !== null),
  );
  let next = 0;
  const slots = places.map((row) => (row === null ? null : next++));
  const at = <T>(values: ArrayLike<T>): (T | null)[] => slots.map((slot) => (slot === null ? null : values[slot]));
  return [
    {
      type: points.count > 2000 ? 'scattergl' : 'scatter',
      mode: 'lines+markers',
      name: 'Other runs',
      x: at(plain(points.columns.tokens ?? [])),
      y: at(plain(points.loss)),
      text: at(points.hover),
      customdata: places,
      meta: rowsMeta,
      hovertemplate: '%{text}<extra></extra>',
      connectgaps: false,
      line: { color: palette.faint, width: 1 },
      marker: { color: palette.faint, size: points.count > 500 ? 1.5 : 3 },
    },
    ...lawOfOthers(fit, law, drawn),
  ];
}

/** The law along some of the other runs, as far as they go. */
function lawOfOthers(fit: Fit, law: Law, others: readonly RunRows[]): PlainObject[] {
  const bySize = others.toSorted((a, b) => (a.params ?? 0) - (b.params ?? 0));
  const curves = thinned(bySize, mostLaws).flatMap((run) => {
    const curve = runCurve(fit, law, run, run.tokens[1], null);
    return 'unknown' in curve || !(run.tokens[1] > run.tokens[0]) ? [] : [curve];
  });
  if (curves.length === 0) return [];
  return [
    {
      type: 'scatter',
      mode: 'lines',
      name: curves.length < others.length ? 'Law, some of them' : 'Law',
      x: curves.flatMap(({ tokens }) => [...plain(tokens), null]),
      y: curves.flatMap(({ loss }) => [...plain(loss), null]),
      connectgaps: false,
      line: { color: palette.muted, width: 1, dash: 'dash' },
      hoverinfo: 'skip',
    },
  ];
}

/** The law along the chosen run, with its band. */
function lawTraces(curve: RunCurve, law: Law, run: RunRows, confidence: number): PlainObject[] {
  const print = quantityStyle(law.response.name, law).format;
  const name = `${roundPercent(confidence, 4)} band of the law`;
  const line: PlainObject = {
    type: 'scatter',
    mode: 'lines',
    name: `Law for ${titleOf(run)}`,
    x: plain(curve.tokens),
    y: plain(curve.loss),
    text: Array.from(curve.tokens, (tokens, i) => {
      const interval = Number.isFinite(curve.lower[i]) ? ` [${print(curve.lower[i])}, ${print(curve.upper[i])}]` : '';
      return `<b>Law</b> at D ${quantityStyle('tokens').format(tokens)}<br>${law.response.name} ${print(curve.loss[i])}${interval}`;
    }),
    hovertemplate: '%{text}<extra></extra>',
    line: { color: palette.law, width: 2.2, dash: 'dash' },
  };
  return [...bandTrace(curve.tokens, curve.lower, curve.upper, { name, fillcolor: palette.band }), line];
}

/** Where the extrapolation ends, with its loss. */
function endTrace(curve: RunCurve, law: Law, what: string): PlainObject {
  const last = curve.tokens.length - 1;
  return {
    type: 'scatter',
    mode: 'markers+text',
    name: 'End of the extrapolation',
    x: plain([curve.tokens[last]]),
    y: plain([curve.loss[last]]),
    text: [`${what}: ${quantityStyle(law.response.name, law).format(curve.loss[last])}`],
    textposition: 'top center',
    textfont: theme.note.font,
    marker: { size: 9, color: palette.paper, line: { width: 2, color: palette.law } },
    hoverinfo: 'skip',
    showlegend: false,
    cliponaxis: false,
  };
}

function build(fit: Fit, options: FigureOptions = {}): Figure {
  const law = lawOf(fit);
  const runs = runRows(fit);
  const run = chooseRun(fit, law, runs, options.run);
  const confidence = options.confidence ?? fit.confidence;
  const most = options.maxPoints ?? defaultMaxPoints;
  const points = pointsAt(fit, law, thinned(run.rows, most / 2));
  const others = othersTrace(
    fit,
    law,
    runs.filter((other) => other !== run),
    most - points.count,
  );
  const { tokens = new Float64Array(0) } = points.columns;
  const optimal = optimalTokens(fit, law, run);
  const curve = runCurve(fit, law, run, optimal ?? reach.usual * run.tokens[1], confidence);
  const isKnown = !('unknown' in curve);
  const style = quantityStyle(law.response.name, law);
  const count = quantityStyle('tokens').format;
  const own: PlainObject[] = [
    ...(isKnown ? lawTraces(curve, law, run, confidence) : [ownLaw(run, tokens, points.predicted)]),
    {
      ...pointTrace(points, tokens, points.loss, {
        name: titleOf(run),
        marker: { size: points.count > 200 ? 4 : 6, color: palette.data },
      }),
      mode: isCurve(run, fit.fitted.columns.tokens ?? tokens) ? 'lines+markers' : 'markers',
      line: { color: palette.data, width: 1.6 },
    },
    ...(isKnown ? [endTrace(curve, law, optimal === null ? `${String(reach.usual)}x` : 'optimal')] : []),
  ];
  const data = [...others, ...own];
  const numbers = (name: 'x' | 'y'): number[] =>
    data.flatMap((trace) => (trace[name] as (number | null)[]).filter((value) => value !== null));
  const losses = extent(numbers('y'));
  const isLog = losses[0] > 0;
  const final = points.count - 1;
  const said = `${titleOf(run)}: ${law.response.name} ${style.format(points.loss[final])} after ${count(run.tokens[1])} tokens (law ${style.format(points.predicted[final])})`;
  const end = isKnown ? curve.tokens.length - 1 : 0;
  const outlook = isKnown ? `; ${style.format(curve.loss[end])} after ${count(curve.tokens[end])} by the law` : '';
  const facts = [
    `${String(runs.length)} ${runs.length === 1 ? 'run' : 'runs'} of two or more rows`,
    ...('unknown' in curve ? [`not extrapolated: ${curve.unknown} changes along the run`] : []),
  ];
  return {
    data,
    layout: baseLayout({
      title: said + outlook,
      subtitle: subtitleOf(fit, law, fit.points, facts),
      rest: {
        xaxis: logAxis({ quantity: 'tokens', range: padRange(extent(numbers('x')), 0.03) }),
        yaxis: isLog
          ? logAxis({ quantity: law.response.name, range: padRange(losses), law })
          : linearAxis({ quantity: law.response.name, range: padLinear(losses), law }),
      },
    }),
    config: baseConfig,
  };
}

/** What the law says at the rows themselves, where it cannot be followed beyond them. */
function ownLaw(run: RunRows, tokens: Float64Array, predicted: Float64Array): PlainObject {
  return {
    type: 'scatter',
    mode: 'lines',
    name: `Law for ${titleOf(run)}`,
    x: plain(tokens),
    y: plain(predicted),
    line: { color: palette.law, width: 2.2, dash: 'dash' },
    hoverinfo: 'skip',
  };
}

/** Learning curves: what a run was expected to reach, and what it will reach if it goes on. */
export const curves: FigureDefinition = {
  id: 'curves',
  title: 'Learning curves',
  description:
    'Loss over training tokens of every run, and the law for one of them with its band, extrapolated beyond its last row.',
  build,
};
