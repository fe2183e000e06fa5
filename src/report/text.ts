import { formatQuantity } from '../core/quantity.ts';
import { paramValues, type Fit } from '../fit/result.ts';
import { lawOf } from '../laws/index.ts';
import type { Law } from '../laws/law.ts';
import type { Allocation } from '../plan/allocate.ts';
import type { Prediction } from '../plan/predictPoints.ts';
import { calibratedCells, calibrationFacts } from './calibrationText.ts';
import { formatNumber, numericFormula, plainSymbol, symbolicFormula } from './formula.ts';
import { countOf, keptText } from './keptText.ts';
import { alignColumns, createPaint, wrapText, type Paint, formatWhole } from './layout.ts';
import { correlationLines, paramLines, precisionOf } from './paramsText.ts';
import { planLines } from './planText.ts';
import { statusMeanings } from './statusText.ts';
import { warningLines } from './warningsText.ts';

/** How a text is laid out. */
export interface TextOptions {
  /** ANSI colors (none unless asked for). */
  readonly color?: boolean;
  /** Characters in a line, about (100 unless given): sentences are wrapped, tables are not. */
  readonly width?: number;
}

interface Style {
  readonly paint: Paint;
  readonly width: number;
}

const styleOf = ({ color = false, width = 100 }: TextOptions): Style => ({ paint: createPaint(color), width });

/** Lines that make up a section of the report; a section without lines is left out. */
interface Section {
  readonly heading: string;
  readonly lines: readonly string[];
}

/** Label and text, wrapped beside the label. */
function fact(label: string, text: string, { width }: Style): string[] {
  return wrapText(text, width, `  ${label.padEnd(13)}`);
}

/**
 * The report of a fit that a person reads: the law, how the fit ended and what that means, what was fitted, the parameters
 * with their errors, correlations, the compute-optimal plan at and beyond the data, and every warning with its remedy.
 *
 * @param fit - the fit
 * @returns lines joined by line ends, without one at the end
 * @example
 * ```ts
 * console.log(formatReport(fit, { color: process.stdout.isTTY }));
 * ```
 */
export function formatReport(fit: Fit, options: TextOptions = {}): string {
  const style = styleOf(options);
  const { paint } = style;
  const law = lawOf(fit);
  const sections: Section[] = [
    { heading: 'Status', lines: statusLines(fit, style) },
    { heading: 'Fit', lines: fitLines(fit, style) },
    { heading: 'Data', lines: dataLines(fit, law, style) },
    { heading: `Parameters, ${precisionOf(fit)}`, lines: paramLines(fit, law) },
    ...correlationLines(fit, law),
    ...planLines(fit, law),
    {
      heading: 'Backtests on these runs',
      lines: calibrationFacts(fit).flatMap(([label, text]) => fact(label, text, style)),
    },
    { heading: 'Warnings', lines: warningLines(fit.warnings, style) },
  ];
  return [
    paint.bold(law.spec === undefined ? `${law.title} (${law.id})` : law.title),
    ...formulaLines(fit, law),
    ...sections
      .filter((section) => section.lines.length > 0)
      .flatMap(({ heading, lines }) => ['', paint.bold(heading), ...lines]),
  ].join('\n');
}

function formulaLines(fit: Fit, law: Law): string[] {
  const numbers = numericFormula(law, paramValues(fit));
  const units = [...law.inputs, law.response]
    .filter(({ unit }) => unit !== '')
    .map(({ symbol, unit }) => `${plainSymbol(symbol)} in ${unit.replace('/', ' per ')}`);
  return [
    `  ${symbolicFormula(law)}`,
    ...(numbers === null ? [] : [`  ${numbers}`]),
    ...(units.length === 0 ? [] : [`  ${units.join(', ')}`]),
  ];
}

function statusLines(fit: Fit, style: Style): string[] {
  const paint = { converged: style.paint.good, degenerate: style.paint.caution, stalled: style.paint.bad }[fit.status];
  const [first, ...rest] = wrapText(statusMeanings[fit.status], style.width, `  ${fit.status}: `);
  // Reasons that are warnings as well are told below, with their remedies.
  const told = new Set(fit.warnings.map((warning) => warning.message));
  const errors = fit.warnings.filter((warning) => warning.level === 'error').length;
  return [
    first.replace(fit.status, paint(fit.status)),
    ...rest,
    ...fit.reasons.filter((reason) => !told.has(reason)).flatMap((reason) => wrapText(reason, style.width, '  - ')),
    ...(errors === 0
      ? []
      : wrapText(
          `${countOf(errors, 'error')} under Warnings below: read them before using this fit.`,
          style.width,
          '  ',
        )),
  ];
}

function fitLines(fit: Fit, style: Style): string[] {
  if (fit.points === 0) return [];
  const { name, delta, value } = fit.objective;
  const condition = fit.condition === null ? 'not finite' : formatNumber(fit.condition, 2);
  const { fixed, tied, bounds, start } = fit.settings;
  const pairs = (entries: Readonly<Record<string, number | string>>): string =>
    Object.entries(entries)
      .map(([left, right]) => `${left} = ${String(right)}`)
      .join(', ');
  // A saved fit does not keep its times, so that the same fit has the same bytes.
  const times = [
    ...(fit.timing.fitMs > 0 ? [`${formatNumber(fit.timing.fitMs, 2)} ms`] : []),
    ...(fit.timing.bootstrapMs === null ? [] : [`bootstrap ${formatNumber(fit.timing.bootstrapMs, 3)} ms`]),
  ];
  return [
    ...fact(
      'objective',
      `${name}${delta === null ? '' : `, delta ${formatNumber(delta)}`}: ${formatNumber(value, 11)}, summed over ${countOf(fit.points, 'point')}`,
      style,
    ),
    ...fact(
      'residuals',
      fit.residualScale === 'log'
        ? `${formatNumber(100 * fit.residualRms, 3)}% root mean square of ln(observed / predicted)`
        : `${formatNumber(fit.residualRms, 5)} root mean square of observed - predicted`,
      style,
    ),
    ...fact(
      'search',
      `${fit.settings.solver}; ${formatWhole(fit.seeds.reached)} of ${countOf(fit.seeds.tried, 'seed')} reached this optimum`,
      style,
    ),
    ...fact(
      'certificate',
      `largest gradient ${formatNumber(fit.gradientNorm, 2)}, condition number ${condition}`,
      style,
    ),
    ...(Object.keys(fixed).length === 0 ? [] : fact('fixed', pairs(fixed), style)),
    ...(Object.keys(tied).length === 0 ? [] : fact('tied', pairs(tied), style)),
    ...(Object.keys(bounds).length === 0
      ? []
      : fact(
          'bounds',
          pairs(Object.fromEntries(Object.entries(bounds).map(([name, range]) => [name, range.join(' to ')]))),
          style,
        )),
    ...(Object.keys(start).length === 0 ? [] : fact('start', pairs(start), style)),
    ...(times.length > 0 ? fact('time', times.join(', '), style) : []),
  ];
}

function dataLines(fit: Fit, law: Law, style: Style): string[] {
  const { data } = fit;
  if (fit.points === 0) return fact('source', `${data.source} (published coefficients, no rows)`, style);
  const { columns, derived, flopsPerParamToken } = data.conventions;
  const dropped = data.dropped.flatMap(({ rows, why }) => fact('dropped', `${countOf(rows, 'row')}: ${why}`, style));
  const found = Object.entries(columns).map(([quantity, column]) => `${quantity} from "${column}"`);
  const computed = Object.entries(derived).map(([quantity, formula]) => `${quantity} = ${formula}`);
  const names = ['params', 'tokens', 'flops', ...law.inputs.map((input) => input.name), law.response.name];
  const known = [...new Set(names)];
  const ranges = known.flatMap((name) => {
    const range = data.ranges[name];
    return range === undefined ? [] : [`${name} ${showQuantity(range[0])} to ${showQuantity(range[1])}`];
  });
  return [
    ...fact('source', `${data.source} (sha256 ${data.sha256.slice(0, 12)})`, style),
    ...fact('used', `${formatWhole(data.used)} of ${countOf(data.rows, 'row')}`, style),
    ...dropped,
    ...keptText(fit).flatMap(([label, text]) => fact(label, text, style)),
    ...(found.length === 0 ? [] : fact('columns', found.join(', '), style)),
    ...(computed.length === 0 ? [] : fact('derived', computed.join(', '), style)),
    ...(Object.keys({ ...columns, ...derived }).includes('flops')
      ? fact('compute', `C = ${formatNumber(flopsPerParamToken)} N D (FLOP)`, style)
      : []),
    ...(ranges.length === 0 ? [] : fact('ranges', ranges.join(', '), style)),
    ...(data.sizes === null ? [] : fact('sizes', `${formatWhole(data.sizes)} distinct model sizes`, style)),
  ];
}

/** Counts with their suffix; negative and small numbers, which only formulas meet, as they are. */
const showQuantity = (value: number): string => (value >= 1 ? formatQuantity(value) : formatNumber(value));

/** A value with its interval, such as `73.2B [65.1B, 84B]`. */
const withInterval = (value: string, interval: readonly [string, string] | null): string =>
  interval === null ? value : `${value} [${interval[0]}, ${interval[1]}]`;

const mapInterval = (
  interval: readonly [number, number] | null,
  format: (value: number) => string,
): readonly [string, string] | null => (interval === null ? null : [format(interval[0]), format(interval[1])]);

const beyondData = (factor: number | null): string => {
  if (factor === null) return '-';
  return factor === 1 ? 'inside' : `${formatNumber(factor, 3)}x`;
};

/** Losses need the digits in which laws differ. */
const formatLoss = (loss: number): string => loss.toPrecision(5);

const formatCount = (value: number): string => formatQuantity(value);

/**
 * Predictions as a person reads them: a line for each point, then the reasons to be careful.
 *
 * @example
 * ```ts
 * formatPrediction(predictPoints(fit, [{ params: 70e9, tokens: 1.4e12 }]));
 * ```
 */
export function formatPrediction({ response, points, warnings }: Prediction, options: TextOptions = {}): string {
  const style = styleOf(options);
  const count = (value: number | null): string => (value === null ? '-' : formatQuantity(value, 4));
  const others = Object.keys(points[0]?.inputs ?? {});
  const isCalibrated = points.some(({ calibrated }) => calibrated !== null);
  const added = isCalibrated ? ['new run, calibrated', 'backtests'] : [];
  const rows = points.map((point) => [
    count(point.params),
    count(point.tokens),
    count(point.flops),
    ...others.map((name) => String(point.inputs[name])),
    withInterval(formatLoss(point.loss), mapInterval(point.interval, formatLoss)),
    ...(isCalibrated ? calibratedCells(point.calibrated, formatLoss) : []),
    beyondData(point.extrapolation.flops),
  ]);
  const [header, ...lines] = alignColumns(
    [
      [
        'params',
        'tokens',
        'flops',
        ...others,
        `${response} [${isCalibrated ? 'of the mean' : 'interval'}]`,
        ...added,
        'flops / data',
      ],
      ...rows,
    ],
    [
      'right',
      'right',
      'right',
      ...others.map(() => 'right' as const),
      'left',
      ...added.map(() => 'left' as const),
      'right',
    ],
  );
  return [
    style.paint.bold(header),
    ...lines,
    ...(warnings.length === 0 ? [] : ['', ...warningLines(warnings, style)]),
  ].join('\n');
}

/**
 * A compute-optimal allocation as a person reads it.
 *
 * @example
 * ```ts
 * formatAllocation(allocate(fit, 5.76e23));
 * ```
 */
export function formatAllocation(allocation: Allocation, options: TextOptions = {}): string {
  const { paint } = styleOf(options);
  const { flops, params, tokens, tokensPerParam, loss, intervals } = allocation;
  const ratio = (value: number): string => formatNumber(value, 3);
  return [
    paint.bold(`Compute-optimal training with ${formatQuantity(flops, 4)} FLOP`),
    ...alignColumns(
      [
        ['  params', withInterval(formatCount(params), mapInterval(intervals.params, formatCount))],
        ['  tokens', withInterval(formatCount(tokens), mapInterval(intervals.tokens, formatCount))],
        ['  tokens/param', withInterval(ratio(tokensPerParam), mapInterval(intervals.tokensPerParam, ratio))],
        ['  loss', withInterval(formatLoss(loss), mapInterval(intervals.loss, formatLoss))],
      ],
      ['left', 'left'],
    ),
  ].join('\n');
}
