import { normalQuantile, studentCdf } from '../core/special.ts';
import { halfWidth } from '../uncertainty/halfWidth.ts';

/** What is expected of ln loss: a middle, and Student's t about it. */
export interface Estimate {
  readonly log: number;
  /** Spread in ln loss, as measured in rehearsals or by the calibration of a fit. */
  readonly sd: number;
  /** How well the spread is known; infinite where it is taken as it is. */
  readonly degreesOfFreedom: number;
}

/** An estimate from an interval that holds a loss with the given confidence. */
export function fromInterval([low, high]: readonly [number, number], confidence: number): Estimate {
  const sd = Math.log(high / low) / 2 / normalQuantile(0.5 + confidence / 2);
  return { log: Math.log(low * high) / 2, sd, degreesOfFreedom: Infinity };
}

/** The central interval of the loss. */
export function intervalOf({ log, sd, degreesOfFreedom }: Estimate, confidence: number): [number, number] {
  const reach = halfWidth(confidence, degreesOfFreedom) * sd;
  return [Math.exp(log - reach), Math.exp(log + reach)];
}

/** Probability that the loss is at most a target. */
export function probabilityOf({ log, sd, degreesOfFreedom }: Estimate, target: number): number {
  const distance = Math.log(target) - log;
  if (!(sd > 0)) return distance >= 0 ? 1 : 0;
  return studentCdf(distance / sd, degreesOfFreedom);
}

/**
 * Several estimates of one loss as one: weighted by the inverse of their squared spreads. Where they lie further apart than
 * these allow, at least one spread is too small and nobody knows which, so the result is as wide as they disagree (Birge's
 * ratio). How well its spread is known follows from how well theirs are (Welch and Satterthwaite).
 *
 * @example
 * ```ts
 * combine([{ log: 1, sd: 0.02, degreesOfFreedom: 9 }, { log: 1.02, sd: 0.01, degreesOfFreedom: 9 }]).log; // 1.016
 * ```
 */
export function combine(estimates: readonly Estimate[]): Estimate & { readonly weights: readonly number[] } {
  // One that claims to be exact would silence the others and divide by zero.
  const variances = estimates.map(({ sd }) => Math.max(sd, 1e-6) ** 2);
  const total = variances.reduce((sum, variance) => sum + 1 / variance, 0);
  const weights = variances.map((variance) => 1 / variance / total);
  const log = estimates.reduce((sum, estimate, k) => sum + weights[k] * estimate.log, 0);
  const apart = estimates.reduce((sum, estimate, k) => sum + (estimate.log - log) ** 2 / variances[k], 0);
  const ratio = Math.sqrt(Math.max(1, apart / Math.max(1, estimates.length - 1)));
  const unknown = estimates.reduce(
    (sum, { degreesOfFreedom }, k) => sum + (weights[k] ** 2 * variances[k]) ** 2 / degreesOfFreedom,
    0,
  );
  return {
    log,
    sd: ratio / Math.sqrt(total),
    degreesOfFreedom: unknown > 0 ? total ** -2 / unknown : Infinity,
    weights,
  };
}
