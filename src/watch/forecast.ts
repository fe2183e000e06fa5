import { createWarning, type Warning } from '../core/warnings.ts';
import { isComplete, lastTokens, shareOf, type RunCurve } from './curve.ts';
import { combine, intervalOf, type Estimate } from './estimate.ts';
import { fallFrom, leastRuns, rehearseContinuing } from './familyCurves.ts';
import { levelAt } from './level.ts';
import { continueCurve, ownPastError } from './ownCurve.ts';

/** What is expected of the loss at the end of a run. */
export interface Forecast {
  /** Nats a token. */
  readonly loss: number;
  readonly interval: readonly [number, number];
  /** Spread in ln loss, and how well it is known; null where it is taken as it is. */
  readonly sd: number;
  readonly degreesOfFreedom: number | null;
  /** What it is made from, in words. */
  readonly by: string;
  /** Complete runs of the family in which its error was measured; null where it was measured otherwise. */
  readonly rehearsed: number | null;
}

/** The forecasts of a run, each by itself and all as one; null where there is none, which `missing` explains. */
export interface Forecasts {
  /** The run's own curve, continued. */
  readonly own: Forecast | null;
  /** Where the run is, and how the losses of complete runs of its family fell from there. */
  readonly curves: Forecast | null;
  /** The law of the family, which does not look at the run. */
  readonly law: Forecast | null;
  /** The better of the first two with the third, by their rehearsed errors. */
  readonly combined: Forecast | null;
  readonly missing: Readonly<Record<'own' | 'curves' | 'law', string | null>>;
  readonly warnings: readonly Warning[];
}

/** What a forecast looks at besides the run. */
export interface ForecastContext {
  /** Complete runs of the family. */
  readonly family: readonly RunCurve[];
  /** What the law of the family expects of the end; null where there is no law. */
  readonly law: Estimate | null;
  readonly confidence: number;
}

/** Before this share a curve says little and is hardly worth its noise. */
const leastShare = 0.02;

/** Of two errors that were measured a few times, the smaller is too small by luck; only this much smaller is better. */
const clearly = 0.7;

type Made = Estimate & Pick<Forecast, 'by' | 'rehearsed'>;

const told = ({ by, rehearsed, ...estimate }: Made, confidence: number): Forecast => ({
  loss: Math.exp(estimate.log),
  interval: intervalOf(estimate, confidence),
  sd: estimate.sd,
  degreesOfFreedom: Number.isFinite(estimate.degreesOfFreedom) ? estimate.degreesOfFreedom : null,
  by,
  rehearsed,
});

/** A forecast as an estimate again. */
export const estimateOf = ({ loss, sd, degreesOfFreedom }: Forecast): Estimate => ({
  log: Math.log(loss),
  sd,
  degreesOfFreedom: degreesOfFreedom ?? Infinity,
});

/**
 * What is expected of the end of a run as it stands: by its own curve, by the curves of its family, by the law of its family,
 * and by all of them.
 *
 * The error of continuing a curve is measured by doing the same from the same share of complete runs of the family; without
 * three of them, in the run's own past, where nothing can be known of a learning rate that is still to fall.
 *
 * @example
 * ```ts
 * const rows = Array.from({ length: 20 }, (_, k) => ({ tokens: (k + 1) * 1e9, loss: 2 + 80 / ((k + 1) * 1e9) ** 0.25 }));
 * const curve = curveOf(rows, { name: 'big', params: 1.4e9, plannedTokens: 40e9 });
 * const { own } = forecastEnd(curve, { family: [], law: null, confidence: 0.9 });
 * own.loss; // 2.1789
 * own.by; // 'its own curve continued (tokens-irreducible)'
 * ```
 */
export function forecastEnd(curve: RunCurve, { family, law, confidence }: ForecastContext): Forecasts {
  const share = shareOf(curve);
  const level = levelAt(curve, lastTokens(curve));
  const missing: { own: string | null; curves: string | null; law: string | null } = {
    own: null,
    curves: null,
    law: law === null ? 'no law of the family is given' : null,
  };
  const lawMade: Made | null = law && { ...law, by: 'the law of the family', rehearsed: null };
  const warnings: Warning[] = [];
  let own: Made | null = null;
  let curves: Made | null = null;
  if (level === undefined) missing.own = missing.curves = 'the run has no loss yet';
  else if (isComplete(curve)) {
    const end: Made = { log: level.log, sd: level.stderr, degreesOfFreedom: Infinity, by: 'its end', rehearsed: null };
    const done = 'the run is at its end';
    return {
      own: null,
      curves: null,
      law: lawMade && told(lawMade, confidence),
      combined: told(end, confidence),
      missing: { ...missing, own: done, curves: done },
      warnings,
    };
  } else if (share < leastShare) missing.own = missing.curves = 'less than 2% of the run is there';
  else {
    const continued = continueCurve(curve, curve.plannedTokens);
    const rehearsed =
      continued && family.length >= leastRuns ? rehearseContinuing(share, family, curve, continued.law) : undefined;
    const error = continued && (rehearsed ?? ownPastError(curve, continued.law, curve.plannedTokens));
    if (continued === undefined) missing.own = 'too few rows to continue the curve from';
    else if (error === undefined) missing.own = 'too few rows to rehearse in the past of the run';
    else {
      own = {
        log: continued.log,
        sd: Math.max(error.sd, level.stderr),
        degreesOfFreedom: error.degreesOfFreedom,
        by: `its own curve continued (${continued.law.id})`,
        rehearsed: rehearsed?.runs ?? null,
      };
      if (rehearsed === undefined)
        warnings.push(
          createWarning(
            'WATCH_OWN_PAST',
            'The error of continuing the curve is measured in the past of the run alone; a learning rate that is still to fall would lower the loss further.',
          ),
        );
    }
    const fall = fallFrom(share, family, curve);
    if (fall === undefined) missing.curves = `fewer than ${String(leastRuns)} complete runs of the family are given`;
    else
      curves = {
        log: level.log - fall.log,
        sd: Math.max(fall.sd, level.stderr),
        degreesOfFreedom: fall.degreesOfFreedom,
        by: 'how runs of the family fell from here',
        rehearsed: fall.runs,
      };
  }
  // Both begin where the run is now and share its noise, so that they are no two witnesses.
  const byCurve = own !== null && curves !== null ? (own.sd < clearly * curves.sd ? own : curves) : (curves ?? own);
  const parts = [byCurve, lawMade].filter((part) => part !== null);
  const rehearsedRuns = byCurve?.rehearsed ?? null;
  const combined: Made | null =
    parts.length === 0
      ? null
      : { ...combine(parts), by: parts.map(({ by }) => by).join(' and '), rehearsed: rehearsedRuns };
  return {
    own: own && told(own, confidence),
    curves: curves && told(curves, confidence),
    law: lawMade && told(lawMade, confidence),
    combined: combined && told(combined, confidence),
    missing,
    warnings,
  };
}
