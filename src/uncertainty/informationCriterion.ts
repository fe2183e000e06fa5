import { erf } from '../core/special.ts';
import type { LawFit } from '../fit/fitLaw.ts';

/** Steps of the search for the scale: each shortens the bracket by the golden ratio. */
const steps = 80;

/**
 * Akaike's information criterion with the correction for few rows, AICc = -2 ln L + 2 k + 2 k (k + 1) / (n - k - 1). The
 * likelihood is the one whose maximum the objective is, with the scale of the residuals estimated too (it counts in k): the
 * normal density for squares, the density proportional to exp(-huber(r) / s) for Huber penalties.
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
  const deviance = Number.isFinite(fit.delta) ? huberDeviance(value, n, fit.delta) : normalDeviance(value, n);
  return deviance + 2 * k + (2 * k * (k + 1)) / (n - k - 1);
}

/** -2 ln L of normal residuals with half the sum of squares `value`, at the best variance 2 value / n. */
const normalDeviance = (value: number, n: number): number => n * (Math.log((4 * Math.PI * value) / n) + 1);

/** The same for the Huber density, at the best scale: a golden-section search, since it has no closed form. */
function huberDeviance(value: number, n: number, delta: number): number {
  const deviance = (logScale: number): number => {
    const s = Math.exp(logScale);
    // The density is normal inside |r| <= delta and falls like exp(-delta |r| / s) outside.
    const inside = Math.sqrt(2 * Math.PI * s) * erf(delta / Math.sqrt(2 * s));
    const outside = ((2 * s) / delta) * Math.exp((-delta * delta) / (2 * s));
    return 2 * (n * Math.log(inside + outside) + value / s);
  };
  const golden = (Math.sqrt(5) - 1) / 2;
  let low = Math.log(value / n) - 7;
  let high = Math.log(value / n) + 7;
  for (let step = 0; step < steps; step++) {
    const a = high - golden * (high - low);
    const b = low + golden * (high - low);
    if (deviance(a) < deviance(b)) high = b;
    else low = a;
  }
  return deviance(0.5 * (low + high));
}
