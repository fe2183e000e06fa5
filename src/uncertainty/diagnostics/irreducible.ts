import { studentQuantile } from '../../core/special.ts';
import type { Evidence } from './evidence.ts';

/** The irreducible loss of a fit, with its error, beside the best run. */
export interface Irreducible {
  readonly name: string;
  readonly value: number;
  /** Half of its 95% interval, in its own unit. */
  readonly reach: number;
  /** The smallest fitted response: that of the best run, without its luck. */
  readonly best: number;
}

/** What the fit says about the irreducible loss; `undefined` where the law has none, or it was not estimated. */
export function irreducibleOf(evidence: Evidence): Irreducible | undefined {
  const { fit, values } = evidence;
  const { law } = fit;
  const name = law.separable?.find((term) => term.power === undefined)?.amplitude ?? 'E';
  const k = law.params.findIndex((param) => param.name === name && param.transform === 'log');
  const isEstimated = fit.coordinates.names.includes(name) && !fit.unidentified.includes(name);
  const { matrix, degreesOfFreedom } = evidence.covariance;
  if (k < 0 || !isEstimated || matrix === null) return undefined;
  let best = Infinity;
  for (const value of evidence.predicted) best = Math.min(best, value);
  const value = values[name];
  const error = value * Math.sqrt(matrix[k * law.params.length + k]);
  const reach = studentQuantile(0.975, degreesOfFreedom) * error;
  return Number.isFinite(reach) && best > 0 ? { name, value, reach, best } : undefined;
}
