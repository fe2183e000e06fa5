import type { Slice } from './slices.ts';

/**
 * How much the loss of a run changes with its seed: `rule`: as Porian et al. measured, 0.005 nats up to a loss of 3, rising
 * to 0.1 at 6; `data`: what the curves of these runs show, as a share of the loss; `auto`: the larger of the two; or a number
 * of nats.
 */
export type SeedNoise = 'auto' | 'rule' | 'data' | number;

/** Ends of the rule: loss and standard deviation, nats. */
const rule = { low: { loss: 3, deviation: 0.005 }, high: { loss: 6, deviation: 0.1 } };

/** Deviations from their neighbours that an estimate from the data needs. */
const enoughDeviations = 8;

/**
 * Standard deviation of the loss of runs over seeds by the rule of Porian et al.: its logarithm is interpolated in ln L between
 * 0.005 at a loss of 3 and 0.1 at 6. (Their code compares ln L with 3 and 6 themselves, so that it always takes 0.005; here the
 * rule is followed as it is meant.)
 *
 * @param loss - nats per token
 * @see arXiv 2406.19146, appendix on the seed noise
 * @example
 * ```ts
 * ruleNoise(3); // 0.005
 * ```
 */
export function ruleNoise(loss: number): number {
  const { low, high } = rule;
  const share = Math.min(1, Math.max(0, Math.log(loss / low.loss) / Math.log(high.loss / low.loss)));
  return low.deviation * (high.deviation / low.deviation) ** share;
}

/**
 * Standard deviation of ln L about a smooth curve of each budget: every point is compared with the cubic through its two
 * neighbours on either side, and the median over all budgets stands for the typical deviation, so that the steep ends of the
 * curves do not count. `null` where there are fewer than 8 such points.
 *
 * @see Gasser, Sroka and Jennen-Steinmetz (1986), "Residual variance and residual pattern in nonlinear regression"
 */
export function measuredNoise(slices: readonly Slice[]): number | null {
  const deviations: number[] = [];
  for (const { logParams: x, logLoss: y, repeats } of slices)
    for (let i = 2; i < x.length - 2; i++) {
      const others = [i - 2, i - 1, i + 1, i + 2];
      let [value, variance] = [-y[i], 1 / repeats[i]];
      for (const j of others) {
        const weight = others.reduce((w, k) => (k === j ? w : (w * (x[i] - x[k])) / (x[j] - x[k])), 1);
        value += weight * y[j];
        variance += weight ** 2 / repeats[j];
      }
      deviations.push(Math.abs(value) / Math.sqrt(variance));
    }
  if (deviations.length < enoughDeviations) return null;
  deviations.sort((a, b) => a - b);
  // 1.4826 turns the median of absolute deviations into a standard deviation of the normal distribution.
  return 1.4826 * deviations[deviations.length >> 1];
}

/** Standard deviation of ln L over seeds, as a function of ln L. */
export type LogNoise = (logLoss: number) => number;

/**
 * The noise that was asked for, in ln L, and in words.
 *
 * @param slices - budgets, for the noise of the data
 */
export function resolveNoise(noise: SeedNoise, slices: readonly Slice[]): { of: LogNoise; text: string } {
  const byRule: LogNoise = (logLoss) => ruleNoise(Math.exp(logLoss)) / Math.exp(logLoss);
  if (typeof noise === 'number')
    return { of: (logLoss) => noise / Math.exp(logLoss), text: `${String(noise)} nats (as given)` };
  const measured = noise === 'rule' ? null : measuredNoise(slices);
  const ruleText = "0.005 nats up to a loss of 3, rising to 0.1 at 6 (Porian et al.'s rule)";
  if (measured === null)
    return {
      of: byRule,
      text: noise === 'rule' ? ruleText : `${ruleText}; too few sizes at each budget to measure it`,
    };
  const percent = `${(100 * measured).toPrecision(2)}% of the loss (measured from these runs)`;
  if (noise === 'data') return { of: () => measured, text: percent };
  return { of: (logLoss) => Math.max(measured, byRule(logLoss)), text: `${percent}, but at least ${ruleText}` };
}
