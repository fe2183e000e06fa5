import { IsoflopError } from '../../core/errors.ts';
import { multiply, transpose } from '../../core/linalg.ts';
import type { Calibration, Fit } from '../../fit/result.ts';
import { transformInputs, type Law } from '../../laws/law.ts';
import { combineForms, formsOfCalibration, reachOf, wideningOf, type Widening } from '../../uncertainty/calibration.ts';
import { halfWidth } from '../../uncertainty/halfWidth.ts';
import { coordinatesOf, quadraticForm } from '../../uncertainty/predict.ts';

/** What is known about the surface at some points. */
interface Surface {
  readonly covariance: Float64Array;
  readonly center: Float64Array;
  readonly scale: number;
}

type TargetPoint = Readonly<Record<'params' | 'tokens' | 'flops', number>>;

/** What a fit knows about the loss surface, and how well, before any new run. */
export interface Beliefs {
  readonly errors: 'calibrated' | 'coefficients';
  readonly scale: 'log' | 'raw';
  /** Standard deviation of one new run about the mean. */
  readonly noise: number;
  /**
   * Half the width of an interval at the target, in units of the standard deviation, once runs are there: a larger run brings
   * the target to a distance that other backtests speak for.
   */
  readonly reach: (runs: readonly TargetPoint[]) => number;
  /** Backtests at the target's distance today; `null` where none were made. */
  readonly backtests: number | null;
  /**
   * Covariance of the errors of the mean between points, row-major points x points, and the middle of the beliefs. Where
   * several laws count it is that of all of them, each of which may be right; predictions take the spread of the fit's own law
   * about their mean, and `scale` brings a standard deviation at the last point to theirs.
   *
   * @param params - length points
   * @param tokens - length points
   */
  readonly at: (params: Float64Array, tokens: Float64Array) => Surface;
}

/**
 * The beliefs that predictions of the fit rest on. Calibrated: errors of the coefficients, a smooth misfit of the law, and
 * the differences between the laws that backtest as well, each of which may be right. Otherwise the covariance of the
 * coefficients.
 *
 * @throws {@link IsoflopError} `DESIGN_UNAVAILABLE`
 */
export function beliefsOf(
  fit: Fit,
  law: Law,
  target: TargetPoint,
  confidence: number,
  asked: 'calibrated' | 'coefficients' | undefined,
): Beliefs {
  const { calibration } = fit;
  if (asked !== 'coefficients' && calibration !== null) return calibratedBeliefs(fit, calibration, target, confidence);
  if (asked === 'calibrated')
    throw new IsoflopError('DESIGN_UNAVAILABLE', {
      reason: 'the fit was not calibrated',
      remedy: 'Fit again without --no-calibration, or take --errors coefficients.',
    });
  return coefficientBeliefs(fit, law, confidence);
}

function calibratedBeliefs(fit: Fit, calibration: Calibration, target: TargetPoint, confidence: number): Beliefs {
  const forms = formsOfCalibration(fit.fitted, calibration);
  const { scales } = calibration.forms[0];
  const { holdout, largest, splits, scale } = calibration;
  const sizeOf = (run: TargetPoint): number =>
    Object.hasOwn(run, holdout) ? run[holdout as keyof TargetPoint] : largest;
  const wideningAfter = (runs: readonly TargetPoint[]): Widening => {
    const known = runs.reduce((most, run) => Math.max(most, sizeOf(run)), largest);
    return wideningOf(splits)(Math.max(0, Math.log(sizeOf(target) / known)));
  };
  return {
    errors: 'calibrated',
    scale,
    noise: Math.hypot(scales.noise, scales.run),
    reach: (runs) => reachOf(wideningAfter(runs), confidence),
    backtests: wideningAfter([]).splits,
    at: (params, tokens) => {
      const points = params.length;
      const columns = { params, tokens };
      const targets = points - 1;
      const said = forms.map((form) => form.predict(columns, points));
      // A form has to say something about the target (the last point) to count.
      const used = Array.from(forms.keys()).filter((k) => k === 0 || Number.isFinite(said[k].center[targets]));
      const { center, meanSd } = combineForms(
        said[0],
        used.map((k) => said[k]),
      );
      const covariance = new Float64Array(points * points);
      for (const k of used) {
        const own = forms[k].covariance(columns, points);
        const apart = said[k].center.map((value, i) => (Number.isFinite(value) ? value - center[i] : 0));
        for (let i = 0; i < points; i++)
          for (let j = 0; j < points; j++)
            covariance[i * points + j] += (own[i * points + j] + apart[i] * apart[j]) / used.length;
      }
      const known = Math.sqrt(covariance[points * points - 1]);
      return { covariance, center, scale: known > 0 ? meanSd[targets] / known : 1 };
    },
  };
}

function coefficientBeliefs(fit: Fit, law: Law, confidence: number): Beliefs {
  const { matrix, degreesOfFreedom } = fit.covariance;
  if (matrix === null || fit.fitted.rows === 0)
    throw new IsoflopError('DESIGN_UNAVAILABLE', {
      reason: fit.fitted.rows === 0 ? 'the fit has no runs' : 'the fit has no covariance',
      remedy:
        'Fit your own runs: what new runs add can only be told from the errors that the known ones leave (isoflop fit).',
    });
  const theta = coordinatesOf(fit);
  const p = theta.length;
  const scale = fit.residualScale;
  const reach = halfWidth(confidence, degreesOfFreedom);
  /** Gradient of the law on the scale of the residuals, row-major points x params, and the law itself. */
  const gradientAt = (columns: Readonly<Record<string, Float64Array>>, points: number) => {
    const value = new Float64Array(points);
    const gradient = new Float64Array(points * p);
    law.evaluate(theta, transformInputs(law, columns), points, value, gradient);
    for (let i = 0; i < points; i++) {
      const factor = law.scale === scale ? 1 : scale === 'log' ? 1 / value[i] : Math.exp(value[i]);
      // Coordinates without variance (fixed, off) may have no finite derivative.
      for (let k = 0; k < p; k++) gradient[i * p + k] = matrix[k * p + k] === 0 ? 0 : gradient[i * p + k] * factor;
    }
    return { gradient, center: law.scale === scale ? value : value.map(scale === 'log' ? Math.log : Math.exp) };
  };
  return {
    errors: 'coefficients',
    scale,
    noise: Math.sqrt(noiseVariance(fit, matrix, gradientAt(knownColumns(fit, law), fit.fitted.rows).gradient)),
    reach: () => reach,
    backtests: null,
    at: (params, tokens) => {
      const points = params.length;
      const { gradient, center } = gradientAt({ params, tokens }, points);
      const moved = multiply(gradient, matrix, points, p, p);
      return { covariance: multiply(moved, transpose(gradient, points, p), points, p, points), center, scale: 1 };
    },
  };
}

const knownColumns = ({ fitted }: Fit, law: Law): Record<string, Float64Array> =>
  Object.fromEntries(law.inputs.map(({ name }) => [name, fitted.columns[name] ?? new Float64Array(fitted.rows)]));

/**
 * Variance of one observation that explains the covariance: for independent residuals of variance v the variances of the
 * fitted means add up to v for each free parameter, and for a robust objective v is what an observation is worth. Rows of
 * one run share their deviation, so there it is the mean square of the residuals.
 */
function noiseVariance(fit: Fit, matrix: Float64Array, gradient: Float64Array): number {
  const p = Math.round(Math.sqrt(matrix.length));
  const free = Array.from({ length: p }, (_, k) => k).filter((k) => matrix[k * p + k] > 0).length;
  const residual = (fit.residualRms ** 2 * fit.points) / Math.max(1, fit.points - free);
  if ((fit.data.runs?.most ?? 1) > 1) return residual;
  const { rows } = fit.fitted;
  let sum = 0;
  for (let i = 0; i < rows; i++) sum += quadraticForm(matrix, gradient.subarray(i * p, (i + 1) * p));
  // Thinned rows stand for all of them.
  return (sum * fit.points) / rows / free;
}
