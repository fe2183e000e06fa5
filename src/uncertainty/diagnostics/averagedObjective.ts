import { createWarning, type Warning } from '../../core/warnings.ts';
import { toCoordinates } from '../../laws/law.ts';
import type { LawFit } from '../../fit/fitLaw.ts';
import type { Evidence } from './evidence.ts';

/** Largest component of the gradient at which scipy's BFGS and L-BFGS-B count a point as converged. */
const tolerance = 1e-5;
/** How far published digits may be from the numbers that were rounded: a logarithm of an amplitude, and an exponent. */
const digits = { amplitude: 0.05, exponent: 0.01 };
/** Twice the difference in log likelihood, for each parameter, at which given values are refuted (p below 0.002 for 5). */
const refuted = 4;
/** Rows beyond this many robust deviations from the fit are left out of the comparison. */
const farthest = 4;

/**
 * Given starting values at which an optimiser stops when the Huber terms are averaged over the rows instead of summed: the
 * average is so flat along the valley of amplitude and exponent that its gradient is below the usual tolerance far from the
 * optimum. So it is with the published coefficients of Hoffmann et al. (arXiv 2203.15556), as arXiv 2404.10102 found.
 *
 * The test: with the amplitudes held at the given values the rest of the law settles within the rounding of the given values;
 * there the averaged gradient passes as zero, the summed one does not, and the sum is far above its minimum.
 */
export function averagedObjective(evidence: Evidence): readonly Warning[] {
  const { fit } = evidence;
  const { law, start, objective, restrictions } = fit;
  const amplitudes = law.separable?.flatMap(({ amplitude, power }) => (power === undefined ? [] : [amplitude])) ?? [];
  const isWhole = law.params.every(({ name }) => start[name] > 0);
  const isFree = Object.keys({ ...restrictions.fixed, ...restrictions.tied, ...fit.bounds }).length === 0;
  const isRobust = objective.delta !== null;
  if (!isRobust || !isWhole || !isFree || amplitudes.length === 0 || !evidence.canRefit) return [];
  // Values that fit all but a few rows are no stopping point: their authors left these rows out.
  const limit = farthest * evidence.residualDeviation;
  const rows = [...evidence.residuals.keys()].filter((i) => Math.abs(evidence.residuals[i]) <= limit);
  const fixed = Object.fromEntries(amplitudes.map((name) => [name, start[name]]));
  const best = rows.length === evidence.rows ? fit : evidence.refit({ rows });
  const held = evidence.refit({ rows, fixed });
  if (best === undefined || held === undefined) return [];
  const given = toCoordinates(law, start);
  const isNear = law.params.every(
    ({ transform }, k) =>
      Math.abs(held.theta[k] - given[k]) <= (transform === 'log' ? digits.amplitude : digits.exponent),
  );
  const excess = held.minimum.value / best.minimum.value - 1;
  const gradient = largestGradient(held);
  const average = gradient / rows.length;
  const isRefuted = 2 * rows.length * Math.log1p(excess) > refuted * law.params.length;
  if (!isNear || !isRefuted || average >= tolerance || gradient < tolerance) return [];
  return [
    createWarning(
      'AVERAGED_OBJECTIVE',
      `These starting values are what an optimiser stops at when the Huber terms are averaged: beside them the largest gradient of the average is ${average.toExponential(1)}, below the usual tolerance of ${tolerance.toExponential(0)}, while that of the sum is ${gradient.toExponential(1)} and the objective is ${(100 * excess).toPrecision(3)}% above its minimum.`,
      { numbers: { averageGradient: average, gradient, tolerance, excess } },
    ),
  ];
}

/** Largest component of the gradient of the sum in the law's own coordinates, in which published fits are made. */
function largestGradient({ law, problem, objective, delta, rows, theta }: LawFit): number {
  const { data, means } = rows;
  const n = data.rows;
  const inputs = law.inputs.map((_, k) => data.inputs[k].map((x) => x + means[k]));
  const predicted = new Float64Array(n);
  const jacobian = new Float64Array(n * law.params.length);
  law.evaluate(theta, inputs, n, predicted, jacobian);
  const residual = new Float64Array(n);
  const factor = new Float64Array(n).fill(1);
  for (let i = 0; i < n; i++) {
    const raw = law.scale === 'log' ? Math.exp(predicted[i]) : predicted[i];
    const isLog = problem.objective.residual === 'log';
    residual[i] = isLog ? Math.log(raw) - data.logObserved[i] : raw - data.observed[i];
    if (isLog && law.scale === 'raw') factor[i] = 1 / raw;
    else if (!isLog && law.scale === 'log') factor[i] = raw;
  }
  const psi = new Float64Array(n);
  objective.penalty(residual, data.weights, n, delta, psi, new Float64Array(n));
  let largest = 0;
  for (let k = 0; k < law.params.length; k++) {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += psi[i] * factor[i] * jacobian[i * law.params.length + k];
    largest = Math.max(largest, Math.abs(sum));
  }
  return largest;
}
