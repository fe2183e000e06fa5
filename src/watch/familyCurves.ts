import { choleskyInPlace, choleskySolve } from '../core/linalg.ts';
import type { Law } from '../laws/law.ts';
import { curveUpTo, isComplete, lastTokens, type RunCurve } from './curve.ts';
import type { Estimate } from './estimate.ts';
import { levelAt } from './level.ts';
import { continueCurve } from './ownCurve.ts';

/** Complete runs of the family that are needed before they say how a run goes on. */
export const leastRuns = 3;
/** Runs in which continuing a curve is rehearsed, those of nearest size first: each costs some fits. */
const mostRehearsed = 12;

/** Runs of the family that have ended well, from whose curves one learns how such runs go. */
export function completeRuns(runs: readonly RunCurve[]): RunCurve[] {
  return runs.filter((run) => isComplete(run) && levelAt(run, lastTokens(run)) !== undefined);
}

/** How much ln loss falls from a share of a run to its end. */
export interface Fall extends Estimate {
  /** Complete runs that show it. */
  readonly runs: number;
}

interface Observation {
  readonly fall: number;
  readonly x: readonly number[];
}

/** What the fall may depend on: nothing, the size, the length, or both. */
const forms: readonly (readonly number[])[] = [[], [0], [1], [0, 1]];

/**
 * How much ln loss falls from a share of the tokens to the end, as the complete runs of a family show it: the mean, or a line
 * over ln params, over ln tokens, or over both, whichever predicts a run from the others best. Its spread is that of these
 * predictions.
 *
 * @param share - of the tokens of a run, above 0 and below 1
 * @returns undefined where fewer than three complete runs were recorded at that share
 */
export function fallFrom(
  share: number,
  family: readonly RunCurve[],
  { params, plannedTokens }: Pick<RunCurve, 'params' | 'plannedTokens'>,
): Fall | undefined {
  const place = (run: Pick<RunCurve, 'params' | 'plannedTokens'>): number[] => [
    Math.log(run.params ?? NaN),
    Math.log(run.plannedTokens),
  ];
  const seen = family.flatMap((run): Observation[] => {
    const [then, end] = [levelAt(run, share * run.plannedTokens), levelAt(run, lastTokens(run))];
    return then === undefined || end === undefined ? [] : [{ fall: then.log - end.log, x: place(run) }];
  });
  if (seen.length < leastRuns) return undefined;
  let best: (Estimate & { readonly error: number }) | undefined;
  for (const form of forms) {
    const found = regress(seen, form, place({ params, plannedTokens }));
    // A line has to earn its slope: among few runs chance favours it.
    if (found !== undefined && (best === undefined || found.error < 0.9 * best.error)) best = found;
  }
  return best && { log: best.log, sd: best.sd, degreesOfFreedom: best.degreesOfFreedom, runs: seen.length };
}

/** The fall at a place by least squares, with the error of predicting each run from the others. */
function regress(
  seen: readonly Observation[],
  form: readonly number[],
  at: readonly number[],
): (Estimate & { readonly error: number }) | undefined {
  const n = seen.length;
  const p = form.length + 1;
  if (n < p + (p === 1 ? 2 : 3)) return undefined;
  // A slope over fewer than three values is that of a pair.
  if (form.some((k) => new Set(seen.map(({ x }) => x[k])).size < 3)) return undefined;
  const row = (x: readonly number[]): number[] => [1, ...form.map((k) => x[k] - at[k])];
  const rows = seen.map(({ x }) => row(x));
  const gram = new Float64Array(p * p);
  const right = new Float64Array(p);
  for (const [i, values] of rows.entries())
    for (let j = 0; j < p; j++) {
      right[j] += values[j] * seen[i].fall;
      for (let k = 0; k < p; k++) gram[j * p + k] += values[j] * values[k];
    }
  if (!gram.every(Number.isFinite) || !choleskyInPlace(gram, p)) return undefined;
  const solution = right.slice();
  choleskySolve(gram, p, solution);
  const leverage = (values: readonly number[]): number => {
    const b = Float64Array.from(values);
    choleskySolve(gram, p, b);
    return values.reduce((sum, value, k) => sum + value * b[k], 0);
  };
  let [squares, left] = [0, 0];
  for (const [i, values] of rows.entries()) {
    const residual = seen[i].fall - values.reduce((sum, value, k) => sum + value * solution[k], 0);
    squares += residual ** 2;
    // The error of predicting the run from the others, without fitting to the others anew.
    left += (residual / Math.max(1e-9, 1 - leverage(values))) ** 2;
  }
  const degreesOfFreedom = n - p;
  // Centred at the place that is asked about, the constant is the prediction there.
  const spread = Math.sqrt((squares / degreesOfFreedom) * (1 + leverage(row(at))));
  const error = Math.sqrt(left / n);
  // The form was chosen by these errors, so that what its own residuals promise is too little.
  return { log: solution[0], sd: Math.max(spread, error), degreesOfFreedom, error };
}

/** The error of continuing complete runs of the family from a share of their tokens along the law that the run takes. */
export function rehearseContinuing(
  share: number,
  family: readonly RunCurve[],
  { params, plannedTokens }: Pick<RunCurve, 'params' | 'plannedTokens'>,
  law: Law,
): (Omit<Estimate, 'log'> & { readonly runs: number }) | undefined {
  const away = (run: RunCurve): number =>
    Math.hypot(Math.log((run.params ?? 1) / (params ?? 1)), Math.log(run.plannedTokens / plannedTokens));
  const near = family.toSorted((a, b) => away(a) - away(b)).slice(0, mostRehearsed);
  // A watch asks at every look; at shares so near each other the errors are the same.
  const at = Math.max(1, Math.round(100 * share)) / 100;
  const errors = near.flatMap((run) => rehearsed(run, at, law) ?? []);
  if (errors.length < leastRuns) return undefined;
  const squares = errors.reduce((sum, error) => sum + error ** 2, 0);
  return { sd: Math.sqrt(squares / errors.length), degreesOfFreedom: errors.length, runs: errors.length };
}

const known = new WeakMap<RunCurve, Map<string, number | undefined>>();

/** The error of continuing a complete run from a share of its tokens; worked out once. */
function rehearsed(run: RunCurve, share: number, law: Law): number | undefined {
  let errors = known.get(run);
  if (errors === undefined) known.set(run, (errors = new Map<string, number | undefined>()));
  const key = `${law.id} ${String(share)}`;
  if (!errors.has(key)) {
    const end = levelAt(run, lastTokens(run));
    const own = continueCurve(curveUpTo(run, share * run.plannedTokens), run.plannedTokens, law);
    errors.set(key, own === undefined || end === undefined ? undefined : own.log - end.log);
  }
  return errors.get(key);
}
