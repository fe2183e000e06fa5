import { IsoflopError } from '../core/errors.ts';
import { invertSymmetric, multiply, transpose } from '../core/linalg.ts';
import { normalWithin } from '../core/special.ts';
import type { LawFit } from '../fit/fitLaw.ts';
import type { Linearization, Problem } from '../fit/problem.ts';
import { addOuterProducts } from '../fit/rowAlgebra.ts';
import type { Covariance } from '../fit/result.ts';
import type { Groups } from './groups.ts';

const covarianceKinds = ['sandwich', 'classical'] as const;

/**
 * Covariance of the law's coordinates at the optimum.
 *
 * `sandwich`: H^-1 (sum over groups of g g') H^-1 with the gradients g of the groups, valid when the spread of the residuals
 * varies and when checkpoints of a run are correlated. `classical`: sigma^2 (J'J)^-1, which assumes independent residuals
 * of equal spread (certified by NIST's problems).
 *
 * Parameters that are fixed, off, at a bound or not identifiable have variance 0 here; the matrix is `null` when the rest
 * is singular.
 *
 * @see White (1980), "A heteroskedasticity-consistent covariance matrix"; Huber (1967) for M-estimators
 */
export function estimateCovariance(fit: LawFit, groups: Groups, kind: 'sandwich' | 'classical'): Covariance {
  if (!(covarianceKinds as readonly string[]).includes(kind))
    throw new IsoflopError('OPTION_INVALID', {
      option: '--covariance',
      value: kind,
      expected: covarianceKinds.join(' or '),
    });
  const { problem, coordinates } = fit;
  const at = problem.createLinearization();
  problem.linearize(fit.minimum.point, at);
  const rows = problem.data.rows;
  const open = openOf(fit);
  const clustered = kind === 'sandwich' && groups.name !== 'row';
  // As many groups as rows are rows: their degrees of freedom are spent on the parameters as well.
  const byRow = rows - coordinates.size;
  const degreesOfFreedom = clustered ? Math.min(groups.count - 1, byRow) : byRow;
  if (degreesOfFreedom <= 0 || open.length === 0) return { kind, matrix: null, degreesOfFreedom: 0 };

  const slope = smoothSlope(problem, at);
  const reduced =
    kind === 'sandwich'
      ? sandwich(problem, at, slope, groups, open, degreesOfFreedom)
      : classical(problem, at, slope, open, degreesOfFreedom);
  if (reduced === undefined) return { kind, matrix: null, degreesOfFreedom };
  return { kind, matrix: toLawCoordinates(fit, reduced, open), degreesOfFreedom };
}

/**
 * Expected second derivative of the penalty at each row. A Huber penalty has second derivative 1 in a zone so narrow that
 * only a few rows lie in it; averaging it over a kernel estimate of the residuals' density uses them all, however narrow the zone.
 */
function smoothSlope({ objective, data, delta }: Problem, at: Linearization): Float64Array {
  const { rows, weights } = data;
  if (objective.delta === null) return at.slope.slice(0, rows);
  const sorted = at.residual.slice(0, rows).sort();
  const quartiles = sorted[Math.floor(0.75 * (rows - 1))] - sorted[Math.floor(0.25 * (rows - 1))];
  const deviation = Math.sqrt(sorted.reduce((sum, r) => sum + r * r, 0) / rows);
  // Silverman's rule for the width of the kernel.
  const width = 0.9 * Math.min(deviation, quartiles / 1.34) * rows ** -0.2;
  return sorted.map((_, i) => (weights?.[i] ?? 1) * normalWithin(delta, at.residual[i], width));
}

/** Inverse of the averaged curvature of the objective among the coordinates that the data determine. */
function inverseOf(
  problem: Problem,
  at: Linearization,
  slope: Float64Array,
  open: readonly number[],
): Float64Array | undefined {
  const { size } = problem.free;
  const average = new Float64Array(size * size);
  addOuterProducts(at.jacobian, slope, problem.data.rows, size, average);
  const hessian = average.map((x, k) => x + at.secondOrder[k]);
  // The second derivatives at hand can outweigh the averaged slopes; on average they vanish, so the rest stands alone.
  return (
    invertSymmetric(pick(hessian, size, open), open.length) ?? invertSymmetric(pick(average, size, open), open.length)
  );
}

/**
 * Inverse of the averaged curvature of the objective in the law's coordinates, row-major params x params, with zeros where
 * a parameter is not estimated; `null` when the curvature is singular. Times the scale of the residuals it is the covariance
 * that the likelihood of the objective implies.
 */
export function inverseCurvature(fit: LawFit): Float64Array | null {
  const { problem } = fit;
  const at = problem.createLinearization();
  problem.linearize(fit.minimum.point, at);
  const open = openOf(fit);
  const inverse = inverseOf(problem, at, smoothSlope(problem, at), open);
  return inverse === undefined ? null : toLawCoordinates(fit, inverse, open);
}

/** Free coordinates that are neither at a bound nor undetermined. */
export function openOf({ atBound, unidentified, coordinates }: LawFit): number[] {
  const held = new Set([...atBound, ...unidentified]);
  return coordinates.names.flatMap((name, k) => (held.has(name) ? [] : [k]));
}

/** A matrix among the open coordinates as one of the law's own coordinates. */
function toLawCoordinates({ coordinates, law }: LawFit, reduced: Float64Array, open: readonly number[]): Float64Array {
  const { derivative, size } = coordinates;
  const full = new Float64Array(size ** 2);
  for (const [a, k] of open.entries())
    for (const [b, l] of open.entries()) full[k * size + l] = reduced[a * open.length + b];
  const p = law.params.length;
  return multiply(multiply(derivative, full, p, size, size), transpose(derivative, p, size), p, size, p);
}

function sandwich(
  problem: Problem,
  at: Linearization,
  slope: Float64Array,
  groups: Groups,
  open: readonly number[],
  degreesOfFreedom: number,
): Float64Array | undefined {
  const { size } = problem.free;
  const { rows } = problem.data;
  const bread = inverseOf(problem, at, slope, open);
  if (bread === undefined) return undefined;
  const scores = new Float64Array(groups.count * size);
  for (let i = 0; i < rows; i++)
    for (let k = 0; k < size; k++) scores[groups.codes[i] * size + k] += at.psi[i] * at.jacobian[i * size + k];
  const meat = new Float64Array(size * size);
  addOuterProducts(scores, new Float64Array(groups.count).fill(1), groups.count, size, meat);
  const correction =
    groups.name === 'row'
      ? rows / degreesOfFreedom
      : ((groups.count / (groups.count - 1)) * (rows - 1)) / Math.max(1, rows - size);
  const m = open.length;
  const middle = pick(meat, size, open).map((x) => x * correction);
  return multiply(multiply(bread, middle, m, m, m), bread, m, m, m);
}

function classical(
  problem: Problem,
  at: Linearization,
  slope: Float64Array,
  open: readonly number[],
  degreesOfFreedom: number,
): Float64Array | undefined {
  const { size } = problem.free;
  const { rows, weights } = problem.data;
  const ones = weights ?? new Float64Array(rows).fill(1);
  const information = new Float64Array(size * size);
  addOuterProducts(at.jacobian, ones, rows, size, information);
  const inverse = invertSymmetric(pick(information, size, open), open.length);
  let squares = 0;
  let slopes = 0;
  let total = 0;
  for (let i = 0; i < rows; i++) {
    const w = ones[i];
    squares += (at.psi[i] * at.psi[i]) / w;
    slopes += slope[i];
    total += w;
  }
  const meanSlope = slopes / total;
  return inverse?.map((x) => (x * squares) / degreesOfFreedom / meanSlope ** 2);
}

/** The symmetric matrix of the chosen rows and columns, from a lower triangle. */
export function pick(lower: Float64Array, size: number, open: readonly number[]): Float64Array {
  const out = new Float64Array(open.length ** 2);
  for (const [a, k] of open.entries())
    for (const [b, l] of open.entries()) out[a * open.length + b] = k >= l ? lower[k * size + l] : lower[l * size + k];
  return out;
}
