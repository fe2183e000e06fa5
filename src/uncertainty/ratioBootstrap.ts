import { createRandom } from '../core/random.ts';
import type { LawFit } from '../fit/fitLaw.ts';
import { Newton } from '../fit/newton.ts';
import { Problem } from '../fit/problem.ts';
import type { Groups } from './groups.ts';
import { devianceOf } from './likelihood.ts';

/** Share of the mean response with which a term that is 0 in the small law enters the refit of the large one. */
const faint = 0.02;

/** A likelihood-ratio statistic among those of data made under the null hypothesis. */
export interface RatioBootstrap {
  readonly resamples: number;
  readonly seed: number;
  /** Resamples in which both laws reached a certified optimum; only these count. */
  readonly certified: number;
  /** (1 + resamples with a statistic at least as large) / (1 + certified). */
  readonly pValue: number;
}

/**
 * Wild bootstrap of a likelihood ratio: data are made by the small law, with its residuals under a random sign that all rows
 * of a group share, and both laws are fitted again. It needs no chi-square and respects rows that vary together.
 *
 * @param small - the null hypothesis, fitted
 * @param large - the law that contains it, fitted to the same rows
 * @see Cameron, Gelbach and Miller (2008), "Bootstrap-based improvements for inference with clustered errors"
 * @example
 * ```ts
 * const large = fitLaw(chinchilla, runs);
 * const small = fitLaw(chinchilla, runs, { tied: { alpha: 'beta' } });
 * bootstrapRatio(small, large, groupRows(large), { resamples: 99, seed: 0 }).pValue > 0.05; // true
 * ```
 */
export function bootstrapRatio(
  small: LawFit,
  large: LawFit,
  groups: Groups,
  { resamples, seed }: { readonly resamples: number; readonly seed: number },
): RatioBootstrap {
  const { rows, weights } = large.rows.data;
  const mean = weights === undefined ? 1 : weights.reduce((sum, w) => sum + w, 0) / rows;
  const isLog = large.objective.residual === 'log';
  const predicted = small.problem.predict(small.minimum.point).slice(0, rows);
  const target = isLog ? small.rows.data.logObserved : small.rows.data.observed;
  const observed = new Float64Array(rows);
  const logObserved = new Float64Array(rows);
  const refitOf = (fit: LawFit): Newton => {
    const data = { ...fit.rows.data, observed, logObserved };
    return new Newton(new Problem(fit.law, fit.objective, fit.delta, fit.coordinates, data));
  };
  const [smallRefit, largeRefit] = [refitOf(small), refitOf(large)];
  const starts = [large.minimum.point, nullPoint(small, large)].filter((point) => point.every(Number.isFinite));
  const ratio = (a: number, b: number): number =>
    devianceOf(a / mean, rows, large.delta) - devianceOf(b / mean, rows, large.delta);
  const statistic = ratio(small.minimum.value, large.minimum.value);
  let [certified, above] = [0, 0];
  const signs = new Float64Array(groups.count);
  for (let b = 0; b < resamples; b++) {
    const random = createRandom(seed, b);
    for (let g = 0; g < groups.count; g++) signs[g] = random.next() < 0.5 ? -1 : 1;
    for (let i = 0; i < rows; i++) {
      const made = predicted[i] + signs[groups.codes[i]] * (target[i] - predicted[i]);
      observed[i] = isLog ? Math.exp(made) : made;
      logObserved[i] = isLog ? made : Math.log(made);
    }
    const under = smallRefit.minimize(small.minimum.point);
    const ends = starts.map((start) => largeRefit.minimize(start));
    const best = ends.reduce((x, y) => (y.value < x.value ? y : x));
    if (!under.certified || !Number.isFinite(best.value)) continue;
    certified++;
    // Where the large law ends no lower than the small one it contains, nothing is gained.
    if (Math.max(0, ratio(under.value, Math.min(best.value, under.value))) >= statistic) above++;
  }
  return { resamples, seed, certified, pValue: (1 + above) / (1 + certified) };
}

/** The optimum of the small law in the coordinates of the large one; what the small law lacks is at next to nothing. */
function nullPoint(small: LawFit, large: LawFit): Float64Array {
  const { logObserved, rows } = large.rows.data;
  const level = logObserved.subarray(0, rows).reduce((sum, x) => sum + x, 0) / rows;
  const theta = Float64Array.from(large.law.params, ({ name, transform }, k) => {
    const from = small.law.params.findIndex((param) => param.name === name);
    const value = from < 0 ? large.theta[k] : small.theta[from];
    return transform === 'log' && value === -Infinity ? Math.log(faint) + level : value;
  });
  return large.coordinates.centre(theta);
}
