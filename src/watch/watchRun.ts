import type { Warning } from '../core/warnings.ts';
import { findAlarms, type Alarm } from './alarms.ts';
import type { BandPoint } from './band.ts';
import { isComplete, lastTokens, shareOf, type RunCurve } from './curve.ts';
import { decide, type Decision, type Price } from './decision.ts';
import { fromInterval, type Estimate } from './estimate.ts';
import { completeRuns } from './familyCurves.ts';
import { forecastEnd, type Forecasts } from './forecast.ts';
import { lateWarnings, type CheckedRegistration } from './registration.ts';

/** What a run is judged by. */
export interface WatchOptions {
  /** What was expected of it, where that was written down. */
  readonly registration?: CheckedRegistration;
  /** A band that nobody registered, such as that of the law of a sweep so far; a registration goes before it. */
  readonly band?: readonly BandPoint[];
  /** Runs of the family with their curves, complete or not; the run itself must not be among them. */
  readonly family?: readonly RunCurve[];
  /** Of all intervals; that of the registration where there is one, else 0.9. */
  readonly confidence?: number;
  /** Loss that the run is to reach. */
  readonly target?: number;
  readonly price?: Price;
  /** When the run wrote its first row, ms since 1970, where that is known. */
  readonly since?: number | null;
}

/** A run as it stands, and what follows from that. */
export interface WatchState {
  readonly run: string;
  /** `waiting` before its first row, `diverged` while that alarm holds at its last row, `ended` when it has seen all of its tokens. */
  readonly state: 'waiting' | 'running' | 'diverged' | 'ended';
  readonly params: number | null;
  readonly tokens: number;
  readonly plannedTokens: number;
  /** Share of its tokens that it has seen, 0 to 1. */
  readonly share: number;
  readonly step: number | null;
  /** Loss of the last row that has one. */
  readonly loss: number | null;
  readonly rows: number;
  readonly confidence: number;
  readonly registration: {
    readonly sha256: string;
    readonly written: string;
    readonly isLate: boolean;
    readonly fit: CheckedRegistration['fit'];
  } | null;
  readonly band: readonly BandPoint[] | null;
  /** Complete runs of the family. */
  readonly family: number;
  readonly forecast: Forecasts;
  readonly alarms: readonly Alarm[];
  readonly decision: Decision | null;
  readonly warnings: readonly Warning[];
}

const defaultConfidence = 0.9;

/** What the band expects of the end. */
function endOf(band: readonly BandPoint[] | null, confidence: number): Estimate | null {
  const end = band?.at(-1);
  if (end === undefined || end.lower === null || end.upper === null) return null;
  return fromInterval([end.lower, end.upper], confidence);
}

/** What is known of runs that train well says nothing of one that diverges; the law still says what was expected. */
function withoutCurve(forecast: Forecasts): Forecasts {
  const reason = 'the run diverges';
  return {
    ...forecast,
    own: null,
    curves: null,
    combined: null,
    missing: { ...forecast.missing, own: reason, curves: reason },
    warnings: [],
  };
}

/**
 * Judges a run while it trains: where it stands against what was registered, what its end will be, what in it is wrong, and
 * whether going on is worth it. The same run gives the same answer.
 *
 * @example
 * ```ts
 * const rows = Array.from({ length: 20 }, (_, k) => ({ tokens: (k + 1) * 1e9, loss: 2 + 80 / ((k + 1) * 1e9) ** 0.25 }));
 * const curve = curveOf(rows, { name: 'big', params: 1.4e9, plannedTokens: 40e9 });
 * const state = watchRun(curve, { target: 2.5 });
 * state.decision.verdict; // 'continue'
 * state.alarms; // []
 * ```
 */
export function watchRun(curve: RunCurve, options: WatchOptions = {}): WatchState {
  const { registration, target, price, since = null } = options;
  const confidence = registration?.confidence ?? options.confidence ?? defaultConfidence;
  const band = registration?.band ?? options.band ?? null;
  const family = completeRuns(options.family ?? []);
  const context = { family, law: endOf(band, confidence), confidence };
  const alarms = findAlarms(curve, band);
  const hasDiverged = alarms.some(({ kind, isOngoing }) => kind === 'diverged' && isOngoing);
  const forecast = hasDiverged ? withoutCurve(forecastEnd(curve, context)) : forecastEnd(curve, context);
  const late = registration === undefined ? [] : lateWarnings(registration, since);
  const rows = curve.tokens.length;
  const finite = curve.loss.findLastIndex(Number.isFinite);
  const step = curve.steps?.at(-1) ?? NaN;
  return {
    run: curve.name,
    state: rows === 0 ? 'waiting' : hasDiverged ? 'diverged' : isComplete(curve) ? 'ended' : 'running',
    params: curve.params,
    tokens: lastTokens(curve),
    plannedTokens: curve.plannedTokens,
    share: shareOf(curve),
    step: Number.isFinite(step) ? step : null,
    loss: finite === -1 ? null : curve.loss[finite],
    rows,
    confidence,
    registration:
      registration === undefined
        ? null
        : {
            sha256: registration.sha256,
            written: registration.written,
            isLate: late.length > 0,
            fit: registration.fit,
          },
    band,
    family: family.length,
    forecast,
    alarms,
    decision: target === undefined ? null : decide(curve, forecast.combined, target, context, { price, hasDiverged }),
    warnings: [...late, ...forecast.warnings],
  };
}
