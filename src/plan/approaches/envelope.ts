import { createRandom, type Random } from '../../core/random.ts';
import type { ApproachColumns } from './columns.ts';
import { between, curvesOf, placeOn, type Curves } from './curves.ts';
import { fitLine } from './line.ts';
import type { LogNoise } from './seedNoise.ts';
import { adviceIntervals, adviceOf, scatterWidths, type Advice, type AdviceIntervals, type Trends } from './trend.ts';

/** A model size on the envelope, over the compute at which it is the best of those trained. */
export interface EnvelopeStep {
  readonly params: number;
  /** Geometric middle of the compute at which this size is best, FLOP. */
  readonly flops: number;
  readonly tokens: number;
  readonly loss: number;
  /** Share of the compared compute values at which this size is best. */
  readonly share: number;
}

/** What the lower envelope of loss against compute says. */
export interface EnvelopeEstimate {
  /** Whether curves are runs with checkpoints, or the runs of one size trained to different ends. */
  readonly kind: 'runs' | 'sizes';
  /** Curves that were compared, and points that belong to none. */
  readonly curves: number;
  readonly alone: number;
  /** Range of compute in which the best size has a smaller and a larger one beside it, FLOP. */
  readonly range: readonly [number, number] | null;
  readonly steps: readonly EnvelopeStep[];
  /** The advice for a compute in FLOP, or `null` with a reason. */
  readonly at: ((flops: number) => { readonly advice: Advice; readonly intervals: AdviceIntervals }) | null;
  readonly reason: string | null;
}

/** Compute values at which curves are compared. */
const gridSize = 200;

/** Curves that must be there for one of them to count as the best: a smaller, the best and a larger one. */
const fewestCurves = 3;

/** What is best at one compute value. */
interface Best {
  readonly curve: number;
  readonly logFlops: number;
  readonly logTokens: number;
  readonly logLoss: number;
}

/**
 * Approach 1: at each compute the size of least loss, from curves of loss against compute (log-linear between points), and a
 * power law through them.
 *
 * A compute value counts only where the best size is neither the smallest nor the largest that was trained so far. Sizes are
 * steps, so each enters with the middle of the compute at which it is best, weighted by how long that is; a regression on
 * all compute values, as in the paper, would be flatter by 1 / steps^2.
 *
 * @param columns - quantities of the points
 * @param options - `noise`: standard deviation of ln L over seeds; one draw for each run and resample
 * @see arXiv 2203.15556, section 3.1
 */
export function estimateEnvelope(
  columns: ApproachColumns,
  options: {
    readonly noise: LogNoise;
    readonly resamples: number;
    readonly seed: number;
    readonly confidence: number;
  },
): EnvelopeEstimate {
  const found = curvesOf(columns);
  const base = { kind: found.kind, curves: found.curves.length, alone: found.alone };
  const none = (reason: string, steps: readonly EnvelopeStep[] = []): EnvelopeEstimate => ({
    ...base,
    range: null,
    steps,
    at: null,
    reason,
  });
  if (found.curves.length < fewestCurves)
    return none(
      `${String(found.curves.length)} curves of loss against compute, and an envelope needs ${String(fewestCurves)}: no run has checkpoints and too few sizes were trained to several ends`,
    );
  const stations = stationsOf(found);
  const bests = bestOf(found, stations);
  const steps = stepsOf(found, bests);
  if (steps.length < 2)
    return none(
      'fewer than two sizes are best anywhere with a smaller and a larger one beside them, and a trend needs two',
      steps,
    );
  const trends = trendsOf(steps);
  if (trends === null) return none('the sizes are best at the same compute', steps);
  const deviations = found.curves.map((curve) => curve.logLoss.map(options.noise));
  const resampled = Array.from({ length: options.resamples }, (_, draw) =>
    trendsOf(
      stepsOf(found, bestOf(found, stations, drawNoise(found.kind, deviations, createRandom(options.seed, draw)))),
    ),
  ).filter((one) => one !== null);
  return {
    ...base,
    range: [Math.exp(bests[0].logFlops), Math.exp(bests[bests.length - 1].logFlops)],
    steps,
    at: (flops) => {
      const advice = adviceOf(trends, flops);
      const others = resampled.map((one) => adviceOf(one, flops));
      const floor = scatterWidths(trends, flops, steps.length, options.confidence);
      return { advice, intervals: adviceIntervals(advice, others, options.confidence, { floor }) };
    },
    reason: null,
  };
}

/** Where a curve lies at a compute value. */
interface Crossing {
  readonly curve: number;
  readonly index: number;
  readonly share: number;
  /** ln L of the curve there. */
  readonly logLoss: number;
}

/** The curves that reach each compute value, and the smallest and largest of their sizes. */
interface Station {
  readonly logFlops: number;
  readonly crossings: readonly Crossing[];
  readonly range: readonly [number, number];
}

function stationsOf({ curves }: Curves): Station[] {
  const starts = curves.map((curve) => curve.logFlops[0]).sort((a, b) => a - b);
  const ends = curves.map((curve) => curve.logFlops[curve.logFlops.length - 1]).sort((a, b) => b - a);
  const [low, high] = [starts[fewestCurves - 1], ends[fewestCurves - 1]];
  return Array.from({ length: gridSize }, (_, k) => {
    const logFlops = low + ((high - low) * k) / (gridSize - 1);
    const crossings = curves.flatMap((one, curve): Crossing[] => {
      const place = placeOn(one, logFlops);
      return place === null ? [] : [{ curve, ...place, logLoss: between(one.logLoss, place) }];
    });
    const sizes = crossings.map(({ curve }) => curves[curve].logParams);
    return { logFlops, crossings, range: [Math.min(...sizes), Math.max(...sizes)] };
  });
}

/** Noise of each point of each curve: one draw for a run, one for each of several runs of a size. */
function drawNoise(kind: Curves['kind'], deviations: readonly Float64Array[], random: Random): Float64Array[] {
  return deviations.map((deviation) => {
    if (kind === 'sizes') return deviation.map((value) => value * random.normal());
    const shared = random.normal();
    return deviation.map((value) => value * shared);
  });
}

/** The best curve at each compute value at which it is neither the smallest nor the largest. */
function bestOf({ curves }: Curves, stations: readonly Station[], noise?: readonly Float64Array[]): Best[] {
  const bests: Best[] = [];
  for (const { logFlops, crossings, range } of stations) {
    let best: Crossing | undefined;
    let lowest = Infinity;
    for (const crossing of crossings) {
      const value = crossing.logLoss + (noise === undefined ? 0 : between(noise[crossing.curve], crossing));
      if (value < lowest) [best, lowest] = [crossing, value];
    }
    if (best === undefined) continue;
    const { logParams, logTokens } = curves[best.curve];
    if (!(logParams > range[0] && logParams < range[1])) continue;
    bests.push({ curve: best.curve, logFlops, logTokens: between(logTokens, best), logLoss: lowest });
  }
  return bests;
}

/** One step for each size that is best somewhere. */
function stepsOf({ curves }: Curves, bests: readonly Best[]): EnvelopeStep[] {
  const reigns = new Map<number, Best[]>();
  for (const best of bests) {
    const reign = reigns.get(best.curve);
    if (reign === undefined) reigns.set(best.curve, [best]);
    else reign.push(best);
  }
  return [...reigns]
    .map(([curve, reign]) => {
      const mean = (pick: (best: Best) => number): number =>
        Math.exp(reign.reduce((sum, best) => sum + pick(best), 0) / reign.length);
      return {
        params: Math.exp(curves[curve].logParams),
        flops: mean((best) => best.logFlops),
        tokens: mean((best) => best.logTokens),
        loss: mean((best) => best.logLoss),
        share: reign.length / gridSize,
      };
    })
    .sort((a, b) => a.flops - b.flops);
}

function trendsOf(steps: readonly EnvelopeStep[]): Trends | null {
  if (steps.length < 2) return null;
  const logC = steps.map((step) => Math.log(step.flops));
  const weights = steps.map((step) => step.share);
  const params = fitLine(
    logC,
    steps.map((step) => Math.log(step.params)),
    weights,
  );
  const tokens = fitLine(
    logC,
    steps.map((step) => Math.log(step.tokens)),
    weights,
  );
  return params === null || tokens === null ? null : { params, tokens };
}
