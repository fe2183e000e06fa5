import { IsoflopError } from '../core/errors.ts';
import { invertSymmetric, multiply, transpose } from '../core/linalg.ts';
import { sampleIndices } from '../core/sample.ts';
import { normalWithin } from '../core/special.ts';
import type { LawFit } from '../fit/fitLaw.ts';
import { forEachBlock, manyRows } from '../fit/blocks.ts';
import type { Linearization } from '../fit/problem.ts';
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
  const rows = problem.data.rows;
  const open = openOf(fit);
  const clustered = kind === 'sandwich' && groups.name !== 'row';
  // As many groups as rows are rows: their degrees of freedom are spent on the parameters as well.
  const byRow = rows - coordinates.size;
  const degreesOfFreedom = clustered ? Math.min(groups.count - 1, byRow) : byRow;
  if (degreesOfFreedom <= 0 || open.length === 0) return { kind, matrix: null, degreesOfFreedom: 0 };

  const reduced =
    kind === 'sandwich' ? sandwich(fit, groups, open, degreesOfFreedom) : classical(fit, open, degreesOfFreedom);
  if (reduced === undefined) return { kind, matrix: null, degreesOfFreedom };
  return { kind, matrix: toLawCoordinates(fit, reduced, open), degreesOfFreedom };
}

/** The width of the kernel with which the density of the residuals is estimated: Silverman's rule. */
function kernelWidth({ problem, minimum }: LawFit): number {
  const { rows } = problem.data;
  const index = sampleIndices(rows, manyRows);
  const sorted = new Float64Array(index.length);
  let next = 0;
  forEachBlock(problem, minimum.point, ({ residual }, first, count) => {
    for (; index[next] < first + count; next++) sorted[next] = residual[index[next] - first];
  });
  sorted.sort();
  const n = sorted.length;
  const quartiles = sorted[Math.floor(0.75 * (n - 1))] - sorted[Math.floor(0.25 * (n - 1))];
  const deviation = Math.sqrt(sorted.reduce((sum, r) => sum + r * r, 0) / n);
  return 0.9 * Math.min(deviation, quartiles / 1.34) * rows ** -0.2;
}

/**
 * Visits the rows block by block with the expected second derivative of the penalty at each. A Huber penalty has second
 * derivative 1 in a zone so narrow that only a few rows lie in it; averaging it over a kernel estimate of the residuals'
 * density uses them all, however narrow the zone.
 */
function forEachSlope(
  fit: LawFit,
  visit: (at: Linearization, slope: Float64Array, first: number, rows: number) => void,
): void {
  const { objective, delta, data } = fit.problem;
  const width = objective.delta === null ? 0 : kernelWidth(fit);
  forEachBlock(fit.problem, fit.minimum.point, (at, first, rows) => {
    const slope = at.slope.slice(0, rows);
    if (objective.delta !== null)
      for (let i = 0; i < rows; i++)
        slope[i] = (data.weights?.[first + i] ?? 1) * normalWithin(delta, at.residual[i], width);
    visit(at, slope, first, rows);
  });
}

/** The curvature of the objective with averaged penalties; lower triangles, row-major size x size. */
interface AveragedCurvature {
  /** sum_i slope_i j_i j_i'. */
  readonly average: Float64Array;
  /** The part of the second derivatives of the residuals. */
  readonly secondOrder: Float64Array;
}

/** Sums the averaged curvature, and whatever else `visit` takes from each block. */
function averagedCurvature(
  fit: LawFit,
  visit: (at: Linearization, first: number, rows: number) => void = () => undefined,
): AveragedCurvature {
  const { size } = fit.coordinates;
  const average = new Float64Array(size * size);
  const secondOrder = new Float64Array(size * size);
  forEachSlope(fit, (at, slope, first, rows) => {
    addOuterProducts(at.jacobian, slope, rows, size, average);
    for (let k = 0; k < secondOrder.length; k++) secondOrder[k] += at.secondOrder[k];
    visit(at, first, rows);
  });
  return { average, secondOrder };
}

/** Inverse of the averaged curvature of the objective among the coordinates that the data determine. */
function inverseOf(
  { average, secondOrder }: AveragedCurvature,
  size: number,
  open: readonly number[],
): Float64Array | undefined {
  const hessian = average.map((x, k) => x + secondOrder[k]);
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
  const open = openOf(fit);
  const inverse = inverseOf(averagedCurvature(fit), fit.coordinates.size, open);
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
  fit: LawFit,
  groups: Groups,
  open: readonly number[],
  degreesOfFreedom: number,
): Float64Array | undefined {
  const { size } = fit.coordinates;
  const { rows } = fit.problem.data;
  const isByRow = groups.name === 'row';
  const meat = new Float64Array(size * size);
  const addScores = (scores: Float64Array, count: number): void => {
    addOuterProducts(scores, new Float64Array(count).fill(1), count, size, meat);
  };
  const scores = new Float64Array(isByRow ? 0 : groups.count * size);
  const curvature = averagedCurvature(fit, ({ psi, jacobian }, first, count) => {
    const into = isByRow ? new Float64Array(count * size) : scores;
    for (let i = 0; i < count; i++) {
      const group = isByRow ? i : groups.codes[first + i];
      for (let k = 0; k < size; k++) into[group * size + k] += psi[i] * jacobian[i * size + k];
    }
    if (isByRow) addScores(into, count);
  });
  if (!isByRow) addScores(scores, groups.count);
  const bread = inverseOf(curvature, size, open);
  if (bread === undefined) return undefined;
  const correction = isByRow
    ? rows / degreesOfFreedom
    : ((groups.count / (groups.count - 1)) * (rows - 1)) / Math.max(1, rows - size);
  const m = open.length;
  const middle = pick(meat, size, open).map((x) => x * correction);
  return multiply(multiply(bread, middle, m, m, m), bread, m, m, m);
}

function classical(fit: LawFit, open: readonly number[], degreesOfFreedom: number): Float64Array | undefined {
  const { size } = fit.coordinates;
  const { weights } = fit.problem.data;
  const information = new Float64Array(size * size);
  let squares = 0;
  let slopes = 0;
  let total = 0;
  forEachSlope(fit, ({ jacobian, psi }, slope, first, count) => {
    const w = weights?.slice(first, first + count) ?? new Float64Array(count).fill(1);
    addOuterProducts(jacobian, w, count, size, information);
    for (let i = 0; i < count; i++) {
      squares += (psi[i] * psi[i]) / w[i];
      slopes += slope[i];
      total += w[i];
    }
  });
  const inverse = invertSymmetric(pick(information, size, open), open.length);
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
