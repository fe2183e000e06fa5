import type { Fit } from '../../fit/result.ts';
import { predictPoints } from '../../plan/predictPoints.ts';
import { halfWidth } from '../../uncertainty/halfWidth.ts';
import type { LiveRun } from './liveRuns.ts';

/** The loss that a fit expects of a run. */
export interface LivePrediction {
  readonly params: number;
  readonly tokens: number;
  readonly loss: number;
  /** Interval of a single run: the error of the coefficients, and how far runs lie about the law. */
  readonly interval: readonly [number, number] | null;
  /** How many times the largest (or, below 1, the smallest) of the fitted runs it is. */
  readonly extrapolation: {
    readonly params: number | null;
    readonly tokens: number | null;
    readonly flops: number | null;
  };
  /** Whether the sweep is still to train it; else it is a model beyond the sweep. */
  readonly isPlanned: boolean;
}

/** Models whose losses are predicted at most. */
const most = 3;
/** A model beyond the sweep has so many times its largest size and its largest budget. */
const beyond = 4;

type Point = Pick<LiveRun, 'params'> & { readonly tokens: number };

/** The most expensive runs that have not ended, each model and budget once; or what lies beyond all. */
function pointsOf(runs: readonly LiveRun[]): { readonly points: readonly Point[]; readonly isPlanned: boolean } {
  const open = runs.filter(({ status }) => status !== 'done' && status !== 'diverged');
  const distinct = new Map(
    open
      .toSorted((a, b) => b.plannedFlops - a.plannedFlops)
      .map(({ params, plannedTokens: tokens }) => [`${String(params)} ${String(tokens)}`, { params, tokens }] as const),
  );
  if (distinct.size > 0) return { points: [...distinct.values()].slice(0, most), isPlanned: true };
  const largest = (of: (run: LiveRun) => number): number => Math.max(...runs.map(of));
  const params = beyond * largest((run) => run.params);
  const tokens = beyond * largest((run) => run.plannedTokens);
  return { points: [{ params, tokens }], isPlanned: false };
}

/** Predicts the most expensive runs of a family that have not ended, or where all have, a model four times as large. */
export function predictPlanned(fit: Fit, runs: readonly LiveRun[], confidence: number): LivePrediction[] {
  const { points, isPlanned } = pointsOf(runs);
  const spread = spreadOf(fit, confidence);
  return predictPoints(fit, points, { confidence }).points.map(({ loss, interval, extrapolation }, k) => ({
    ...points[k],
    loss,
    interval: interval === null ? null : widened(loss, interval, spread),
    extrapolation,
    isPlanned,
  }));
}

/** How far a single run lies from the law at most, in ln loss, with the given confidence. */
function spreadOf({ points, params, residualRms }: Fit, confidence: number): number {
  const free = points - Object.keys(params).length;
  return free > 0 ? halfWidth(confidence, free) * residualRms * Math.sqrt(points / free) : Infinity;
}

/** An interval of the law's mean as one of a single run: the two errors are independent. */
function widened(loss: number, [low, high]: readonly [number, number], spread: number): [number, number] | null {
  const reach = Math.hypot(Math.log(high / low) / 2, spread);
  const ends: [number, number] = [loss * Math.exp(-reach), loss * Math.exp(reach)];
  return ends.every((end) => end > 0 && Number.isFinite(end)) ? ends : null;
}
