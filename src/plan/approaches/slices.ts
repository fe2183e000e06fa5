import { groupBudgets } from '../../uncertainty/budgets.ts';
import type { ApproachColumns, Surface } from './columns.ts';
import { between, curvesOf, placeOn, type Curve } from './curves.ts';

/** Loss against model size at one compute budget. */
export interface Slice {
  /** Compute of the budget, FLOP. */
  readonly flops: number;
  /** ln N of the models in rising order, no two the same. Float64Array, length sizes. */
  readonly logParams: Float64Array;
  /** ln D of the models at this compute. */
  readonly logTokens: Float64Array;
  /** ln L of the models at this compute. */
  readonly logLoss: Float64Array;
  /** Runs that were averaged to each of them. */
  readonly repeats: Float64Array;
  /** Runs of the budget; more than sizes where some were trained several times. */
  readonly runs: number;
}

/** The budgets of a set of points. */
export interface Slices {
  /** `isoflop`: the runs were made at these budgets; `curves`: learning curves were read at budgets of ours; `none`: neither. */
  readonly kind: 'isoflop' | 'curves' | 'none';
  /** In rising order of compute. */
  readonly slices: readonly Slice[];
  /** Points that belong to no budget. */
  readonly unused: number;
  /** Why there are no budgets, or `null`. */
  readonly reason: string | null;
}

/** Models whose sizes differ by less at one budget are one, in ln N: an interpolation between them would follow their noise. */
const sameSize = 0.05;

/** Distance between the budgets at which learning curves are read: a factor of 2. */
const curveStep = Math.LN2;

/** Sizes that a learning-curve budget needs. */
const fewestSizes = 4;

/**
 * Cuts points into budgets of equal compute: those at which the runs were made, or, where runs carry checkpoints, budgets a
 * factor of 2 apart at which the learning curves are read (log-linear between checkpoints).
 *
 * @param columns - quantities of the points
 * @param surface - a law; with it, losses of runs that missed their budget by some per cent are carried to it along the
 *   law's slope in tokens
 */
export function slicesOf(columns: ApproachColumns, surface?: Surface): Slices {
  const total = columns.loss.length;
  const found = groupBudgets(columns);
  if (found.count >= 2) {
    const slices = Array.from(found.budget, (flops, code) => {
      const rows = Array.from(found.codes.keys()).filter((row) => found.codes[row] === code);
      return sliceOfRows(columns, rows, flops, surface);
    });
    return { kind: 'isoflop', slices, unused: found.codes.filter((code) => code < 0).length, reason: null };
  }
  const { kind, curves } = curvesOf(columns);
  if (kind !== 'runs')
    return noSlices(
      'the runs were not made at a few budgets of compute, and have no checkpoints at which curves could be read at one',
      total,
    );
  const slices = sliceCurves(curves);
  return slices.length >= 2
    ? { kind: 'curves', slices, unused: 0, reason: null }
    : noSlices(
        `fewer than two budgets of compute, a factor of 2 apart, are reached by the curves of ${String(fewestSizes)} sizes`,
        total,
      );
}

/** No budgets, and why. */
export function noSlices(reason: string, unused: number): Slices {
  return { kind: 'none', slices: [], unused, reason };
}

function sliceOfRows(
  columns: ApproachColumns,
  rows: readonly number[],
  budget: number,
  surface: Surface | undefined,
): Slice {
  const { params, tokens, flops, loss } = columns;
  // What the run would have cost and reached with the rest of its budget.
  const moved = rows.map((row) => {
    const [logN, logD] = [Math.log(params[row]), Math.log(tokens[row])];
    const atBudget = logD + Math.log(budget / flops[row]);
    const change = surface === undefined ? 0 : surface(logN, atBudget) - surface(logN, logD);
    return { logN, logD: atBudget, logLoss: Math.log(loss[row]) + (Number.isFinite(change) ? change : 0) };
  });
  return { ...mergeSizes(moved), flops: budget, runs: rows.length };
}

function sliceCurves(curves: readonly Curve[]): Slice[] {
  // The last budget is the highest that enough curves reach.
  const ends = curves.map((curve) => curve.logFlops[curve.logFlops.length - 1]).sort((a, b) => b - a);
  const starts = curves.map((curve) => curve.logFlops[0]).sort((a, b) => a - b);
  if (curves.length < fewestSizes) return [];
  const [low, high] = [starts[fewestSizes - 1], ends[fewestSizes - 1]];
  const slices: Slice[] = [];
  for (let at = high; at >= low; at -= curveStep) {
    const points = curves.flatMap((curve) => {
      const place = placeOn(curve, at);
      if (place === null) return [];
      return [{ logN: curve.logParams, logD: between(curve.logTokens, place), logLoss: between(curve.logLoss, place) }];
    });
    const slice = mergeSizes(points);
    if (slice.logParams.length >= fewestSizes) slices.push({ ...slice, flops: Math.exp(at), runs: points.length });
  }
  return slices.reverse();
}

/** Points in rising order of size, those of nearly one size averaged. */
function mergeSizes(
  points: readonly { readonly logN: number; readonly logD: number; readonly logLoss: number }[],
): Pick<Slice, 'logParams' | 'logTokens' | 'logLoss' | 'repeats'> {
  const groups: (typeof points)[number][][] = [];
  for (const point of points.toSorted((a, b) => a.logN - b.logN)) {
    const last = groups.at(-1);
    if (last !== undefined && point.logN - last[0].logN < sameSize) last.push(point);
    else groups.push([point]);
  }
  const mean = (name: 'logN' | 'logD' | 'logLoss'): Float64Array =>
    Float64Array.from(groups, (group) => group.reduce((sum, point) => sum + point[name], 0) / group.length);
  return {
    logParams: mean('logN'),
    logTokens: mean('logD'),
    logLoss: mean('logLoss'),
    repeats: Float64Array.from(groups, (group) => group.length),
  };
}
