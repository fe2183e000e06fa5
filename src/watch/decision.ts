import { curveUpTo, lastTokens, shareOf, type RunCurve } from './curve.ts';
import { probabilityOf } from './estimate.ts';
import { estimateOf, forecastEnd, type Forecast, type ForecastContext } from './forecast.ts';

/** What a run costs. */
export interface Price {
  /** Speed of training, FLOP a second. */
  readonly flopsPerSecond?: number;
  /** Money for an hour at that speed. */
  readonly perHour?: number;
}

/** What the forecast allows to say about going on: never more than its interval does. */
export type Verdict = 'continue' | 'stop' | 'too early to say' | 'reached' | 'missed';

/** The target of a run, and what going on towards it costs. */
export interface Decision {
  /** Nats a token. */
  readonly target: number;
  /** Probability that the loss at the end is at most the target; null without a forecast. */
  readonly probability: number | null;
  readonly verdict: Verdict;
  readonly advice: string;
  readonly tokensLeft: number;
  /** Null where the number of parameters is not known. */
  readonly flopsLeft: number | null;
  readonly secondsLeft: number | null;
  readonly costLeft: number | null;
  /** What is left to pay for each run that reaches the target, in money or else in FLOP: divided by the probability. */
  readonly costPerSuccess: number | null;
  readonly flopsPerSuccess: number | null;
  /** The earliest share of the run from which on the same could be said, where that is something. */
  readonly decidable: { readonly share: number; readonly tokens: number; readonly flopsSince: number | null } | null;
}

/** Shares at which it is asked what could have been said then. */
const askedShares = [0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95];
/** Errors that were measured fewer times decide nothing. */
const leastDegrees = 3;

/** What a forecast allows to say. */
function verdictOf(combined: Forecast | null, target: number, isAtEnd: boolean): Verdict {
  if (combined === null) return 'too early to say';
  if (isAtEnd) return combined.loss <= target ? 'reached' : 'missed';
  if ((combined.degreesOfFreedom ?? Infinity) < leastDegrees) return 'too early to say';
  const [low, high] = combined.interval;
  return high <= target ? 'continue' : low > target ? 'stop' : 'too early to say';
}

/**
 * Whether going on is worth it: the probability that the run ends at a target or below, what is left to pay, and since when
 * the same could have been said. "Stop" and "continue" are said only where the whole interval of the forecast lies on one
 * side of the target.
 *
 * @param combined - the forecast of the run as it stands
 * @param context - what that forecast looked at besides the run, to make those of earlier moments
 */
export function decide(
  curve: RunCurve,
  combined: Forecast | null,
  target: number,
  context: ForecastContext,
  { price = {}, hasDiverged = false }: { readonly price?: Price | undefined; readonly hasDiverged?: boolean } = {},
): Decision {
  const isAtEnd = combined?.by === 'its end';
  const verdict = hasDiverged ? 'stop' : verdictOf(combined, target, isAtEnd);
  const probability =
    combined === null ? null : isAtEnd ? Number(verdict === 'reached') : probabilityOf(estimateOf(combined), target);
  const perToken = curve.flopsPerToken ?? (curve.params === null ? null : 6 * curve.params);
  const now = lastTokens(curve);
  const tokensLeft = Math.max(0, curve.plannedTokens - now);
  const flopsLeft = perToken === null ? null : perToken * tokensLeft;
  const secondsLeft =
    flopsLeft === null || price.flopsPerSecond === undefined ? null : flopsLeft / price.flopsPerSecond;
  const costLeft = secondsLeft === null || price.perHour === undefined ? null : (secondsLeft / 3600) * price.perHour;
  const each = (cost: number | null): number | null => {
    const value = cost === null || probability === null ? NaN : cost / probability;
    return Number.isFinite(value) ? value : null;
  };
  const since =
    combined !== null && (verdict === 'stop' || verdict === 'continue')
      ? earliest(curve, verdict, target, context)
      : null;
  return {
    target,
    probability,
    verdict,
    advice: adviceOf(verdict, combined, target, context.confidence),
    tokensLeft,
    flopsLeft,
    secondsLeft,
    costLeft,
    costPerSuccess: each(costLeft),
    flopsPerSuccess: each(flopsLeft),
    decidable: since && {
      ...since,
      flopsSince: perToken === null ? null : perToken * Math.max(0, now - since.tokens),
    },
  };
}

/** Going back from now, the earliest moment from which on the verdict stays. */
function earliest(
  curve: RunCurve,
  verdict: Verdict,
  target: number,
  context: ForecastContext,
): { readonly share: number; readonly tokens: number } {
  const now = shareOf(curve);
  let since = { share: now, tokens: lastTokens(curve) };
  for (const share of askedShares.filter((one) => one < now).reverse()) {
    const tokens = share * curve.plannedTokens;
    const { combined } = forecastEnd(curveUpTo(curve, tokens), context);
    if (verdictOf(combined, target, false) !== verdict) break;
    since = { share, tokens };
  }
  return since;
}

const shown = (loss: number): string => loss.toFixed(3);

function adviceOf(verdict: Verdict, combined: Forecast | null, target: number, confidence: number): string {
  const level = `${String(Number((100 * confidence).toPrecision(3)))}%`;
  const [low, high] = combined?.interval ?? [NaN, NaN];
  switch (verdict) {
    case 'reached':
      return `The run has ended at the target of ${shown(target)} or below.`;
    case 'missed':
      return `The run has ended above the target of ${shown(target)}.`;
    case 'continue':
      return `Continue: the ${level} interval of the loss at the end, ${shown(low)} to ${shown(high)}, lies below ${shown(target)}.`;
    case 'stop':
      if (combined === null) return 'Stop: the run diverges.';
      return `Stop: the ${level} interval of the loss at the end, ${shown(low)} to ${shown(high)}, lies above ${shown(target)}.`;
    case 'too early to say':
      return combined === null
        ? 'Too early to say: there is no forecast yet.'
        : `Too early to say: the ${level} interval of the loss at the end, ${shown(low)} to ${shown(high)}, holds ${shown(target)}${(combined.degreesOfFreedom ?? Infinity) < leastDegrees ? ', or its width is known too badly' : ''}.`;
  }
}
