import type { Warning } from '../core/warnings.ts';
import type { Fit } from '../fit/result.ts';
import { allocationExponents } from '../laws/allocation.ts';
import { lawOf } from '../laws/index.ts';
import { toParams } from '../laws/law.ts';
import { coordinateDraws, percentiles } from '../uncertainty/predict.ts';
import type { Profile } from '../uncertainty/profile.ts';
import { formatNumber } from './formula.ts';
import { fitToJson, type FitJson } from './json.ts';
import { alignColumns, createPaint, wrapText } from './layout.ts';
import { formatPercent } from './paramsText.ts';
import type { TextOptions } from './text.ts';

/** An end of two intervals differs when it lies this share of the half-width away. */
const differs = 0.1;

/** A profile as `isoflop profile --json` prints it: arrays of numbers, and `null` for what is not finite. */
export interface ProfileJson {
  readonly name: string;
  readonly estimate: number;
  readonly confidence: number;
  readonly interval: readonly [number | null, number | null];
  readonly isOpen: readonly [boolean, boolean];
  readonly reasons: readonly [string | null, string | null];
  readonly wald: readonly [number, number] | null;
  readonly bootstrap: readonly [number, number] | null;
  readonly asymmetry: number | null;
  readonly adjust: string;
  readonly designEffect: number;
  readonly cutoff: number;
  readonly values: readonly number[];
  readonly deviance: readonly number[];
  readonly logLikelihood: readonly number[];
  readonly objective: readonly number[];
  readonly others: Readonly<Record<string, readonly number[]>>;
  readonly certified: readonly boolean[];
  readonly warnings: readonly Warning[];
}

const orNull = (value: number): number | null => (Number.isFinite(value) ? value : null);

/**
 * Profiles of a fit as `isoflop profile --json` prints them.
 *
 * @example
 * ```ts
 * const profiles = [profileParam(fitLaw(chinchilla, runs), 'alpha', { points: 5 })];
 * profilesToJson(fit, profiles).profiles[0].name; // 'alpha'
 * ```
 */
export function profilesToJson(
  fit: Fit,
  profiles: readonly Profile[],
): { readonly fit: FitJson; readonly profiles: readonly ProfileJson[] } {
  return {
    fit: fitToJson(fit),
    profiles: profiles.map((profile) => ({
      name: profile.name,
      estimate: profile.estimate,
      confidence: profile.confidence,
      interval: [orNull(profile.interval[0]), orNull(profile.interval[1])],
      isOpen: profile.isOpen,
      reasons: profile.reasons,
      wald: profile.wald,
      bootstrap: bootstrapInterval(fit, profile),
      asymmetry: profile.asymmetry,
      adjust: profile.adjust,
      designEffect: profile.designEffect,
      cutoff: profile.cutoff,
      values: Array.from(profile.values),
      deviance: Array.from(profile.deviance),
      logLikelihood: Array.from(profile.logLikelihood),
      objective: Array.from(profile.objective),
      others: Object.fromEntries(Object.entries(profile.others).map(([name, column]) => [name, Array.from(column)])),
      certified: Array.from(profile.certified, (flag) => flag === 1),
      warnings: profile.warnings,
    })),
  };
}

/** Percentiles of the bootstrap draws of what a profile is of, or `null` without a bootstrap. */
function bootstrapInterval(fit: Fit, { name, confidence }: Profile): [number, number] | null {
  if (fit.bootstrap === null || fit.bootstrap.certified < 2) return null;
  const law = lawOf(fit);
  const draws = [...coordinateDraws(fit)].map((theta) => toParams(law, theta));
  const sample = draws.map((params) =>
    name in params ? params[name] : (allocationExponents(law, params)?.paramsExponent ?? NaN),
  );
  const finite = Float64Array.from(sample.filter(Number.isFinite));
  return finite.length < 2 ? null : percentiles(finite, confidence);
}

/**
 * Profiles of a fit as a table: the estimate, the interval of the quadratic approximation, that of the profile, that of the
 * bootstrap where there is one, and a sentence for each parameter at which the first two disagree.
 *
 * @returns lines joined by line ends, without one at the end
 * @example
 * ```ts
 * const profiles = [profileParam(fitLaw(chinchilla, runs), 'alpha', { points: 5 })];
 * formatProfiles(fit, profiles).includes('alpha'); // true
 * ```
 */
export function formatProfiles(
  fit: Fit,
  profiles: readonly Profile[],
  { color = false, width = 100 }: TextOptions = {},
): string {
  const paint = createPaint(color);
  const bootstraps = profiles.map((profile) => bootstrapInterval(fit, profile));
  const hasBootstrap = bootstraps.some((interval) => interval !== null);
  const [header, ...rows] = alignColumns(
    [
      ['', 'estimate', 'Wald', 'profile', ...(hasBootstrap ? ['bootstrap'] : []), 'upper/lower', 'design effect'],
      ...profiles.map((profile, k) => [
        `  ${profile.name}`,
        formatNumber(profile.estimate, 6),
        ends(profile.wald),
        ends(profile.interval),
        ...(hasBootstrap ? [ends(bootstraps[k])] : []),
        profile.asymmetry === null ? 'open' : profile.asymmetry.toFixed(2),
        profile.adjust === 'none' ? '-' : formatNumber(profile.designEffect, 3),
      ]),
    ],
    ['left', 'right', 'left', 'left', ...(hasBootstrap ? (['left'] as const) : []), 'right', 'right'],
  );
  const [first] = profiles;
  const level = profiles.length === 0 ? '' : `${formatPercent(first.confidence)} intervals`;
  const sentences = profiles.flatMap((profile) => disagreement(profile));
  const notes = profiles.flatMap((profile) => profile.reasons.filter((reason) => reason !== null));
  return [
    paint.bold(`Profile likelihood of ${fit.law}, ${level}`),
    `  ${fit.objective.name}, ${String(fit.points)} points; status ${fit.status}`,
    '',
    paint.bold(header),
    ...rows,
    '',
    ...(sentences.length === 0 && notes.length === 0
      ? wrapText('The profiles agree with the Wald intervals: the likelihood is nearly a parabola.', width)
      : [...sentences, ...notes].flatMap((text) => wrapText(text, width, '- '))),
    ...adjustmentNote(profiles, width),
  ].join('\n');
}

function ends(interval: readonly [number, number] | null): string {
  if (interval === null) return '-';
  return `[${interval.map((end) => (Number.isFinite(end) ? formatNumber(end, 5) : end > 0 ? 'inf' : '-inf')).join(', ')}]`;
}

/** A sentence where an end of the profile interval is not that of the quadratic approximation. */
function disagreement({ name, wald, interval, isOpen, transform, estimate }: Profile): string[] {
  if (wald === null) return [];
  const place = (value: number): number => (transform === 'log' ? Math.log(value) : value);
  const half = (place(wald[1]) - place(wald[0])) / 2;
  const parts = (['down', 'up'] as const).flatMap((direction, k) => {
    if (isOpen[k]) return [];
    const share = Math.abs(place(interval[k]) - place(estimate)) / half - 1;
    if (Math.abs(share) < differs) return [];
    const percent = `${String(Math.round(100 * Math.abs(share)))}%`;
    return [`${percent} ${share > 0 ? 'farther' : 'less far'} ${direction}`];
  });
  if (parts.length === 0) return [];
  return [`${name}: the profile reaches ${parts.join(' and ')} than the Wald interval; trust the profile.`];
}

function adjustmentNote(profiles: readonly Profile[], width: number): string[] {
  const adjusted = profiles.filter(({ adjust }) => adjust !== 'none');
  if (adjusted.length === 0) return [];
  return [
    '',
    ...wrapText(
      'Design effect: the variance by the sandwich covariance over the one that the likelihood implies. The likelihood falls by so much too fast, because its density is not that of the residuals or because rows vary together, and is divided by it. --no-adjust leaves it as it is.',
      width,
    ),
  ];
}
