import { normalQuantile } from '../core/special.ts';
import type { Warning } from '../core/warnings.ts';
import type { Fit } from '../fit/result.ts';
import { createPredictor } from '../plan/predictor.ts';
import { fromInterval, type Estimate } from './estimate.ts';

/** A run as a law takes it: its parameters, and whatever else the law has to know, such as `uniqueTokens`. */
export type LawPlan = Readonly<Record<string, number | undefined>>;

/**
 * Whether a fit is one of checkpoints: then its law says what a run should lose on the way as well. A law of final losses does
 * not: with a learning rate that is still to fall, a run lies above what a run of that length reaches.
 */
export function isOfCheckpoints({ data, settings }: Pick<Fit, 'data' | 'settings'>): boolean {
  return !settings.finals && data.runs !== null && data.runs.median > 1;
}

/** What the law of a family expects after each of some tokens, and reasons to be careful. */
export interface LawEstimates {
  /** Null where the fit has no interval. */
  readonly estimates: readonly (Estimate | null)[];
  readonly warnings: readonly Warning[];
}

/**
 * What the law of a family expects of a single run: the calibrated interval of a new run; where the fit was not calibrated,
 * the interval of the coefficients widened by how far the fitted runs lie about the law.
 *
 * @throws {@link IsoflopError} `POINT_INCOMPLETE` where the law takes more than the plan says
 */
export function lawEstimates(fit: Fit, plan: LawPlan, tokens: readonly number[], confidence: number): LawEstimates {
  const { points, warnings } = createPredictor(fit).predict(
    tokens.map((at) => ({ ...plan, tokens: at })),
    confidence,
  );
  const free = fit.points - Object.keys(fit.params).length;
  const spread = free > 0 && fit.residualScale === 'log' ? fit.residualRms * Math.sqrt(fit.points / free) : NaN;
  const estimates = points.map(({ loss, interval, calibrated }): Estimate | null => {
    if (calibrated !== null) return sound(fromInterval(calibrated.newRun, confidence));
    if (interval === null) return null;
    const sd = Math.log(interval[1] / interval[0]) / 2 / normalQuantile(0.5 + confidence / 2);
    return sound({ log: Math.log(loss), sd: Math.hypot(sd, spread), degreesOfFreedom: free });
  });
  return { estimates, warnings };
}

const sound = (estimate: Estimate): Estimate | null =>
  Number.isFinite(estimate.log) && Number.isFinite(estimate.sd) ? estimate : null;
