import { invertSymmetric, multiply } from '../core/linalg.ts';
import { studentQuantile } from '../core/special.ts';
import type { LawFit } from '../fit/fitLaw.ts';
import { estimateCovariance, inverseCurvature } from './covariance.ts';
import type { Groups } from './groups.ts';
import type { Likelihood } from './likelihood.ts';
import { quadraticForm } from './predict.ts';

/** How far a likelihood is trusted: as it stands, or scaled until its curvature agrees with the sandwich covariance. */
export type Adjustment = 'none' | 'sandwich';

/** What turns the likelihood of a fit into tests and intervals. */
export interface LikelihoodAdjustment {
  readonly adjust: Adjustment;
  /** Degrees of freedom of the t quantile. */
  readonly degreesOfFreedom: number;
  /** Rows that the likelihood sums over. */
  readonly rows: number;
  /**
   * Covariance of the law's coordinates that the likelihood implies and the sandwich covariance, both row-major params x
   * params; `null` where there is none.
   */
  readonly covariances: { readonly likelihood: Float64Array; readonly sandwich: Float64Array } | null;
}

/** Variances of a linear combination of the law's coordinates, by the likelihood and by the sandwich. */
export function variancesOf(
  { covariances }: LikelihoodAdjustment,
  gradient: ArrayLike<number>,
): { readonly likelihood: number; readonly sandwich: number } | null {
  if (covariances === null) return null;
  const likelihood = quadraticForm(covariances.likelihood, gradient);
  const sandwich = quadraticForm(covariances.sandwich, gradient);
  return likelihood > 0 && sandwich > 0 ? { likelihood, sandwich } : null;
}

/**
 * The design effect of a test of several linear combinations at once: the mean, over the directions that are tested, of the
 * ratio of sandwich to likelihood variance. The likelihood ratio divided by it has about the mean of its chi-square.
 *
 * @param gradients - of the combinations in the law's coordinates, each of length params
 * @returns `null` where there is none
 * @see Rao and Scott (1981), "The analysis of categorical data from complex sample surveys", the first-order correction
 */
export function designEffectOf(
  { covariances }: LikelihoodAdjustment,
  gradients: readonly Float64Array[],
): number | null {
  if (covariances === null) return null;
  const q = gradients.length;
  const project = (matrix: Float64Array): Float64Array =>
    Float64Array.from({ length: q * q }, (_, at) =>
      bilinearForm(matrix, gradients[Math.floor(at / q)], gradients[at % q]),
    );
  const inverse = invertSymmetric(project(covariances.likelihood), q);
  if (inverse === undefined) return null;
  const ratio = multiply(inverse, project(covariances.sandwich), q, q, q);
  let trace = 0;
  for (let k = 0; k < q; k++) trace += ratio[k * q + k];
  return trace > 0 ? trace / q : null;
}

function bilinearForm(matrix: Float64Array, a: Float64Array, b: Float64Array): number {
  const n = a.length;
  let sum = 0;
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) sum += a[i] * matrix[i * n + j] * b[j];
  return sum;
}

/**
 * Works out how the likelihood of a fit compares with the sandwich covariance, which does not rely on the density of the
 * residuals nor on independent rows.
 *
 * The likelihood takes rows for independent and the density of the objective for that of the residuals. Where either is
 * wrong, twice the log-likelihood ratio is no chi-square, but nearly a multiple of one: the ratio of the sandwich variance to
 * the one that the likelihood implies (the design effect). Dividing by it is the vertical adjustment of Chandler and Bate.
 *
 * @param adjust - default: `sandwich` where rows are clustered or the penalty is Huber's, else `none`
 * @see Chandler and Bate (2007), "Inference for clustered data using the independence loglikelihood"
 */
export function adjustLikelihood(
  fit: LawFit,
  groups: Groups,
  likelihood: Likelihood,
  adjust?: Adjustment,
): LikelihoodAdjustment {
  const wanted = adjust ?? (groups.name !== 'row' || Number.isFinite(fit.delta) ? 'sandwich' : 'none');
  const bread = inverseCurvature(fit);
  const { matrix, degreesOfFreedom } = estimateCovariance(fit, groups, 'sandwich');
  const { rows } = likelihood;
  const byRow = Math.max(1, rows - fit.coordinates.size);
  return {
    adjust: matrix === null || bread === null ? 'none' : wanted,
    degreesOfFreedom: wanted === 'sandwich' && degreesOfFreedom > 0 ? degreesOfFreedom : byRow,
    rows,
    covariances:
      matrix === null || bread === null
        ? null
        : { likelihood: bread.map((x) => (2 * x) / likelihood.slope), sandwich: matrix },
  };
}

/** What adjusted deviances are compared with, for one parameter. */
export interface Cutoff {
  /** Deviances are divided by this. */
  readonly scale: number;
  /** The adjusted deviance at the ends of an interval of this confidence. */
  readonly at: (confidence: number) => number;
}

/**
 * The deviance at which an interval ends. Without adjustment it is n ln(1 + t^2 / (n - p)), which makes intervals of linear
 * parameters under least squares the exact t intervals and becomes the chi-square quantile as rows grow; with it t^2, as in
 * the interval of the sandwich covariance.
 *
 * @param gradients - of the quantity in the law's coordinates, length params; several where it has none of its own
 */
export function cutoffOf(adjustment: LikelihoodAdjustment, gradients: readonly Float64Array[]): Cutoff {
  const { degreesOfFreedom, rows } = adjustment;
  const scale = adjustment.adjust === 'none' ? null : designEffectOf(adjustment, gradients);
  const squared = (confidence: number): number => studentQuantile(0.5 + confidence / 2, degreesOfFreedom) ** 2;
  if (scale !== null) return { scale, at: squared };
  return { scale: 1, at: (confidence) => rows * Math.log1p(squared(confidence) / degreesOfFreedom) };
}
