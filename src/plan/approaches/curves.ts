import type { ApproachColumns } from './columns.ts';

/** Loss against compute at one model size: a run with its checkpoints, or runs of one size. */
export interface Curve {
  readonly logParams: number;
  /** ln C of the points in rising order. Float64Array, length points. */
  readonly logFlops: Float64Array;
  readonly logTokens: Float64Array;
  readonly logLoss: Float64Array;
}

/** The curves of a set of points. */
export interface Curves {
  /** `runs`: each curve is a run with its checkpoints; `sizes`: the runs of one size, each trained to its own end. */
  readonly kind: 'runs' | 'sizes';
  readonly curves: readonly Curve[];
  /** Points that belong to no curve because nothing else has their size, or run. */
  readonly alone: number;
}

/** Points that make a run a learning curve. */
const curvePoints = 3;

/** Models whose sizes differ by less are the same, in ln N: sizes read off figures and rounded labels differ by as much. */
const sameSize = 0.02;

/** Points of one curve closer than this in ln C are one, measured several times. */
const samePlace = 1e-3;

/**
 * Puts points together to curves of loss against compute: by run where most points are checkpoints of runs, else by model
 * size.
 *
 * @param columns - quantities of the points
 */
export function curvesOf(columns: ApproachColumns): Curves {
  const rows = Array.from({ length: columns.loss.length }, (_, i) => i);
  const byRun = namedRuns(columns, rows);
  const inRuns = byRun.reduce((sum, run) => sum + (run.length >= curvePoints ? run.length : 0), 0);
  const kind = inRuns > rows.length / 2 ? 'runs' : 'sizes';
  const groups = kind === 'runs' ? byRun : bySize(columns, rows);
  const curves = groups.map((group) => curveOf(columns, group)).filter((curve) => curve.logFlops.length >= 2);
  const used = curves.reduce((sum, curve) => sum + curve.logFlops.length, 0);
  return { kind, curves, alone: Math.max(0, rows.length - used) };
}

/** Rows of the same run and size. */
function namedRuns({ names, params }: ApproachColumns, rows: readonly number[]): number[][] {
  if (names === null) return [];
  const runs = new Map<string, number[]>();
  for (const row of rows) {
    if (names[row] === '') continue;
    const key = `${names[row]}\n${String(params[row])}`;
    const found = runs.get(key);
    if (found === undefined) runs.set(key, [row]);
    else found.push(row);
  }
  return [...runs.values()];
}

/** Rows of nearly the same size. */
function bySize({ params }: ApproachColumns, rows: readonly number[]): number[][] {
  const groups: number[][] = [];
  let first = NaN;
  for (const row of rows.toSorted((a, b) => params[a] - params[b])) {
    if (Math.log(params[row] / first) < sameSize) groups[groups.length - 1].push(row);
    else {
      groups.push([row]);
      first = params[row];
    }
  }
  return groups;
}

function curveOf({ params, tokens, flops, loss }: ApproachColumns, group: readonly number[]): Curve {
  const places: number[][] = [];
  for (const row of group.toSorted((a, b) => flops[a] - flops[b])) {
    const last = places.at(-1);
    if (last !== undefined && Math.log(flops[row] / flops[last[0]]) < samePlace) last.push(row);
    else places.push([row]);
  }
  const mean = (column: ArrayLike<number>): Float64Array => Float64Array.from(places, (rows) => meanLog(column, rows));
  return {
    logParams: meanLog(params, group),
    logFlops: mean(flops),
    logTokens: mean(tokens),
    logLoss: mean(loss),
  };
}

/** Mean of the logarithms of some rows of a column. */
function meanLog(column: ArrayLike<number>, rows: readonly number[]): number {
  return rows.reduce((sum, row) => sum + Math.log(column[row]), 0) / rows.length;
}

/** Where a place lies on a curve: between points `index` and `index + 1`, this share of the way; or `null` outside. */
export function placeOn(curve: Curve, logFlops: number): { readonly index: number; readonly share: number } | null {
  const { logFlops: x } = curve;
  const last = x.length - 1;
  if (logFlops < x[0] || logFlops > x[last]) return null;
  let [low, high] = [0, last];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (x[middle] <= logFlops) low = middle;
    else high = middle;
  }
  return { index: low, share: (logFlops - x[low]) / (x[high] - x[low]) };
}

/** A column of a curve between two of its points. */
export function between(
  column: Float64Array,
  { index, share }: { readonly index: number; readonly share: number },
): number {
  return column[index] + share * (column[index + 1] - column[index]);
}
