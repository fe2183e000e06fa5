import type { OptimalSchedule } from '../plan/schedule/optimizeSchedule.ts';
import type { CurvePoint, PredictedCurve } from '../plan/schedule/predictCurve.ts';
import type { ComparedCurve } from './curveJson.ts';
import { alignColumns, createPaint } from './layout.ts';
import { formatPercent } from './paramsText.ts';
import type { TextOptions } from './text.ts';
import { warningLines } from './warningsText.ts';

type Interval = readonly [number, number] | null;

const loss = (value: number): string => value.toFixed(4);
const rate = (value: number): string => String(Number(value.toPrecision(4)));
const cell = (value: number, interval: Interval, format = loss): string =>
  interval === null ? format(value) : `${format(value)} [${format(interval[0])}, ${format(interval[1])}]`;
const signed = (value: number): string => `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(5)}`;

/** Points of a curve in a table, the last of them included. */
const shown = 12;

/**
 * A predicted curve as a person reads it: a dozen of its points and the last.
 *
 * @example
 * ```ts
 * formatCurve(predictCurve(curveFit, parseSchedule('cosine:steps=24000,peak=3e-4,warmup=2160')));
 * ```
 */
export function formatCurve(curve: PredictedCurve, options: TextOptions = {}): string {
  const { color = false, width = 100 } = options;
  const paint = createPaint(color);
  const { points, final, schedule, confidence, warnings } = curve;
  const every = Math.max(1, Math.ceil(points.length / (shown - 1)));
  const rows = [...points.filter((point, i) => i % every === 0 && point.step < final.step), final];
  const [header, ...lines] = alignColumns(
    [['step', 'learning rate', 'loss'], ...rows.map(cells)],
    ['right', 'right', 'left'],
  );
  return [
    paint.bold(`${schedule.name}: loss ${cell(final.loss, final.interval)} at step ${String(final.step)}`),
    ...(final.interval === null ? [] : [`  ${formatPercent(confidence)} intervals of the law's mean`]),
    '',
    paint.bold(header),
    ...lines,
    ...(warnings.length === 0 ? [] : ['', ...warningLines(warnings, { paint, width })]),
  ].join('\n');
}

const cells = (point: CurvePoint): string[] => [
  String(point.step),
  rate(point.learningRate),
  cell(point.loss, point.interval),
];

/**
 * Several predicted curves beside what was measured, a line for each.
 *
 * @example
 * ```ts
 * const schedule = parseSchedule('cosine:steps=24000,peak=3e-4,warmup=2160');
 * formatComparedCurves([{ curve: predictCurve(curveFit, schedule), error: null }]);
 * ```
 */
export function formatComparedCurves(curves: readonly ComparedCurve[], options: TextOptions = {}): string {
  const { color = false, width = 100 } = options;
  const paint = createPaint(color);
  const percent = (share: number): string => `${(100 * share).toFixed(3)}%`;
  const isMeasured = curves.some(({ error }) => error !== null);
  const rows = curves.map(({ curve: { schedule, final }, error }) => [
    schedule.name,
    String(final.step),
    cell(final.loss, final.interval),
    ...(error === null
      ? []
      : [percent(error.mean), percent(error.worst), error.coverage === null ? '-' : formatPercent(error.coverage)]),
  ]);
  const errors = curves.flatMap(({ error }) => (error === null ? [] : [error.mean]));
  const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
  const [header, ...lines] = alignColumns(
    [['schedule', 'steps', 'final loss', ...(isMeasured ? ['mean error', 'worst', 'in interval'] : [])], ...rows],
    ['left', 'right', 'left', 'right', 'right', 'right'],
  );
  const warnings = curves.flatMap(({ curve }) => curve.warnings);
  return [
    paint.bold(header),
    ...lines,
    ...(errors.length > 1 ? ['', `Mean error over the ${String(errors.length)} curves: ${percent(mean)}`] : []),
    ...(warnings.length === 0 ? [] : ['', ...warningLines(warnings, { paint, width })]),
  ].join('\n');
}

/**
 * An optimal schedule as a person reads it: what it looks like, its loss, and what it gains on the usual ones.
 *
 * @example
 * ```ts
 * formatSchedule(optimizeSchedule(curveFit, { steps: 2400, peak: 3e-4, minRate: 3e-5 }));
 * ```
 */
export function formatSchedule(best: OptimalSchedule, options: TextOptions = {}): string {
  const { color = false, width = 100 } = options;
  const paint = createPaint(color);
  const { steps, warmup, peak, minRate, decayFrom, rivals, starts, confidence, warnings } = best;
  const after = steps - warmup;
  const decay = formatPercent(Math.round((1000 * (steps - decayFrom)) / after) / 1000);
  const [header, ...lines] = alignColumns(
    [
      ['', 'final loss', 'gain of the best'],
      ['  best found', cell(best.loss, best.interval), ''],
      ...rivals.map((rival) => [
        `  ${rival.schedule.name}`,
        cell(rival.loss, rival.interval),
        cell(rival.gain, rival.gainInterval, signed),
      ]),
    ],
    ['left', 'left', 'left'],
  );
  return [
    paint.bold(`Best schedule of ${String(steps)} steps that never rises after the warm-up`),
    `  learning rate ${rate(peak)} after ${String(warmup)} steps of warm-up, falling from step ${String(decayFrom)} (the last ${decay}), at least ${rate(minRate)}`,
    `  ${String(starts.reached)} of ${String(starts.tried)} starts of the search ended at the least loss`,
    '',
    paint.bold(header),
    ...lines,
    ...(best.interval === null ? [] : [`  ${formatPercent(confidence)} intervals of the law's mean`]),
    ...(warnings.length === 0 ? [] : ['', ...warningLines(warnings, { paint, width })]),
  ].join('\n');
}
