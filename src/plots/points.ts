import type { Fit } from '../fit/result.ts';
import { paramValues } from '../fit/result.ts';
import { evaluateLaw, type Law } from '../laws/law.ts';
import { fittedColumn } from '../report/fittedData.ts';
import { numericFormula } from '../report/formula.ts';
import { quantityStyle } from './axis.ts';
import { plain, rowsMeta, type PlainObject } from './figure.ts';
import { palette } from './theme.ts';

/** The points of a figure: the fitted rows, thinned evenly when there are too many to see. */
export interface Points {
  /** Points drawn. */
  readonly count: number;
  /** Points that were fitted. */
  readonly total: number;
  /** Index of each point in `fit.fitted`, length `count`. */
  readonly rows: readonly number[];
  /** Quantities by name, where known: `params`, `tokens`, `flops` and the law's inputs; each of length `count`. */
  readonly columns: Readonly<Record<string, Float64Array | undefined>>;
  readonly loss: Float64Array;
  /** Loss of the law at the same inputs. */
  readonly predicted: Float64Array;
  /** 100 ln(observed / predicted), in percent. */
  readonly residual: Float64Array;
  /** What the mouse shows: the run's name, its quantities and how far the law is off. */
  readonly hover: readonly string[];
}

/** Names come from files, and Plotly reads a small HTML in its texts. */
export function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/**
 * The points of a fit with their predictions and hover texts.
 *
 * @param fit - the fit
 * @param law - its law
 * @param most - points at most; every k-th is kept, in the order of the data
 */
export function pointsOf(fit: Fit, law: Law, most: number): Points {
  const { rows } = fit.fitted;
  const count = Math.min(rows, Math.max(1, Math.floor(most)));
  return pointsAt(
    fit,
    law,
    Array.from({ length: count }, (_, k) => Math.floor((k * rows) / count)),
  );
}

/**
 * Some of the fitted rows as points.
 *
 * @param kept - indices into `fit.fitted`
 */
export function pointsAt(fit: Fit, law: Law, kept: readonly number[]): Points {
  const all = allRows(fit, law);
  const pick = (column: Float64Array): Float64Array => {
    const picked = new Float64Array(kept.length);
    for (let i = 0; i < kept.length; i++) picked[i] = column[kept[i]];
    return picked;
  };
  return {
    count: kept.length,
    total: fit.points,
    rows: kept,
    columns: Object.fromEntries(Object.entries(all.columns).map(([name, column]) => [name, pick(column)])),
    loss: pick(all.loss),
    predicted: pick(all.predicted),
    residual: pick(all.residual),
    hover: kept.map(all.hover),
  };
}

/** All fitted rows; `hover` gives the text of one of them. */
interface AllRows extends Pick<Points, 'loss' | 'predicted' | 'residual'> {
  readonly columns: Readonly<Record<string, Float64Array>>;
  readonly hover: (row: number) => string;
}

/** Every figure of a fit shows its rows, and the texts of thousands of them take longer than all else in a figure. */
const remembered = new WeakMap<Fit, AllRows>();

function allRows(fit: Fit, law: Law): AllRows {
  let all = remembered.get(fit);
  if (all === undefined) remembered.set(fit, (all = computeRows(fit, law)));
  return all;
}

function computeRows(fit: Fit, law: Law): AllRows {
  const { rows } = fit.fitted;
  const names = [...new Set(['params', 'tokens', 'flops', ...law.inputs.map((input) => input.name)])];
  const columns: Record<string, Float64Array> = {};
  for (const name of names) {
    const column = fittedColumn(fit, name);
    if (column !== undefined) columns[name] = column;
  }
  const loss = fit.fitted.columns[law.response.name] ?? new Float64Array(rows).fill(NaN);
  const predicted = rows === 0 ? new Float64Array(0) : evaluateLaw(law, paramValues(fit), columns);
  const residual = loss.map((value, i) => 100 * Math.log(value / predicted[i]));
  const quantities = Object.entries(columns).map(([name, column]) => ({ column, style: quantityStyle(name, law) }));
  const texts = new Array<string | undefined>(rows);
  const textOf = (i: number): string => {
    const run = fit.fitted.names?.[i];
    const sign = residual[i] < 0 ? '' : '+';
    return [
      ...(run === undefined || run === '' ? [] : [`<b>${escapeText(run)}</b>`]),
      quantities.map(({ column, style }) => `${style.symbol} ${style.format(column[i])}`).join(', '),
      `${law.response.name} ${loss[i].toPrecision(4)}, law ${predicted[i].toPrecision(4)} (${sign}${residual[i].toFixed(2)}%)`,
    ].join('<br>');
  };
  return { columns, loss, predicted, residual, hover: (i) => (texts[i] ??= textOf(i)) };
}

/** Above this many points a browser draws with WebGL; below, SVG prints more sharply. */
const glThreshold = 2000;

/** Size and opacity of markers: a crowd is drawn finer, so that it shows where it is dense. */
export function markerSize(count: number, size = 7): { size: number; opacity: number } {
  return count > 1000 ? { size: Math.min(size, 4), opacity: 0.5 } : { size, opacity: 0.8 };
}

/** What a trace needs to know of its points; `count` are those of the whole figure. */
type TracedPoints = Pick<Points, 'count' | 'hover' | 'rows'>;

/** Some of the points of a figure. */
export function pickPoints({ count, hover, rows }: TracedPoints, chosen: readonly number[]): TracedPoints {
  return { count, hover: chosen.map((i) => hover[i]), rows: chosen.map((i) => rows[i]) };
}

/** A trace of fitted rows with the common hover text. */
export function pointTrace(
  points: TracedPoints,
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  rest: PlainObject,
): PlainObject {
  return {
    type: points.count > glThreshold ? 'scattergl' : 'scatter',
    mode: 'markers',
    x: plain(x),
    y: plain(y),
    text: points.hover,
    customdata: points.rows,
    meta: rowsMeta,
    hovertemplate: '%{text}<extra></extra>',
    marker: { ...markerSize(points.count), color: palette.data, line: { width: 0.5, color: palette.paper } },
    ...rest,
  };
}

const whole = new Intl.NumberFormat('en-US');

/**
 * The second line of a figure's title: the fitted law in numbers, how many points it rests on and how many of them are
 * drawn, and what the figure adds.
 */
export function subtitleOf(fit: Fit, law: Law, drawn: number, facts: readonly string[]): string {
  const formula = numericFormula(law, paramValues(fit), 'html') ?? law.title;
  const points =
    fit.points === 0
      ? 'published coefficients, no data'
      : `${whole.format(fit.points)} points${drawn < fit.points ? ` (${whole.format(drawn)} drawn)` : ''}`;
  return [formula, points, ...facts].join('  |  ');
}
