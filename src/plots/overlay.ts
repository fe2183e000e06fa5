import { IsoflopError } from '../core/errors.ts';
import { fixedPercent, roundPercent } from '../core/percent.ts';
import { paramValues, type Fit } from '../fit/result.ts';
import { lawOf } from '../laws/index.ts';
import type { Law } from '../laws/law.ts';
import { numericFormula } from '../report/formula.ts';
import { logAxis, logSpace, padRange, quantityStyle } from './axis.ts';
import { bandTrace } from './band.ts';
import { defaultMaxPoints, plain, rowsMeta, type Figure, type FigureOptions, type PlainObject } from './figure.ts';
import { dataRange, frontierAt, frontierAxis, type FrontierValues } from './frontierCurve.ts';
import { extent, withoutErrors } from './plane.ts';
import { escapeText, markerSize, pointsOf, pointTrace } from './points.ts';
import { baseConfig, baseLayout, palette, series } from './theme.ts';

/** A fit under the name that the figure gives it. */
export interface OverlaidFit {
  readonly name: string;
  readonly fit: Fit;
}

/** Fits that one figure can show: each has a colour, a dash and a marker of its own. */
const [fewest, most] = [2, series.length] as const;
/** How far beyond the largest of the data the curves go, and samples along them. */
const reach = 10;
const samples = 41;
/** Bootstrap draws of each fit at most: more of them move the ends of a band by less than its line is wide. */
const mostDraws = 1000;
/** Formulas are printed for so many fits; of more fits the exponents only. */
const mostFormulas = 3;
/** Where the two panels stand, as shares of the width. */
const panels = [
  [0, 0.45],
  [0.58, 1],
] as const;

/** A fit, ready to be drawn. */
interface Overlaid extends OverlaidFit {
  readonly law: Law;
  readonly style: (typeof series)[number];
  readonly values: FrontierValues;
  /** Largest value of its data on the axis, or `null` where it has no data. */
  readonly end: number | null;
}

const unavailable = (reason: string): IsoflopError =>
  new IsoflopError('FIGURE_UNAVAILABLE', { figure: 'overlay', reason });

/** A fit with so many of its bootstrap draws that its bands are drawn in time and look no different. */
function withFewerDraws(fit: Fit): Fit {
  const { bootstrap } = fit;
  if (bootstrap === null || bootstrap.certified <= mostDraws) return fit;
  const p = bootstrap.draws.length / bootstrap.certified;
  const draws = new Float32Array(mostDraws * p);
  for (let b = 0; b < mostDraws; b++) {
    const from = p * Math.floor((b * bootstrap.certified) / mostDraws);
    draws.set(bootstrap.draws.subarray(from, from + p), b * p);
  }
  return { ...fit, bootstrap: { ...bootstrap, certified: mostDraws, draws } };
}

/** The quantity over which all of the fits can be drawn. */
function commonAxis(fits: readonly (OverlaidFit & { readonly law: Law })[]): string {
  const [first] = fits;
  const axis = frontierAxis(first.law, 'overlay');
  for (const other of fits.slice(1)) {
    const [a, b] = [first.law.response, other.law.response];
    if (a.name !== b.name || a.unit !== b.unit)
      throw unavailable(`${first.name} is a law of ${a.name} and ${other.name} one of ${b.name}`);
    const otherAxis = frontierAxis(other.law, 'overlay');
    if (otherAxis === axis) continue;
    const [mine, its] = [axis, otherAxis].map((name) => quantityStyle(name, other.law).name);
    throw unavailable(`${first.name} is drawn over ${mine} and ${other.name} over ${its}`);
  }
  return axis;
}

/** Rows, band, curve and the end of the data of one fit in the panel of the loss. */
function lossTraces(one: Overlaid, k: number, axis: string, x: Float64Array, points: number): PlainObject[] {
  const { fit, law, style, values, end } = one;
  const name = escapeText(one.name);
  const rows = pointsOf(fit, law, points);
  const group = { legendgroup: String(k) };
  const hidden = { ...group, showlegend: false };
  const place = quantityStyle(axis, law);
  const print = quantityStyle(law.response.name, law).format;
  return [
    ...bandTrace(x, values.lower, values.upper, { ...hidden, name: `${name}, band`, fillcolor: style.band }),
    ...(rows.count === 0 || rows.columns[axis] === undefined
      ? []
      : [
          {
            ...pointTrace(rows, rows.columns[axis], rows.loss, {
              ...hidden,
              name: `${name}, runs`,
              marker: { ...markerSize(rows.count, 5), color: style.color, symbol: style.symbol },
            }),
            text: rows.hover.map((text) => `<i>${name}</i><br>${text}`),
            meta: { ...rowsMeta, fit: k },
          },
        ]),
    {
      ...group,
      type: 'scatter',
      mode: 'lines',
      name,
      x: plain(x),
      y: plain(values.loss),
      text: Array.from(x, (at, i) => {
        const interval = Number.isFinite(values.lower[i])
          ? ` [${print(values.lower[i])}, ${print(values.upper[i])}]`
          : '';
        return `<b>${name}</b> at ${place.symbol} ${place.format(at)}<br>${law.response.name} ${print(values.loss[i])}${interval}`;
      }),
      hovertemplate: '%{text}<extra></extra>',
      line: { color: style.color, width: 2.4, dash: style.dash },
    },
    ...(end === null ? [] : [endTrace(one, x, values.loss, { ...hidden, name: `${name}, end of the data` })]),
  ];
}

/** A larger marker where the data end, beyond which a curve extrapolates. */
function endTrace({ end, style }: Overlaid, x: Float64Array, y: Float64Array, rest: PlainObject): PlainObject {
  const at = end ?? NaN;
  const k = Math.max(
    1,
    x.findIndex((value) => value >= at),
  );
  const share = Math.log(at / x[k - 1]) / Math.log(x[k] / x[k - 1]);
  return {
    type: 'scatter',
    mode: 'markers',
    x: plain([at]),
    y: plain([Math.exp(Math.log(y[k - 1]) + share * Math.log(y[k] / y[k - 1]))]),
    marker: { size: 11, color: style.color, symbol: style.symbol, line: { width: 1.5, color: palette.paper } },
    hovertemplate: `data end at %{x:.3g}<extra></extra>`,
    ...rest,
  };
}

/** N* over compute of one fit, in the second panel. */
function sizeTraces(one: Overlaid, k: number, x: Float64Array): PlainObject[] {
  const { plans } = one.values;
  if (plans === null) return [];
  const name = escapeText(one.name);
  const rest = { legendgroup: String(k), showlegend: false, xaxis: 'x2', yaxis: 'y2' };
  const params = Float64Array.from(plans, (plan) => plan.params);
  const bound = (side: 0 | 1): Float64Array =>
    Float64Array.from(plans, ({ intervals }) => intervals.params?.[side] ?? NaN);
  const print = (quantity: string, value: number): string => quantityStyle(quantity).format(value);
  return [
    ...bandTrace(x, bound(0), bound(1), { ...rest, name: `${name}, band of N*`, fillcolor: one.style.band }),
    {
      ...rest,
      type: 'scatter',
      mode: 'lines',
      name: `${name}, N*`,
      x: plain(x),
      y: plain(params),
      text: plans.map(
        ({ flops, params, tokens, tokensPerParam }) =>
          `<b>${name}</b> at C ${print('flops', flops)}<br>N* ${print('params', params)}, D* ${print('tokens', tokens)}, ${print('ratio', tokensPerParam)} tokens/param`,
      ),
      hovertemplate: '%{text}<extra></extra>',
      line: { color: one.style.color, width: 2.4, dash: one.style.dash },
    },
    ...(one.end === null ? [] : [endTrace(one, x, params, { ...rest, name: `${name}, end of the data` })]),
  ];
}

/** What is seen, in a line: how far two fits are apart where the data of both still reach, or the range of several. */
function titleOf(fits: readonly Overlaid[], axis: string, x: Float64Array): string {
  const { law } = fits[0];
  const ends = fits.flatMap(({ end }) => (end === null ? [] : [end]));
  const at = ends.length === 0 ? x[x.length - 1] / reach : Math.min(...ends);
  const losses = fits.map(
    (one) => frontierAt(withoutErrors(one.fit), one.law, Float64Array.of(at), 0.5, 'overlay').loss[0],
  );
  const print = quantityStyle(law.response.name, law).format;
  const { format, unit } = quantityStyle(axis, law);
  const where = `${format(Number(at.toPrecision(3)))}${axis === 'flops' ? ' FLOP' : ` ${unit}`}`;
  const { name } = law.response;
  if (fits.length > 2) {
    const [least, greatest] = extent(losses).map(print);
    return `${name.slice(0, 1).toUpperCase()}${name.slice(1)} of ${String(fits.length)} fits: ${least} to ${greatest} at ${where}`;
  }
  const change = losses[1] / losses[0] - 1;
  const [first, second] = fits.map(({ name }) => escapeText(name));
  const apart =
    Math.abs(change) < 5e-5
      ? `as ${first}`
      : `${fixedPercent(Math.abs(change), 2)} ${change < 0 ? 'below' : 'above'} ${first}`;
  return `${second} is ${apart} at ${where} (${name} ${losses.map(print).toReversed().join(' against ')})`;
}

/** The laws in numbers, a line each, or the exponents of many. */
function subtitleLines(fits: readonly Overlaid[], confidence: number | undefined): string[] {
  const exponent = ({ fit }: Overlaid): string =>
    fit.optimum === null ? '' : `N* grows as C<sup>${fit.optimum.paramsExponent.toFixed(3)}</sup>`;
  const lines =
    fits.length <= mostFormulas
      ? fits.map((one) =>
          [
            `${escapeText(one.name)}: ${numericFormula(one.law, paramValues(one.fit), 'html') ?? one.law.title}`,
            exponent(one),
          ]
            .filter((text) => text !== '')
            .join(', '),
        )
      : [
          fits
            .map((one) => `${escapeText(one.name)} ${one.fit.optimum?.paramsExponent.toFixed(3) ?? ''}`.trim())
            .join(', '),
        ].map((list) => (fits.some(({ fit }) => fit.optimum !== null) ? `Exponents of N*: ${list}` : list));
  const levels = [...new Set(fits.map(({ fit }) => confidence ?? fit.confidence))];
  const factors = [...new Set(fits.map(({ fit }) => fit.data.conventions.flopsPerParamToken))];
  const facts = [
    `bands: ${levels.map((level) => roundPercent(level, 4)).join(', ')}`,
    'large markers: end of the data',
    ...(factors.length > 1 ? [`compute is counted as ${factors.map((k) => `${String(k)} N D`).join(' and ')}`] : []),
  ];
  return [...lines, facts.join('  |  ')];
}

/**
 * Two to eight fits in one figure: the loss that each expects of compute spent at its best (or of the one input of its law),
 * with its band and its rows, and beside it the best model size.
 *
 * @param fits - fits of one response under the names that the figure shall give them
 * @throws IsoflopError `FIGURE_UNAVAILABLE` for fits that cannot be compared, with the reason
 * @example
 * ```ts
 * const [a, b] = [fit, await loadFit('fits/hoffmann-2022.json')];
 * const figure = overlayFigure([{ name: 'ours', fit: a }, { name: 'theirs', fit: b }]);
 * figure.data.length > 4; // true
 * ```
 */
export function overlayFigure(fits: readonly OverlaidFit[], options: FigureOptions = {}): Figure {
  if (fits.length < fewest || fits.length > most)
    throw unavailable(`it compares ${String(fewest)} to ${String(most)} fits, and there are ${String(fits.length)}`);
  const known = fits.map((one) => ({ ...one, law: lawOf(one.fit) }));
  const axis = commonAxis(known);
  const ranges = known.map(({ fit }) => dataRange(fit, axis));
  const low = Math.min(...ranges.map(([start, end]) => Math.min(start, end / 2)));
  const high = reach * Math.max(...ranges.map(([, end]) => end));
  const x = logSpace(low, high, samples);
  const overlaid = known.map((one, k): Overlaid => ({
    ...one,
    style: series[k],
    values: frontierAt(withFewerDraws(one.fit), one.law, x, options.confidence ?? one.fit.confidence, 'overlay', [
      'params',
      'loss',
    ]),
    end: one.fit.fitted.rows === 0 ? null : ranges[k][1],
  }));
  const points = (options.maxPoints ?? defaultMaxPoints) / fits.length;
  // Bands of all fits lie under the rows of all, and these under the curves.
  const layered = (traces: readonly (readonly PlainObject[])[]): PlainObject[] => {
    const layerOf = ({ fill, meta }: PlainObject): number => (fill !== undefined ? 0 : meta !== undefined ? 1 : 2);
    return traces.flat().sort((a, b) => layerOf(a) - layerOf(b));
  };
  const lossData = layered(overlaid.map((one, k) => lossTraces(one, k, axis, x, points)));
  const sizeData = layered(overlaid.map((one, k) => sizeTraces(one, k, x)));
  const numbers = (traces: readonly PlainObject[]): number[] =>
    traces.flatMap((trace) => (trace.y as (number | null)[]).filter((value) => value !== null));
  const losses = extent(numbers(lossData));
  const response = known[0].law.response.name;
  if (!(losses[0] > 0 && low > 0))
    throw unavailable(`${axis} or ${response} is not positive everywhere, and its axes are logarithmic`);
  const lines = subtitleLines(overlaid, options.confidence);
  const { law } = known[0];
  const isPair = sizeData.length > 0;
  const style = quantityStyle(response, law);
  const lossTitle = isPair ? style.title.replace(' (', ' at the compute optimum (') : style.title;
  const across = logAxis({ quantity: axis, range: [low, high], law, most: isPair ? 5 : 8 });
  return {
    data: [...lossData, ...sizeData],
    layout: baseLayout({
      title: titleOf(overlaid, axis, x),
      subtitle: lines.join('<br>'),
      rest: {
        margin: { l: 72, r: 32, t: 70 + 17 * lines.length, b: 100 },
        xaxis: { ...across, ...(isPair ? { domain: panels[0] } : {}) },
        yaxis: logAxis({ quantity: response, range: padRange(losses), law, title: lossTitle }),
        ...(isPair
          ? {
              xaxis2: { ...across, domain: panels[1], anchor: 'y2', matches: 'x' },
              yaxis2: {
                ...logAxis({
                  quantity: 'params',
                  range: padRange(extent(numbers(sizeData))),
                  title: 'Compute-optimal size N* (parameters)',
                }),
                anchor: 'x2',
              },
            }
          : {}),
      },
    }),
    config: baseConfig,
  };
}
