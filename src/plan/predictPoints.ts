import type { Fit } from '../fit/result.ts';
import type { Prediction, QueryPoint } from './prediction.ts';
import { createPredictor } from './predictor.ts';

export type { CalibratedPoint, PredictedPoint, Prediction, QueryPoint } from './prediction.ts';

/**
 * Predicts the loss of models of given size and training.
 *
 * Any two of `params`, `tokens` and `flops` give the third through C = k N D, where k is the fit's own convention (6
 * unless changed). `flops` alone means the compute-optimal model, where the law has one.
 *
 * @param fit - the fit
 * @param points - what to predict, in parameters, tokens and FLOP
 * @param options - `confidence`: level of the intervals, the fit's own unless given
 * @throws {@link IsoflopError} `QUANTITY_NOT_POSITIVE`, `POINT_INCOMPLETE`, `POINT_CONTRADICTORY`, `NO_OPTIMUM`
 * @example
 * ```ts
 * predictPoints(fit, [{ params: 70e9, tokens: 1.4e12 }]).points[0].loss; // 1.97337
 * predictPoints(fit, [{ flops: 5.76e23 }]).points[0].params; // 7.32e10
 * ```
 */
export function predictPoints(
  fit: Fit,
  points: readonly QueryPoint[],
  { confidence }: { readonly confidence?: number | undefined } = {},
): Prediction {
  return createPredictor(fit).predict(points, confidence);
}
