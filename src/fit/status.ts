import { symmetricEigen } from '../core/linalg.ts';
import { toParams } from '../laws/law.ts';
import { createWarning, type Warning } from '../core/warnings.ts';
import { totalsAt, type Totals } from './blocks.ts';
import { scaledInformation } from './information.ts';
import type { FitStatus } from './result.ts';
import type { SearchResult } from './search.ts';
import type { Settled } from './switchOff.ts';

/**
 * Smallest eigenvalues of the information matrix, scaled to unit diagonal: below `singular` a direction is lost in rounding,
 * below `weak` it counts as undetermined unless the residuals are so small that its error is small all the same.
 */
const determined = { singular: 1e-13, weak: 1e-9 };
/** Largest error, relative to the coordinate or in a logarithm, of a weak direction that is determined all the same. */
const smallError = 0.5;
/**
 * Error of a coordinate with all others held, in a logarithm or relative to its value, beyond which it is not determined at
 * all: a positive parameter on its way to zero or infinity, where the law does without it.
 */
const lost = 30;
/** Condition number above which single coefficients are hardly known. */
const illConditioned = 1e8;

/** What is known about the quality of an optimum. */
export interface Verdict {
  readonly status: FitStatus;
  readonly reasons: readonly string[];
  readonly atBound: readonly string[];
  readonly unidentified: readonly string[];
  readonly condition: number | null;
  readonly warnings: readonly Warning[];
}

/** Judges an optimum: certified or not, terms off, parameters at bounds, directions that the data do not determine. */
export function judge(settled: Settled, found: Pick<SearchResult, 'tried' | 'reached'>): Verdict {
  const { problem, minimum, coordinates, off } = settled;
  const at = totalsAt(problem, minimum.point);
  const warnings: Warning[] = [];
  const reasons: string[] = [];
  const say = (warning: Warning): void => {
    warnings.push(warning);
    if (warning.level === 'error') reasons.push(warning.message);
  };

  for (const name of off)
    say(
      createWarning('TERM_OFF', `The term of ${name} is switched off: the objective is lowest at ${name} = 0.`, {
        numbers: { value: 0, objective: minimum.value },
      }),
    );
  const atBound = coordinates.names.filter(
    (_, k) => minimum.point[k] <= coordinates.lower[k] || minimum.point[k] >= coordinates.upper[k],
  );
  const values = toParams(problem.law, coordinates.uncentre(minimum.point));
  for (const name of atBound)
    say(
      createWarning('PARAM_AT_BOUND', `${name} ended at its bound ${String(Number(values[name].toPrecision(12)))}.`, {
        numbers: { value: values[name] },
      }),
    );
  const unidentified = findUndetermined(settled, at);
  if (unidentified.length > 0)
    say(createWarning('UNIDENTIFIABLE', `The data do not determine ${unidentified.join(', ')} separately.`));
  const condition = conditionOf(settled, at);
  if (coordinates.size > 0 && (condition === null || condition > illConditioned))
    say(
      createWarning(
        'ILL_CONDITIONED',
        condition === null
          ? 'The curvature at the optimum is not positive definite.'
          : `The condition number of the curvature is ${condition.toExponential(1)}, above ${illConditioned.toExponential(0)}.`,
        { numbers: { condition: condition ?? Infinity, limit: illConditioned } },
      ),
    );
  if (!minimum.certified)
    say(
      createWarning(
        'STALLED',
        `The search ended without a certified optimum (gradient norm ${minimum.gradientNorm.toExponential(1)}).`,
        { numbers: { gradientNorm: minimum.gradientNorm } },
      ),
    );
  if (found.reached < found.tried)
    say(
      createWarning(
        'SEEDS_DISAGREE',
        `${String(found.reached)} of ${String(found.tried)} starting points lead to the lowest objective.`,
        { numbers: { tried: found.tried, reached: found.reached } },
      ),
    );
  const isDegenerate = off.length + atBound.length + unidentified.length > 0;
  const status = !minimum.certified ? 'stalled' : isDegenerate ? 'degenerate' : 'converged';
  return { status, reasons, atBound, unidentified, condition, warnings };
}

/** Names with a large part in the directions along which the reweighted information matrix vanishes. */
function findUndetermined({ problem, coordinates }: Settled, at: Totals): string[] {
  const { size, names } = coordinates;
  const { matrix, scale } = scaledInformation(at);
  // The spread of the residuals, in the units in which the information is the curvature of the objective.
  const variance = (2 * at.value) / Math.max(1, problem.data.rows - size);
  const transformOf = (name: string) => problem.law.params.find((param) => param.name === name)?.transform;
  const dead = names.filter((name, k) => {
    const size = transformOf(name) === 'log' ? 1 : Math.max(1, Math.abs(at.point[k]));
    return !(scale[k] > 0) || Math.sqrt(variance) > lost * size * scale[k];
  });
  if (dead.length > 0) return dead;
  const { values, vectors } = symmetricEigen(matrix, size);
  const isLoose = (k: number, v: number): boolean => {
    const part = Math.abs(vectors[k * size + v]);
    if (part <= 0.2 || values[v] >= determined.weak) return false;
    const error = (part * Math.sqrt(variance / values[v])) / scale[k];
    return !(values[v] > determined.singular) || error > smallError * Math.max(1, Math.abs(at.point[k]));
  };
  return names.filter((_, k) => values.some((_value, v) => isLoose(k, v)));
}

/**
 * Condition number of the exact Hessian in the law's own coordinates (ln E, ln A, ln B, alpha, beta; not centred), the
 * measure that published comparisons use; `null` when the Hessian is not positive definite.
 */
function conditionOf({ problem, coordinates }: Settled, at: Totals): number | null {
  const { size, derivative, names } = coordinates;
  const hessian = at.hessian.slice();
  for (let i = 0; i < size; i++) for (let j = 0; j < i; j++) hessian[j * size + i] = hessian[i * size + j];
  // d v / d (raw free coordinates): the inverse of the free rows of the derivative, which is unit upper triangular up to
  // order, so 2 I - D inverts it exactly (a shear applied twice is twice the shear).
  const inverse = new Float64Array(size * size);
  for (let a = 0; a < size; a++) {
    const j = problem.law.params.findIndex((param) => param.name === names[a]);
    for (let k = 0; k < size; k++) inverse[a * size + k] = (a === k ? 2 : 0) - derivative[j * size + k];
  }
  const raw = new Float64Array(size * size);
  for (let a = 0; a < size; a++)
    for (let b = 0; b < size; b++)
      for (let i = 0; i < size; i++)
        for (let j = 0; j < size; j++)
          raw[a * size + b] += inverse[i * size + a] * hessian[i * size + j] * inverse[j * size + b];
  // The parameters of a formula have units of any size, which would say more about these than about the data.
  if (problem.law.spec !== undefined) scaleToUnitDiagonal(raw, size);
  const { values } = symmetricEigen(raw, size);
  return values[0] > 0 ? values[size - 1] / values[0] : null;
}

function scaleToUnitDiagonal(matrix: Float64Array, size: number): void {
  const scale = Float64Array.from({ length: size }, (_, k) => Math.sqrt(Math.abs(matrix[k * size + k])) || 1);
  for (let a = 0; a < size; a++) for (let b = 0; b < size; b++) matrix[a * size + b] /= scale[a] * scale[b];
}
