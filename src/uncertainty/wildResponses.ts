import { invertSymmetric } from '../core/linalg.ts';
import type { LawFit } from '../fit/fitLaw.ts';
import { addOuterProducts } from '../fit/rowAlgebra.ts';
import { openOf, pick } from './covariance.ts';
import type { Groups } from './groups.ts';

/** What a wild bootstrap makes its responses from; each of length rows, on the scale of the residuals. */
export interface WildResponses {
  /** Predictions at the optimum. */
  readonly predicted: Float64Array;
  /** Residuals as large as the errors that they stand for. */
  readonly residuals: Float64Array;
}

/**
 * Predictions and residuals for a wild bootstrap. The residuals of a fit are smaller than the errors that they stand for,
 * and where a group alone decides a coefficient they nearly vanish; so each group has those that the fit without it would
 * leave there: (I - H_gg)^-1 e_g, to first order. A group without which a coefficient is not determined keeps its own.
 *
 * @see Bell and McCaffrey (2002); MacKinnon, Nielsen and Webb (2023), "Fast and reliable jackknife and bootstrap methods for
 *   cluster-robust inference", for residuals of the jackknife in a wild bootstrap
 */
export function wildResponses(fit: LawFit, groups: Pick<Groups, 'codes' | 'count'>): WildResponses {
  const { problem, rows, objective } = fit;
  const { rows: n, weights } = rows.data;
  const { size } = problem.free;
  const predicted = problem.predict(fit.minimum.point).slice(0, n);
  const target = objective.residual === 'log' ? rows.data.logObserved : rows.data.observed;
  const own = predicted.map((value, i) => target[i] - value);
  const at = problem.createLinearization();
  problem.linearize(fit.minimum.point, at);
  const open = openOf(fit);
  const ones = new Float64Array(n).fill(1);
  const share = Math.sqrt((groups.count - 1) / groups.count);
  const residuals = own.map((value) => share * value);
  for (let g = 0; g < groups.count; g++) {
    // Rows of the others make the information that is left without the group.
    const others = ones.map((one, i) => (groups.codes[i] === g ? 0 : (weights?.[i] ?? one)));
    const left = new Float64Array(size * size);
    addOuterProducts(at.jacobian, others, n, size, left);
    const inverse = invertSymmetric(pick(left, size, open), open.length);
    if (inverse === undefined) continue;
    const pull = new Float64Array(open.length);
    for (let i = 0; i < n; i++)
      if (groups.codes[i] === g)
        for (const [a, k] of open.entries()) pull[a] += (weights?.[i] ?? 1) * at.jacobian[i * size + k] * own[i];
    const moved = pull.map((_, a) => pull.reduce((sum, value, b) => sum + inverse[a * open.length + b] * value, 0));
    for (let i = 0; i < n; i++)
      if (groups.codes[i] === g)
        for (const [a, k] of open.entries()) residuals[i] += share * at.jacobian[i * size + k] * moved[a];
  }
  return { predicted, residuals };
}
