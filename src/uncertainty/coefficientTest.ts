import { IsoflopError } from '../core/errors.ts';
import { invertSymmetric } from '../core/linalg.ts';
import { chiSquareSurvival } from '../core/special.ts';
import { createWarning, type Warning } from '../core/warnings.ts';
import type { LawFit } from '../fit/fitLaw.ts';
import { checkValues } from '../fit/options.ts';
import type { Covariance } from '../fit/result.ts';
import { toParams } from '../laws/law.ts';
import { searchHeld } from './constrainedFit.ts';
import { estimateCovariance } from './covariance.ts';
import { groupRows } from './groups.ts';
import { likelihoodOf, objectiveAt } from './likelihood.ts';
import { adjust, type RatioOptions, type RatioTest } from './likelihoodRatio.ts';
import { quadraticForm } from './predict.ts';

/** One coefficient beside the fitted one. */
export interface ComparedCoefficient {
  readonly name: string;
  readonly fitted: number;
  readonly published: number;
  /** (published - fitted) / standard error, in the fitted coordinate (the logarithm of a positive parameter). */
  readonly z: number | null;
}

/** Published coefficients put to the test of data. */
export interface CoefficientTest extends RatioTest {
  /** Test by the distance of the coefficients and their covariance, or `null` where there is no covariance. */
  readonly wald: {
    readonly statistic: number;
    readonly degreesOfFreedom: number;
    readonly pValue: number;
    readonly covariance: Covariance['kind'];
  } | null;
  /** In the order of the law's parameters. */
  readonly coefficients: readonly ComparedCoefficient[];
  /** Value of the summed objective at the fit, and with the published coefficients held. */
  readonly objective: { readonly fitted: number; readonly published: number };
  readonly warnings: readonly Warning[];
}

/** Options of {@link testCoefficients}. */
export interface CoefficientTestOptions extends RatioOptions {
  /** Covariance of the Wald test, such as that of a bootstrap; the sandwich unless given. */
  readonly covariance?: Covariance;
}

/**
 * Tests published coefficients against data: how much likelihood they cost against the optimum, with the scale of the
 * residuals free. Coefficients that are not given are at their best.
 *
 * A small p value says that data drawn from the law with these coefficients would hardly ever look like this. It does not say
 * that the difference matters: compare what the two predict.
 *
 * @param published - natural values by name, at least one of a parameter that the fit estimates
 * @throws {@link IsoflopError} `PARAM_UNKNOWN`, `OPTION_INVALID`
 * @see arXiv 2404.10102, section 3: a likelihood ratio of 84.0 against the coefficients of arXiv 2203.15556
 * @example
 * ```ts
 * const fit = fitLaw(chinchilla, runs, { delta: 1e-9 });
 * testCoefficients(fit, chinchilla.published[0].params).statistic; // 84.0
 * ```
 */
export function testCoefficients(
  fit: LawFit,
  published: Readonly<Record<string, number>>,
  options: CoefficientTestOptions = {},
): CoefficientTest {
  const { law, coordinates, problemRestrictions } = fit;
  checkValues(law, '--against', published);
  const tested = coordinates.names.filter((name) => name in published);
  if (tested.length === 0)
    throw new IsoflopError('OPTION_INVALID', {
      option: '--against',
      value: Object.keys(published).join(', '),
      expected: `a value of at least one parameter that the fit estimates: ${coordinates.names.join(', ')}`,
    });
  const held = Object.keys(published).filter(
    (name) => name in problemRestrictions.fixed || name in problemRestrictions.tied,
  );
  const isWhole = tested.length === coordinates.size;
  const shared = Object.entries(problemRestrictions.tied).filter(([, master]) => tested.includes(master));
  const values = Object.fromEntries([
    ...tested.map((name): [string, number] => [name, published[name]]),
    ...shared.map(([name, master]): [string, number] => [name, published[master]]),
  ]);
  const value = isWhole
    ? objectiveAt(fit, values)
    : (searchHeld(fit, Object.fromEntries(tested.map((name) => [name, published[name]])))?.value ?? Infinity);
  const likelihood = likelihoodOf(fit);
  const statistic = Math.max(0, likelihood.deviance(value));
  const groups = options.groups ?? groupRows(fit);
  const rows = tested.map((name) => law.params.findIndex((param) => param.name === name));
  const gradients = rows.map((row) => Float64Array.from(law.params, (_, j) => (j === row ? 1 : 0)));
  const covariance = options.covariance ?? estimateCovariance(fit, groups, 'sandwich');
  return {
    ...adjust(fit, groups, gradients, statistic, options.adjust),
    statistic,
    degreesOfFreedom: tested.length,
    pValue: chiSquareSurvival(statistic, tested.length),
    wald: waldTest(fit, published, rows, covariance),
    coefficients: compared(fit, published, covariance),
    objective: { fitted: fit.minimum.value, published: value },
    warnings: held.map((name) =>
      createWarning('COEFFICIENT_NOT_TESTED', `${name} is held in the fit, so its published value is not tested.`),
    ),
  };
}

/** Published minus fitted in the law's coordinates. */
function gap(fit: LawFit, published: Readonly<Record<string, number>>, row: number): number {
  const { name, transform } = fit.law.params[row];
  return (transform === 'log' ? Math.log(published[name]) : published[name]) - fit.theta[row];
}

function waldTest(
  fit: LawFit,
  published: Readonly<Record<string, number>>,
  rows: readonly number[],
  { matrix, kind }: Covariance,
): CoefficientTest['wald'] {
  if (matrix === null) return null;
  const p = fit.law.params.length;
  const q = rows.length;
  const inverse = invertSymmetric(
    Float64Array.from({ length: q * q }, (_, at) => matrix[rows[Math.floor(at / q)] * p + rows[at % q]]),
    q,
  );
  const distance = rows.map((row) => gap(fit, published, row));
  if (inverse === undefined || !distance.every(Number.isFinite)) return null;
  const statistic = quadraticForm(inverse, distance);
  return { statistic, degreesOfFreedom: q, pValue: chiSquareSurvival(statistic, q), covariance: kind };
}

function compared(
  fit: LawFit,
  published: Readonly<Record<string, number>>,
  { matrix }: Covariance,
): ComparedCoefficient[] {
  const values = toParams(fit.law, fit.theta);
  const p = fit.law.params.length;
  return fit.law.params.flatMap(({ name }, row) => {
    if (!(name in published)) return [];
    const variance = matrix === null ? 0 : matrix[row * p + row];
    const z = variance > 0 ? gap(fit, published, row) / Math.sqrt(variance) : null;
    return [{ name, fitted: values[name], published: published[name], z: z !== null && Number.isFinite(z) ? z : null }];
  });
}
