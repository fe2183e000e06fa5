import type { Warning } from '../../core/warnings.ts';
import type { LawFit } from '../../fit/fitLaw.ts';
import type { Covariance } from '../../fit/result.ts';
import { thinFit } from '../../fit/thinFit.ts';
import { averagedObjective } from './averagedObjective.ts';
import { counting } from './counting.ts';
import { Evidence } from './evidence.ts';
import { irreducibleNearLoss } from './irreducibleNearLoss.ts';
import { irreducibleNearZero } from './irreducibleNearZero.ts';
import { lateRise } from './lateRise.ts';
import { offCentre } from './offCentre.ts';
import { outliers } from './outliers.ts';
import { replicates } from './replicates.ts';
import { saddle } from './saddle.ts';

/** Looks at a fit and its data for one reason not to believe it. */
export type Diagnostic = (evidence: Evidence) => readonly Warning[];

/** Every diagnostic, in the order in which their warnings are told. A new one is one file and one line here. */
const diagnostics: readonly Diagnostic[] = [
  irreducibleNearZero,
  irreducibleNearLoss,
  lateRise,
  saddle,
  replicates,
  outliers,
  counting,
  offCentre,
  averagedObjective,
];

/**
 * Reasons not to believe a fit that its optimum does not show by itself: an irreducible loss at the edge, residuals with a
 * pattern, seeds that contradict the law, outliers, small models that saturate, parameters counted in two ways, isoFLOP grids
 * off their centre, given coefficients that are no optimum. What the fit already knows (`fit.warnings`) is not repeated. A
 * search without a certificate is not looked at: its residuals are those of no fit.
 *
 * Of more than 262,144 rows a sample of 131,072 at most is looked at; tests that need a second fit are left out above 20,000.
 *
 * @param covariance - that of the fit, where it is known; else the sandwich covariance
 * @see docs/warnings.md for the threshold of each
 * @example
 * ```ts
 * diagnose(fitLaw(chinchilla, runs)).map((warning) => warning.code); // ['SADDLE_RESIDUALS', 'OUTLIERS']
 * ```
 */
export function diagnose(fit: LawFit, covariance?: Covariance): Warning[] {
  if (fit.status === 'stalled' || fit.rows.data.rows <= fit.coordinates.size) return [];
  const seen = thinFit(fit);
  const evidence = new Evidence(seen, covariance, seen !== fit);
  return diagnostics.flatMap((diagnostic) => [...diagnostic(evidence)]);
}
