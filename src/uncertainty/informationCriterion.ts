import type { LawFit } from '../fit/fitLaw.ts';
import { devianceOf } from './likelihood.ts';

/**
 * Akaike's information criterion with the correction for few rows, AICc = -2 ln L + 2 k + 2 k (k + 1) / (n - k - 1). The
 * likelihood is the one whose maximum the objective is, with the scale of the residuals estimated too (it counts in k).
 *
 * Values compare laws fitted with the same objective to the same response of the same rows; only differences mean
 * something. They say which law describes these rows with few parameters, not which one predicts larger runs.
 *
 * @returns `null` where n - k - 1 is not positive, or the fit is perfect
 * @see Hurvich and Tsai (1989), "Regression and time series model selection in small samples"
 */
export function informationCriterion(fit: LawFit): number | null {
  const { rows, weights } = fit.rows.data;
  const n = weights?.reduce((sum, w) => sum + w, 0) ?? rows;
  const k = fit.coordinates.size + 1;
  const { value } = fit.minimum;
  if (!(n - k - 1 > 0) || !(value > fit.problem.floor)) return null;
  return devianceOf(value, n, fit.delta) + 2 * k + (2 * k * (k + 1)) / (n - k - 1);
}
