import { createWarning, type Warning } from '../core/warnings.ts';
import { version } from '../core/version.ts';
import type { Fit } from '../fit/result.ts';
import { bandOf, type BandPoint } from './band.ts';
import { completeRuns } from './familyCurves.ts';
import type { LawPlan } from './familyLaw.ts';
import type { RunCurve } from './curve.ts';

/** What was expected of a run, written down before it began. */
export interface Registration {
  readonly format: 1;
  readonly kind: 'isoflop-registration';
  /** Version of isoflop that made it. */
  readonly version: string;
  /** When it was written, ISO 8601. */
  readonly written: string;
  readonly run: {
    readonly name: string;
    readonly params: number | null;
    readonly tokens: number;
    /** What else the law takes. */
    readonly inputs: Readonly<Record<string, number>>;
  };
  readonly fit: { readonly file: string; readonly law: string; readonly sha256: string };
  /** Complete runs whose curves lead from the end back. */
  readonly curves: number;
  readonly confidence: number;
  readonly band: readonly BandPoint[];
  /** What of the run was there already when it was written; null where nothing was. */
  readonly late: { readonly rows: number; readonly tokens: number; readonly since: string | null } | null;
  readonly warnings: readonly Warning[];
}

/** A registration as it is read back: its content held what its hash says. */
export interface CheckedRegistration extends Registration {
  /** Hex SHA-256 of the content. */
  readonly sha256: string;
}

/** What a registration is made from. */
export interface RegistrationRequest {
  readonly fit: Fit;
  /** Name of the file of the fit, and the hex SHA-256 of its bytes. */
  readonly file: string;
  readonly sha256: string;
  readonly name: string;
  readonly params: number | null;
  readonly tokens: number;
  readonly inputs?: Readonly<Record<string, number>>;
  readonly confidence: number;
  /** Runs of the family with their curves. */
  readonly family?: readonly RunCurve[];
  /** Now, ms since 1970. */
  readonly now: number;
  /** What of the run is there already. */
  readonly seen?: { readonly rows: number; readonly tokens: number; readonly since: number | null };
}

/**
 * Writes down what the law of its family expects of a run, for {@link Registration} to be saved before it begins.
 *
 * @throws {@link IsoflopError} `POINT_INCOMPLETE` where the law takes more than is given
 * @example
 * ```ts
 * const made = registrationOf({ fit, file: 'fit.json', sha256: '', name: 'big', params: 1.4e9, tokens: 30e9, confidence: 0.9, now: 0 });
 * made.band[9].loss; // 2.4426
 * ```
 */
export function registrationOf(request: RegistrationRequest): Registration {
  const { fit, file, sha256, name, params, tokens, confidence, family = [], now, seen } = request;
  const inputs = request.inputs ?? {};
  const band = bandOf(fit, { params, plannedTokens: tokens }, { confidence, family, inputs: inputs satisfies LawPlan });
  const late =
    seen === undefined || seen.rows === 0
      ? null
      : {
          rows: seen.rows,
          tokens: seen.tokens,
          since: seen.since === null ? null : new Date(seen.since).toISOString(),
        };
  return {
    format: 1,
    kind: 'isoflop-registration',
    version,
    written: new Date(now).toISOString(),
    run: { name, params, tokens, inputs },
    fit: { file, law: fit.law, sha256 },
    curves: completeRuns(family).length,
    confidence,
    band: band.points,
    late,
    warnings: band.warnings,
  };
}

/** The warning of a registration that was made when the run had begun. */
export function lateWarnings({ written, late }: Registration, since: number | null): Warning[] {
  const begun = late?.since ?? (since === null ? null : new Date(since).toISOString());
  const isLate = late !== null || (begun !== null && begun < written);
  if (!isLate) return [];
  const rows = late === null ? '' : `, when ${String(late.rows)} rows of the run were there`;
  const when = begun === null ? '' : `; the first is of ${begun}`;
  return [createWarning('WATCH_REGISTERED_LATE', `The band was registered late: at ${written}${rows}${when}.`)];
}
