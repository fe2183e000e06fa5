import type { Warning } from '../core/warnings.ts';
import type { Fit } from '../fit/result.ts';
import type { RunCurve } from './curve.ts';
import { intervalOf, type Estimate } from './estimate.ts';
import { completeRuns, fallFrom, leastRuns } from './familyCurves.ts';
import { isOfCheckpoints, lawEstimates, type LawPlan } from './familyLaw.ts';

/** Shares of a run for which a loss is expected. */
export const bandShares = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1] as const;

/** What is expected of a run when it has seen a share of its tokens. */
export interface BandPoint {
  readonly share: number;
  readonly tokens: number;
  /** Nats a token; all three are null where nothing is expected, which `reason` explains. */
  readonly loss: number | null;
  readonly lower: number | null;
  readonly upper: number | null;
  /** `law`: the law of the family; `law and curves`: its end, and how the losses of the family's runs fell to theirs. */
  readonly from: 'law' | 'law and curves' | null;
  readonly reason: string | null;
}

/** What is expected of a run, from its family. */
export interface Band {
  readonly points: readonly BandPoint[];
  readonly warnings: readonly Warning[];
}

/**
 * The losses that the law of its family expects of a run on its way, with an interval for a single run.
 *
 * A fit of checkpoints gives all of them. A fit of final losses gives the end; from there the curves of complete runs lead
 * back: as much as their ln loss fell from the same share to the end, this one's will. Without such curves nothing is
 * expected before the end, since with a learning rate that is still to fall a run lies above the law of final losses.
 *
 * @param fit - the law of the family
 * @param plan - the run, `plannedTokens` its length
 * @param inputs - what else the law takes
 * @param family - runs of the family with their curves, complete or not
 * @throws {@link IsoflopError} `POINT_INCOMPLETE` where the law takes more than is given
 * @example
 * ```ts
 * const { points } = bandOf(fit, { params: 1.4e9, plannedTokens: 30e9 }, { confidence: 0.9 });
 * points[9].loss; // 2.4426
 * points[4].reason; // 'the fit is one of final losses, and no curves of complete runs are given'
 * ```
 */
export function bandOf(
  fit: Fit,
  plan: { readonly params: number | null; readonly plannedTokens: number },
  options: { readonly confidence: number; readonly family?: readonly RunCurve[]; readonly inputs?: LawPlan },
): Band {
  const { confidence, family = [], inputs = {} } = options;
  const { params, plannedTokens } = plan;
  const point: LawPlan = { ...inputs, ...(params === null ? {} : { params }) };
  const byLaw = isOfCheckpoints(fit);
  const asked = byLaw ? bandShares : [1];
  const tokens = asked.map((share) => share * plannedTokens);
  const { estimates, warnings } = lawEstimates(fit, point, tokens, confidence);
  const end = estimates[estimates.length - 1];
  const complete = completeRuns(family);
  const expect = (share: number): Pick<BandPoint, 'from' | 'reason'> & { readonly estimate: Estimate | null } => {
    if (end === null) return { estimate: null, from: null, reason: 'the fit gives no interval' };
    if (share === 1) return { estimate: end, from: 'law', reason: null };
    if (byLaw) {
      const estimate = estimates[bandShares.findIndex((one) => one === share)];
      return { estimate, from: 'law', reason: estimate === null ? 'the fit gives no interval' : null };
    }
    const fall = fallFrom(share, complete, plan);
    if (fall === undefined) {
      const reason =
        complete.length === 0
          ? 'the fit is one of final losses, and no curves of complete runs are given'
          : `the fit is one of final losses, and fewer than ${String(leastRuns)} complete runs show how losses fall from here`;
      return { estimate: null, from: null, reason };
    }
    const sd = Math.hypot(end.sd, fall.sd);
    // The wider of two spreads rules how well their sum is known.
    const degreesOfFreedom = sd ** 4 / (end.sd ** 4 / end.degreesOfFreedom + fall.sd ** 4 / fall.degreesOfFreedom);
    return { estimate: { log: end.log + fall.log, sd, degreesOfFreedom }, from: 'law and curves', reason: null };
  };
  const points = bandShares.map((share): BandPoint => {
    const { estimate, from, reason } = expect(share);
    const [lower, upper] = estimate === null ? [null, null] : intervalOf(estimate, confidence);
    const loss = estimate === null ? null : Math.exp(estimate.log);
    return { share, tokens: share * plannedTokens, loss, lower, upper, from: estimate && from, reason };
  });
  return { points, warnings };
}

/** The band between two of its points. */
export interface BandAt {
  readonly loss: number;
  readonly lower: number;
  readonly upper: number;
}

/** So little before the first point of the band counts as there. */
const early = 0.99;

/**
 * The band after some tokens, between its points on straight lines in ln loss over ln tokens; undefined before its first
 * point, and where one of the two next to the place expects nothing.
 */
export function bandAt(points: readonly BandPoint[], tokens: number): BandAt | undefined {
  const next = points.findIndex((point) => point.tokens >= tokens * (1 - 1e-9));
  // A run may go on a step or two beyond what was planned.
  const after = next === -1 ? points.length - 1 : next;
  const high = points[after];
  // The steps of a run do not fall on its shares.
  if (after === 0 && tokens < high.tokens * early) return undefined;
  const isThere = next === -1 || after === 0 || high.tokens <= tokens * (1 + 1e-9);
  const low = isThere ? high : points.at(after - 1);
  if (low === undefined) return undefined;
  const share = isThere ? 1 : Math.log(tokens / low.tokens) / Math.log(high.tokens / low.tokens);
  const between = (name: 'loss' | 'lower' | 'upper'): number => {
    const [a, b] = [low[name], high[name]];
    return a === null || b === null ? NaN : Math.exp((1 - share) * Math.log(a) + share * Math.log(b));
  };
  const found = { loss: between('loss'), lower: between('lower'), upper: between('upper') };
  return Number.isNaN(found.loss) ? undefined : found;
}
