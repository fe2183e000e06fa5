import { fixedPercent, roundPercent } from '../core/percent.ts';
import { formatQuantity } from '../core/quantity.ts';
import { bandAt } from '../watch/band.ts';
import type { Decision } from '../watch/decision.ts';
import type { Forecast } from '../watch/forecast.ts';
import type { CheckedRegistration } from '../watch/registration.ts';
import type { WatchState } from '../watch/watchRun.ts';
import { alignColumns, createPaint, wrapText, type Paint } from './layout.ts';
import type { TextOptions } from './text.ts';
import { warningLines } from './warningsText.ts';

const loss = (value: number): string => value.toFixed(4);
const interval = ([low, high]: readonly [number, number]): string => `${loss(low)} to ${loss(high)}`;

/** A probability without more certainty than a forecast has. */
function chance(probability: number): string {
  if (probability < 0.01) return 'less than 1%';
  return probability > 0.99 ? 'more than 99%' : fixedPercent(probability, 0);
}

/**
 * The state of a run as a person reads it.
 *
 * @example
 * ```ts
 * const rows = Array.from({ length: 20 }, (_, k) => ({ tokens: (k + 1) * 1e9, loss: 2 + 80 / ((k + 1) * 1e9) ** 0.25 }));
 * const curve = curveOf(rows, { name: 'big', params: 1.4e9, plannedTokens: 40e9 });
 * formatWatch(watchRun(curve)).split('\n')[0]; // 'big at 50.0% of 40B tokens, 1.4B parameters: running'
 * ```
 */
export function formatWatch(state: WatchState, { color = false, width = 100 }: TextOptions = {}): string {
  const paint = createPaint(color);
  return [
    headline(state, paint),
    ...standing(state),
    '',
    ...forecastLines(state, paint),
    ...alarmLines(state, paint, width),
    ...(state.decision === null ? [] : ['', ...decisionLines(state.decision, paint, width)]),
    ...(state.warnings.length === 0 ? [] : ['', ...warningLines(state.warnings, { paint, width })]),
  ].join('\n');
}

function headline({ run, state, share, plannedTokens, params }: WatchState, paint: Paint): string {
  const size = params === null ? '' : `, ${formatQuantity(params)} parameters`;
  const words = state === 'diverged' ? paint.bad(state) : state;
  return `${paint.bold(run)} at ${fixedPercent(share, 1)} of ${formatQuantity(plannedTokens)} tokens${size}: ${words}`;
}

/** The last loss, beside what was expected there. */
function standing({ loss: last, tokens, band, registration, rows }: WatchState): string[] {
  const lines = [
    last === null
      ? `  loss        none in ${String(rows)} rows`
      : `  loss        ${loss(last)} after ${formatQuantity(tokens)} tokens`,
  ];
  if (band !== null) {
    const at = bandAt(band, tokens);
    const where = at === undefined ? 'nothing here' : `${loss(at.loss)}, ${interval([at.lower, at.upper])}`;
    lines.push(`  expected    ${where}`);
  }
  if (registration !== null)
    lines.push(
      `  registered  ${registration.written}${registration.isLate ? ', late' : ''}, ${registration.fit.law} of ${registration.fit.file}, SHA-256 ${registration.sha256.slice(0, 16)}`,
    );
  return lines;
}

function forecastLines({ forecast, confidence }: WatchState, paint: Paint): string[] {
  const { own, curves, law, combined, missing } = forecast;
  const row = (name: string, one: Forecast | null, why: string | null): string[] =>
    one === null
      ? [`  ${name}`, '-', why ?? '']
      : [
          `  ${name}`,
          `${loss(one.loss)}, ${interval(one.interval)}`,
          one.rehearsed === null ? one.by : `${one.by}; error of ${String(one.rehearsed)} complete runs`,
        ];
  const rows = [
    row('own curve', own, missing.own),
    row('family curves', curves, missing.curves),
    row('family law', law, missing.law),
    row('together', combined, null),
  ];
  return [
    paint.bold(`Loss at the end, with ${roundPercent(confidence, 3)} intervals`),
    ...alignColumns(rows, ['left', 'left', 'left']),
  ];
}

function alarmLines({ alarms }: WatchState, paint: Paint, width: number): string[] {
  if (alarms.length === 0) return ['', 'No alarm.'];
  return alarms.flatMap(({ kind, message, remedy, count, isOngoing, lastTokens }) => {
    const more =
      count === 1
        ? ''
        : ` ${String(count)} times, last at ${formatQuantity(lastTokens)} tokens${isOngoing ? ', and now' : ''}.`;
    return ['', paint.bad(`ALARM ${kind}`), ...wrapText(`${message}${more} ${remedy}`, width, '  ')];
  });
}

/** Since when the advice could have been given, and what was spent after that. */
function sinceText({ share, flopsSince }: NonNullable<Decision['decidable']>): string {
  const since = `since ${fixedPercent(share, 0)} of the run`;
  if (flopsSince === null) return since;
  return flopsSince > 0
    ? `${since}; ${flopsSince.toExponential(2)} FLOP were spent after that`
    : 'since the last row, not before';
}

function decisionLines(decision: Decision, paint: Paint, width: number): string[] {
  const { target, probability, flopsLeft, secondsLeft, costLeft, costPerSuccess, flopsPerSuccess, decidable } =
    decision;
  const left = [
    ...(flopsLeft === null ? [] : [`${flopsLeft.toExponential(2)} FLOP`]),
    ...(secondsLeft === null ? [] : [`${(secondsLeft / 3600).toFixed(1)} h`]),
    ...(costLeft === null ? [] : [`${costLeft.toFixed(2)} at your price`]),
  ];
  const success =
    costPerSuccess !== null
      ? `${costPerSuccess.toFixed(2)} at your price`
      : flopsPerSuccess !== null
        ? `${flopsPerSuccess.toExponential(2)} FLOP`
        : undefined;
  const isRare = probability !== null && probability < 0.01;
  if (decision.verdict === 'reached' || decision.verdict === 'missed')
    return [paint.bold(`Target ${loss(target)}`), ...wrapText(decision.advice, width, '  ')];
  return [
    paint.bold(`Target ${loss(target)}`),
    ...(probability === null ? [] : [`  chance      ${chance(probability)}`]),
    ...(left.length === 0 ? [] : [`  left        ${left.join(', ')}`]),
    ...(success === undefined || isRare ? [] : [`  per success ${success}`]),
    ...(decidable === null ? [] : [`  decidable   ${sinceText(decidable)}`]),
    ...wrapText(decision.advice, width, '  '),
  ];
}

/**
 * The state of a run on one line, for a log that grows.
 *
 * @example
 * ```ts
 * const rows = Array.from({ length: 20 }, (_, k) => ({ tokens: (k + 1) * 1e9, loss: 2 + 80 / ((k + 1) * 1e9) ** 0.25 }));
 * const curve = curveOf(rows, { name: 'big', params: 1.4e9, plannedTokens: 40e9 });
 * formatWatchLine(watchRun(curve)).slice(0, 22); // 'big 50.0%  loss 2.2127'
 * ```
 */
export function formatWatchLine({ run, state, share, loss: last, forecast, alarms, decision }: WatchState): string {
  const { combined } = forecast;
  return [
    `${run} ${fixedPercent(share, 1)}${state === 'running' ? '' : ` ${state}`}`,
    `loss ${last === null ? '-' : loss(last)}`,
    ...(combined === null || state === 'ended' ? [] : [`end ${loss(combined.loss)} (${interval(combined.interval)})`]),
    ...(decision?.probability == null ? [] : [`target ${chance(decision.probability)}, ${decision.verdict}`]),
    ...(alarms.length === 0 ? [] : [`ALARM ${alarms.map(({ kind }) => kind).join(', ')}`]),
  ].join('  ');
}

/**
 * A registration as a person reads it.
 *
 * @example
 * ```ts
 * const registration = registrationOf({ fit, file: 'fit.json', sha256: '0'.repeat(64), name: 'big', params: 1.4e9, tokens: 30e9, confidence: 0.9, now: 0 });
 * const text = await encodeRegistration(registration);
 * formatRegistration(await decodeRegistration(text, 'band.json'), 'band.json').split('\n')[0]; // 'big: 1.4B parameters, 30B tokens, by chinchilla of fit.json'
 * ```
 */
export function formatRegistration(registration: CheckedRegistration, file: string): string {
  const { run, fit, band, confidence, sha256, written } = registration;
  const size = run.params === null ? '' : `${formatQuantity(run.params)} parameters, `;
  const rows = band.map((point) => [
    `  ${fixedPercent(point.share, 0)}`,
    formatQuantity(point.tokens),
    point.loss === null ? '-' : loss(point.loss),
    point.lower === null || point.upper === null ? (point.reason ?? '') : interval([point.lower, point.upper]),
    point.from ?? '',
  ]);
  return [
    `${run.name}: ${size}${formatQuantity(run.tokens)} tokens, by ${fit.law} of ${fit.file}`,
    ...alignColumns(
      [['  share', 'tokens', 'loss', `${roundPercent(confidence, 3)} interval of a run`, 'from'], ...rows],
      ['left', 'right', 'right', 'left', 'left'],
    ),
    `written ${written} to ${file}`,
    `SHA-256 ${sha256}`,
  ].join('\n');
}
