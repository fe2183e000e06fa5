import { erf } from '../core/special.ts';
import type { LawFit } from '../fit/fitLaw.ts';
import { Problem } from '../fit/problem.ts';
import { createCoordinates } from '../fit/coordinates.ts';
import { toCoordinates, toParams } from '../laws/law.ts';

/** Steps of the search for the scale: each shortens the bracket by the golden ratio. */
const steps = 80;

/**
 * Minus twice the log-likelihood whose maximum the objective is, at the best scale of the residuals: the normal density for
 * squares, the density proportional to exp(-huber(r) / s) for Huber penalties.
 *
 * It depends on the parameters through the value of the objective alone and rises with it, so the optimum of the objective
 * is the maximum of the likelihood.
 *
 * @param value - the summed objective
 * @param rows - how many rows it sums over
 * @param delta - width of the quadratic zone, in the unit of the residuals; `Infinity` for squares
 */
export function devianceOf(value: number, rows: number, delta: number): number {
  return Number.isFinite(delta) ? huberDeviance(value, rows, delta) : normalDeviance(value, rows);
}

/** -2 ln L of normal residuals with half the sum of squares `value`, at the best variance 2 value / n. */
const normalDeviance = (value: number, n: number): number => n * (Math.log((4 * Math.PI * value) / n) + 1);

/** The same for the Huber density: a golden-section search for the scale, since it has no closed form. */
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
  let [a, b] = [high - golden * (high - low), low + golden * (high - low)];
  let [atA, atB] = [deviance(a), deviance(b)];
  for (let step = 0; step < steps && high - low > 1e-9; step++) {
    if (atA < atB) {
      [high, b, atB] = [b, a, atA];
      a = high - golden * (high - low);
      atA = deviance(a);
    } else {
      [low, a, atA] = [a, b, atB];
      b = low + golden * (high - low);
      atB = deviance(b);
    }
  }
  return Math.min(atA, atB);
}

/** The likelihood of a fit as a function of the value of its objective. */
export interface Likelihood {
  readonly rows: number;
  /** Minus twice the log-likelihood at the optimum. */
  readonly least: number;
  /** How far minus twice the log-likelihood lies above its least value where the objective has this value. */
  readonly deviance: (value: number) => number;
  /** Derivative of the deviance in the objective at the optimum. */
  readonly slope: number;
}

/**
 * The likelihood that belongs to the objective of a fit, its scale estimated along. Weights compare rows: multiplying all of
 * them by one number changes nothing, as it changes no standard error.
 */
export function likelihoodOf(fit: LawFit): Likelihood {
  const { rows, weights } = fit.rows.data;
  const mean = weights === undefined ? 1 : weights.reduce((sum, w) => sum + w, 0) / rows;
  const at = (value: number): number => devianceOf(Math.max(value, fit.problem.floor) / mean, rows, fit.delta);
  const { value } = fit.minimum;
  const least = at(value);
  const step = 1e-4 * value;
  return {
    rows,
    least,
    deviance: (other) => at(other) - least,
    slope: (at(value + step) - at(value - step)) / (2 * step),
  };
}

/**
 * Log-likelihood of the data of a fit, at its optimum or at other values of the parameters; the scale of the residuals is
 * the best one for these values. Only differences between parameters mean something, for the same rows and objective.
 *
 * @param params - natural values by name; those left out are as in the fit
 * @see arXiv 2404.10102, appendix: the Huber density with free scale
 * @example
 * ```ts
 * const fit = fitLaw(chinchilla, runs, { delta: 1e-9 });
 * 2 * (logLikelihood(fit) - logLikelihood(fit, chinchilla.published[0].params)); // 84.0
 * ```
 */
export function logLikelihood(fit: LawFit, params: Readonly<Record<string, number>> = {}): number {
  const { least, deviance } = likelihoodOf(fit);
  return -(least + deviance(objectiveAt(fit, params))) / 2;
}

/** Value of the summed objective of a fit at other parameters; those left out are as in the fit. */
export function objectiveAt(fit: LawFit, params: Readonly<Record<string, number>>): number {
  if (Object.keys(params).length === 0) return fit.minimum.value;
  const { law, objective, delta, rows } = fit;
  const free = createCoordinates(law, { fixed: {}, tied: {} }, rows.means);
  const problem = new Problem(law, objective, delta, free, rows.data);
  const theta = toCoordinates(law, { ...toParams(law, fit.theta), ...params });
  const at = problem.createLinearization();
  return problem.linearize(free.centre(theta), at);
}
