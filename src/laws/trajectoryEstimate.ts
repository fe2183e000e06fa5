import { formatQuantity } from '../core/quantity.ts';
import { leastBatches, measureTradeOffs, type LadderRow, type TrainingCurve } from './tradeOff.ts';

/** Checkpoints of runs that differ in model size and batch size, as columns of one length. */
export interface TrajectoryPoints {
  readonly params: ArrayLike<number>;
  /** Optimiser steps taken so far. */
  readonly steps: ArrayLike<number>;
  /** Batch size in tokens. */
  readonly batchSize: ArrayLike<number>;
  readonly loss: ArrayLike<number>;
}

/** Options of {@link estimateTrajectory}. */
export interface TrajectoryOptions {
  /** Steps at the beginning of every run that are left out, such as the warm-up of the learning rate; default 0. */
  readonly warmup?: number;
  /** Points with less than this share of their loss left to gain are left out of step (iii); default 0.05. */
  readonly nearlyConverged?: number;
}

/** A model size in step (i). */
export interface ConvergedSize {
  readonly params: number;
  /** Mean loss at the end of the longest run, in nats per token. */
  readonly loss: number;
  /** What that run would still gain by training on, as step (iii) says. */
  readonly left: number;
}

/** A point in step (iii). */
export interface ConvertedPoint {
  readonly params: number;
  readonly batchSize: number;
  readonly steps: number;
  readonly loss: number;
  /** Steps that very large batches would have taken to the same loss, S / (1 + B_crit(L) / B). */
  readonly minSteps: number;
  /** Loss above that of the converged model, L - (Nc / N)^alphaN. */
  readonly excess: number;
  /** Whether the regression uses the point; those nearly converged say nothing. */
  readonly used: boolean;
}

/** The constants of the law `trajectory`, with every table on the way to them. */
export interface TrajectoryEstimate {
  /** Step (i): ln L on ln N of converged models, L = (Nc / N)^alphaN. */
  readonly size: {
    readonly alphaN: number;
    /** Parameters. */
    readonly Nc: number;
    readonly table: readonly ConvergedSize[];
  } | null;
  /** Step (ii): the critical batch size of a ladder of losses, and ln B_crit on ln L. */
  readonly batch: {
    readonly alphaB: number;
    /** Tokens at a loss of 1 nat per token. */
    readonly Bstar: number;
    /** The model size that was trained at several batch sizes. */
    readonly params: number;
    readonly table: readonly LadderRow[];
  } | null;
  /** Step (iii): ln (L - (Nc / N)^alphaN) on ln S_min. */
  readonly time: {
    readonly alphaS: number;
    /** Steps. */
    readonly Sc: number;
    readonly table: readonly ConvertedPoint[];
  } | null;
  /** Parameters of the law `trajectory`, where all three steps succeeded. */
  readonly params: Readonly<Record<string, number>> | null;
  /** How often steps (i) and (iii) were done. */
  readonly sweeps: number;
  /** What the data lack, in words; empty where all steps succeeded. */
  readonly missing: readonly string[];
}

/** Model sizes, losses of the ladder and points without which a line means nothing. */
const least = { sizes: 3, rungs: 3, points: 4 };
/** Most repetitions of steps (i) and (iii), and the relative change of the constants at which they end. */
const sweeps = { most: 200, settled: 1e-10 };
/** Points above which a curve is averaged, and intervals in which it is. */
const dense = 200;
/** The end of a run: points with at least this share of its steps. */
const end = 0.5;

/** A curve with the steps that very large batches would have taken to each of its losses. */
interface ConvertedCurve extends TrainingCurve {
  readonly minSteps: readonly number[];
}

/** What a step found, or in words what it lacks. */
type Step<T> = NonNullable<T> | string;

/**
 * Estimates the constants of training curves step by step, as the papers do:
 *
 * (i) alphaN and Nc from the loss of converged models of several sizes;
 * (ii) alphaB and Bstar from one model at four or more batch sizes: the steps and tokens that each takes to a ladder of
 * losses give the critical batch size at each of them;
 * (iii) alphaS and Sc from all points after the warm-up, converted to the steps of very large batches.
 *
 * Real models are never quite converged. So (i) and (iii) are repeated, each time with the loss that (iii) says is still to
 * be gained taken off in (i), until the constants settle; the first time it counts as zero.
 *
 * These are estimates for looking at and for starting from. `fitLaw(trajectory, runs)` starts from them, weighs all points
 * together and gives error estimates.
 *
 * Runs of the same size and batch size count as one curve; points that are not positive are left out. A curve of more than
 * 200 points is averaged in 200 intervals that are even in ln S.
 *
 * @see arXiv 2001.08361, sections 3 and 5; arXiv 2403.06563 (Su et al. 2024)
 * @example
 * ```ts
 * const points = { params: [1e7, 1e7], steps: [1e3, 1e4], batchSize: [5e5, 5e5], loss: [4.4, 3.8] };
 * estimateTrajectory(points).missing[0]; // 'Step (i) needs 3 model sizes; there is 1.'
 * ```
 */
export function estimateTrajectory(points: TrajectoryPoints, options: TrajectoryOptions = {}): TrajectoryEstimate {
  const { warmup = 0, nearlyConverged = 0.05 } = options;
  const trained = curvesOf(points, warmup);
  const batch = estimateBatch(trained);
  const curves = trained.map((curve) => convert(curve, typeof batch === 'string' ? undefined : batch));
  let size = estimateSize(curves, null);
  let time: Step<TrajectoryEstimate['time']> = 'Step (iii) needs the steps before it.';
  let done = 1;
  for (; typeof size !== 'string' && typeof batch !== 'string' && done <= sweeps.most; done++) {
    const next: Step<TrajectoryEstimate['time']> = estimateTime(curves, size, nearlyConverged);
    const isSettled =
      typeof next !== 'string' &&
      typeof time !== 'string' &&
      Math.abs(next.alphaS / time.alphaS - 1) + Math.abs(next.Sc / time.Sc - 1) < sweeps.settled;
    time = next;
    if (typeof time === 'string' || isSettled) break;
    size = estimateSize(curves, time);
  }
  const found = {
    size: typeof size === 'string' ? null : size,
    batch: typeof batch === 'string' ? null : batch,
    time: typeof time === 'string' ? null : time,
  };
  const missing = [size, batch].filter((step) => typeof step === 'string');
  if (missing.length === 0 && typeof time === 'string') missing.push(time);
  return { ...found, params: paramsOf(found), sweeps: done, missing };
}

function paramsOf({
  size,
  batch,
  time,
}: Pick<TrajectoryEstimate, 'size' | 'batch' | 'time'>): TrajectoryEstimate['params'] {
  if (size === null || batch === null || time === null) return null;
  const [{ Nc, alphaN }, { Bstar, alphaB }, { Sc, alphaS }] = [size, batch, time];
  return { A: Nc ** alphaN, G: Sc ** alphaS, Bstar, alphaN, alphaS, alphaB };
}

/** One curve for each model size and batch size, without the warm-up. */
function curvesOf(points: TrajectoryPoints, warmup: number): TrainingCurve[] {
  const rows = new Map<string, number[]>();
  for (let i = 0; i < points.loss.length; i++) {
    const isUsable = [points.params, points.steps, points.batchSize, points.loss].every((column) => column[i] > 0);
    if (!isUsable || points.steps[i] < warmup) continue;
    const run = `${String(points.params[i])} ${String(points.batchSize[i])}`;
    const known = rows.get(run);
    if (known === undefined) rows.set(run, [i]);
    else known.push(i);
  }
  return [...rows.values()].map((run) => {
    run.sort((a, b) => points.steps[a] - points.steps[b]);
    const curve = { params: points.params[run[0]], batchSize: points.batchSize[run[0]] };
    const steps = run.map((i) => points.steps[i]);
    const loss = run.map((i) => points.loss[i]);
    return run.length > dense ? { ...curve, ...thin(steps, loss) } : { ...curve, steps, loss };
  });
}

/** Geometric means of a dense curve in intervals that are even in ln S, so that its end does not outweigh the rest. */
function thin(steps: readonly number[], loss: readonly number[]): Pick<TrainingCurve, 'steps' | 'loss'> {
  const from = Math.log(steps[0]);
  const width = Math.log(steps[steps.length - 1] / steps[0]) / dense;
  const bins = Array.from({ length: dense }, () => ({ count: 0, steps: 0, loss: 0 }));
  for (const [i, s] of steps.entries()) {
    const bin = bins[Math.min(dense - 1, Math.floor((Math.log(s) - from) / width) || 0)];
    bin.count++;
    bin.steps += Math.log(s);
    bin.loss += Math.log(loss[i]);
  }
  const filled = bins.filter((bin) => bin.count > 0);
  return {
    steps: filled.map((bin) => Math.exp(bin.steps / bin.count)),
    loss: filled.map((bin) => Math.exp(bin.loss / bin.count)),
  };
}

/** Step (i), with the loss that is left to gain taken off. */
function estimateSize(
  curves: readonly ConvertedCurve[],
  time: TrajectoryEstimate['time'],
): Step<TrajectoryEstimate['size']> {
  const sizes = [...new Set(curves.map((curve) => curve.params))].sort((a, b) => a - b);
  if (sizes.length < least.sizes)
    return `Step (i) needs ${String(least.sizes)} model sizes; there ${sizes.length === 1 ? 'is' : 'are'} ${String(sizes.length)}.`;
  const table = sizes.map((params): ConvergedSize => {
    const points = curves
      .filter((curve) => curve.params === params)
      .flatMap((curve) => curve.loss.map((loss, i) => ({ loss, minSteps: curve.minSteps[i] })));
    const longest = points.reduce((most, point) => Math.max(most, point.minSteps), 0);
    const last = points.filter((point) => point.minSteps >= end * longest);
    const left = last.map(({ minSteps }) => (time === null ? 0 : (time.Sc / minSteps) ** time.alphaS));
    return { params, loss: mean(last.map((point) => point.loss)), left: mean(left) };
  });
  const line = fitLine(
    table.map((row) => Math.log(row.params)),
    table.map((row) => Math.log(row.loss - row.left)),
  );
  if (!(line.slope < 0)) return 'Step (i): the loss at the end of the runs does not fall as models grow.';
  return { alphaN: -line.slope, Nc: Math.exp(-line.intercept / line.slope), table };
}

/** Step (ii), with the model size that was trained at most batch sizes. */
function estimateBatch(curves: readonly TrainingCurve[]): Step<TrajectoryEstimate['batch']> {
  const bySize = new Map<number, TrainingCurve[]>();
  for (const curve of curves) bySize.set(curve.params, [...(bySize.get(curve.params) ?? []), curve]);
  const [most] = [...bySize.values()].sort((a, b) => b.length - a.length);
  if (curves.length === 0 || most.length < leastBatches)
    return `Step (ii) needs one model size at ${String(leastBatches)} or more batch sizes; the most are ${String(curves.length === 0 ? 0 : most.length)}.`;
  const [{ params }] = most;
  const named = `the ${String(most.length)} runs of ${formatQuantity(params)} parameters`;
  const table = measureTradeOffs(most);
  if (table.length < least.rungs)
    return `Step (ii): ${named} show the trade-off of steps and tokens at ${String(table.length)} of the losses that ${String(leastBatches)} of them pass; it needs ${String(least.rungs)}. Batch sizes further apart, or longer runs, would show it.`;
  const line = fitLine(
    table.map((row) => Math.log(row.loss)),
    table.map((row) => Math.log(row.criticalBatch)),
  );
  if (!(line.slope < 0)) return `Step (ii): in ${named} the critical batch size does not grow as the loss falls.`;
  return { alphaB: -1 / line.slope, Bstar: Math.exp(line.intercept), params, table };
}

/** Step (iii). */
function estimateTime(
  curves: readonly ConvertedCurve[],
  size: NonNullable<TrajectoryEstimate['size']>,
  nearlyConverged: number,
): Step<TrajectoryEstimate['time']> {
  const table = curves.flatMap((curve) =>
    curve.loss.map((loss, i): ConvertedPoint => {
      const { params, batchSize } = curve;
      const excess = loss - (size.Nc / params) ** size.alphaN;
      const used = excess > nearlyConverged * loss;
      return { params, batchSize, steps: curve.steps[i], loss, minSteps: curve.minSteps[i], excess, used };
    }),
  );
  const used = table.filter((row) => row.used);
  if (used.length < least.points)
    return `Step (iii) needs ${String(least.points)} points with ${String(100 * nearlyConverged)}% or more of their loss left to gain; there are ${String(used.length)}.`;
  const line = fitLine(
    used.map((row) => Math.log(row.minSteps)),
    used.map((row) => Math.log(row.excess)),
  );
  if (!(line.slope < 0)) return 'Step (iii): the loss does not fall with the steps.';
  return { alphaS: -line.slope, Sc: Math.exp(-line.intercept / line.slope), table };
}

/** Adds the steps that very large batches would have taken; the steps themselves while B_crit is not known. */
function convert(curve: TrainingCurve, batch: { alphaB: number; Bstar: number } | undefined): ConvertedCurve {
  if (batch === undefined) return { ...curve, minSteps: curve.steps };
  const { steps, loss, batchSize } = curve;
  const minSteps = steps.map((s, i) => s / (1 + batch.Bstar / loss[i] ** (1 / batch.alphaB) / batchSize));
  return { ...curve, minSteps };
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The line of least squares. */
function fitLine(x: readonly number[], y: readonly number[]): { slope: number; intercept: number } {
  const [mx, my] = [mean(x), mean(y)];
  let [xx, xy] = [0, 0];
  for (const [i, value] of x.entries()) {
    xx += (value - mx) ** 2;
    xy += (value - mx) * (y[i] - my);
  }
  return { slope: xy / xx, intercept: my - (xy / xx) * mx };
}
