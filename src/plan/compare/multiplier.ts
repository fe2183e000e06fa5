import { normalQuantile } from '../../core/special.ts';
import type { Law } from '../../laws/law.ts';
import { percentiles } from '../../uncertainty/predict.ts';
import { LossCurve } from './lossCurve.ts';
import type { ComparePath } from './path.ts';
import type { Thetas } from './resample.ts';
import { settle, type Settled } from './verdict.ts';

/** Everything that turns coefficients of two families into multipliers. */
export interface Frame {
  readonly law: Law;
  readonly path: ComparePath;
  /** FLOP per parameter and token of each family. */
  readonly factors: readonly [number, number];
  /** Logarithms of the axis between which the data of each family lie, and those of either. */
  readonly ranges: readonly [readonly [number, number], readonly [number, number]];
  readonly data: readonly [number, number];
  /** Logarithms of the axis at which the candidate is looked at, rising. */
  readonly grid: Float64Array;
  /** The same for the targets, in the order in which they were asked for. */
  readonly targets: Float64Array;
  /** The same outside the range, as far as the targets and at least a factor of ten beyond it. */
  readonly beyond: Float64Array;
  /** The multiplier counts as equal within this share of 1. */
  readonly equalWithin: number;
  readonly confidence: number;
}

/** A number with its interval; an end, or the number, is infinite where one family never reaches the other's loss. */
export interface Estimate {
  readonly value: number;
  readonly interval: readonly [number, number] | null;
}

/** The multiplier where the candidate has used a given amount of compute (or of the law's one input). */
export interface MultiplierPoint extends Estimate {
  /** Compute of the candidate. */
  readonly at: number;
  /** Loss that the candidate reaches there. */
  readonly loss: number;
  /** Probability, over the resamples, that the candidate is ahead; `null` without resamples. */
  readonly ahead: number | null;
  readonly settled: Settled;
}

/** The multiplier under one assumption about which parameters the families share. */
export interface MultiplierModel {
  readonly shared: readonly string[];
  readonly curve: readonly MultiplierPoint[];
  readonly targets: readonly MultiplierPoint[];
  /** Outside the range, rising; extrapolated. */
  readonly beyond: readonly MultiplierPoint[];
  /** Geometric mean over the range. */
  readonly mean: Estimate & { readonly ahead: number | null };
  /** d ln multiplier / d ln compute between the ends of the range. */
  readonly trend: Estimate & { readonly rising: number | null };
  readonly settled: Settled;
  /** Resamples that gave a multiplier. */
  readonly draws: number;
}

/** Logarithms of the multiplier for one set of coefficients. */
interface LogMultipliers {
  readonly grid: Float64Array;
  readonly targets: Float64Array;
  readonly beyond: Float64Array;
  readonly mean: number;
  readonly trend: number;
  /** Losses of the candidate on the grid, at the targets and beyond. */
  readonly losses: Float64Array;
}

/**
 * ln(C_A(L_B(C)) / C) for every C of the frame: how much more of the axis the baseline needs for the loss that the candidate
 * reaches. `undefined` where one of the paths does not exist.
 */
export function logMultipliers(frame: Frame, thetas: Thetas): LogMultipliers | undefined {
  const { law, path, factors, data, grid, targets, beyond } = frame;
  const baseline = LossCurve.create(law, thetas[0], path, factors[0], data);
  const candidate = LossCurve.create(law, thetas[1], path, factors[1], data);
  if (baseline === undefined || candidate === undefined) return undefined;
  const x = Float64Array.of(...grid, ...targets, ...beyond);
  const losses = candidate.losses(x);
  const logs = baseline.reaching(losses).map((needed, k) => needed - x[k]);
  const own = logs.subarray(0, grid.length);
  const width = grid[grid.length - 1] - grid[0];
  return {
    grid: own,
    targets: logs.subarray(grid.length, grid.length + targets.length),
    beyond: logs.subarray(grid.length + targets.length),
    mean: own.reduce((sum, value) => sum + value, 0) / own.length,
    trend: width > 0 ? (own[own.length - 1] - own[0]) / width : NaN,
    losses,
  };
}

/** Multipliers with their intervals, from the estimate and the resamples; `undefined` where the estimate has no path. */
export function summarizeMultipliers(
  frame: Frame,
  shared: readonly string[],
  estimate: Thetas,
  draws: readonly Thetas[],
): MultiplierModel | undefined {
  const found = logMultipliers(frame, estimate);
  if (found === undefined) return undefined;
  const samples = draws.flatMap((thetas) => logMultipliers(frame, thetas) ?? []);
  const { confidence, equalWithin } = frame;
  const sampleOf = (pick: (sample: LogMultipliers) => number): Float64Array =>
    Float64Array.from(samples.map(pick).filter((value) => !Number.isNaN(value)));
  const points = (x: Float64Array, which: 'grid' | 'targets' | 'beyond', offset: number): MultiplierPoint[] =>
    Array.from(x, (log, k) => {
      const sample = sampleOf((one) => one[which][k]);
      const interval = intervalOf(sample, confidence, draws.length);
      return {
        // Thirteen digits, so that a target of 1e22 is 1e22 again.
        at: Number(Math.exp(log).toPrecision(13)),
        value: Math.exp(found[which][k]),
        interval: exponential(interval),
        loss: found.losses[offset + k],
        ahead: shareAbove(sample),
        settled: settle([exponential(interval)], equalWithin),
      };
    });
  const curve = points(frame.grid, 'grid', 0);
  const means = sampleOf(({ mean }) => mean);
  const trends = sampleOf(({ trend }) => trend);
  return {
    shared,
    curve,
    targets: points(frame.targets, 'targets', frame.grid.length),
    beyond: points(frame.beyond, 'beyond', frame.grid.length + frame.targets.length),
    mean: {
      value: Math.exp(found.mean),
      interval: exponential(intervalOf(means, confidence, draws.length)),
      ahead: shareAbove(means),
    },
    trend: {
      value: found.trend,
      interval: intervalOf(trends, confidence, draws.length),
      rising: shareAbove(trends),
    },
    settled: settle(
      curve.map(({ interval }) => interval),
      equalWithin,
    ),
    draws: samples.length,
  };
}

type Interval = readonly [number, number] | null;

/** Share of the resamples that must give a number for an interval to be given. */
const enough = 0.9;

/** Stands for an infinite logarithm while quantiles are interpolated; a quantile beyond a part of it is infinite. */
const endless = 1e4;

function intervalOf(sample: Float64Array, confidence: number, draws: number): Interval {
  if (sample.length < Math.max(2, enough * draws)) return null;
  const bounded = sample.map((value) => Math.min(endless, Math.max(-endless, value)));
  const [low, high] = percentiles(bounded, confidence).map((value) =>
    Math.abs(value) > 0.01 * endless ? Math.sign(value) * Infinity : value,
  );
  return [low, high];
}

const exponential = (interval: Interval): Interval =>
  interval === null ? null : [Math.exp(interval[0]), Math.exp(interval[1])];

/** Share of a sample above zero, ties counted half. */
function shareAbove(sample: Float64Array): number | null {
  if (sample.length === 0) return null;
  let sum = 0;
  for (const value of sample) sum += value > 0 ? 1 : value === 0 ? 0.5 : 0;
  return sum / sample.length;
}

/** Standard error of the logarithm of the multiplier at the point of the curve that is nearest; 0 without intervals. */
export function errorAt({ curve, beyond }: MultiplierModel, at: number, confidence: number): number {
  const distance = (point: MultiplierPoint): number => Math.abs(Math.log(point.at / at));
  const { interval } = [...curve, ...beyond].reduce((a, b) => (distance(b) < distance(a) ? b : a));
  if (interval === null) return 0;
  const width = Math.log(interval[1] / interval[0]);
  return width / (2 * normalQuantile(0.5 + confidence / 2));
}

/** By what factor the baseline needs more tokens, params or compute for the loss that the candidate has at one design. */
export interface DesignMultiplier {
  readonly params: number;
  readonly tokens: number;
  readonly loss: number;
  /** Tokens of the baseline at the same params, over the candidate's. */
  readonly tokensMultiplier: Estimate;
  /** Params of the baseline at the same tokens, over the candidate's. */
  readonly paramsMultiplier: Estimate;
  /** Compute of the baseline at the same ratio of tokens to params, over the candidate's. */
  readonly computeMultiplier: Estimate;
}

/** Multipliers of tokens, params and compute at one design, for a law of params and tokens. */
export function designMultiplier(
  frame: Pick<Frame, 'law' | 'factors' | 'confidence'>,
  design: { readonly params: number; readonly tokens: number },
  estimate: Thetas,
  draws: readonly Thetas[],
): DesignMultiplier {
  const { law, factors, confidence } = frame;
  const logParams = Math.log(design.params);
  const logTokens = Math.log(design.tokens);
  const here = { kind: 'tokens', logParams } as const;
  const lossOf = (theta: Float64Array): number =>
    LossCurve.create(law, theta, here, factors[1], [logTokens, logTokens])?.losses(Float64Array.of(logTokens))[0] ??
    NaN;
  const along = (path: ComparePath, from: number): Estimate => {
    const log = (thetas: Thetas): number => {
      const curve = LossCurve.create(law, thetas[0], path, factors[0], [from, from]);
      return (curve?.reaching(Float64Array.of(lossOf(thetas[1])))[0] ?? NaN) - from;
    };
    const sample = Float64Array.from(draws.map(log).filter((value) => !Number.isNaN(value)));
    return { value: Math.exp(log(estimate)), interval: exponential(intervalOf(sample, confidence, draws.length)) };
  };
  const ratio = { kind: 'ratio', tokensPerParam: design.tokens / design.params } as const;
  const logFlops = Math.log(factors[0]) + logParams + logTokens;
  const compute = along(ratio, logFlops);
  // The baseline's compute over the candidate's, whose FLOP per parameter and token may be another number.
  const scale = factors[0] / factors[1];
  return {
    ...design,
    loss: lossOf(estimate[1]),
    tokensMultiplier: along(here, logTokens),
    paramsMultiplier: along({ kind: 'params', logTokens }, logParams),
    computeMultiplier: {
      value: compute.value * scale,
      interval: compute.interval === null ? null : [compute.interval[0] * scale, compute.interval[1] * scale],
    },
  };
}
