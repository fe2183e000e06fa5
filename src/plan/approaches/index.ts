import { IsoflopError } from '../../core/errors.ts';
import type { Fit } from '../../fit/result.ts';
import { lawOf } from '../../laws/index.ts';
import { checkConfidence } from '../../uncertainty/predict.ts';
import { approachTwoBias, type ApproachTwoBias, type BudgetGrid } from './approachTwoBias.ts';
import { columnsOf, surfaceOf, type ApproachColumns } from './columns.ts';
import { estimateEnvelope, type EnvelopeStep } from './envelope.ts';
import { estimateIsoflop } from './isoflop.ts';
import type { BudgetMinimum, MinimumMethod } from './minima.ts';
import { optimalLoss } from './optimalLoss.ts';
import { estimateParametric } from './parametric.ts';
import { resolveNoise, type LogNoise, type SeedNoise } from './seedNoise.ts';
import { slicesOf, type Slice, type Slices } from './slices.ts';
import { noIntervals, type Advice, type AdviceIntervals, type Interval } from './trend.ts';

/** The three approaches of the Chinchilla paper: 1 envelope, 2 isoFLOP minima, 3 parametric law. */
export type ApproachNumber = 1 | 2 | 3;

/** What one approach says about a compute budget. */
export interface Approach {
  readonly approach: ApproachNumber;
  /** `envelope`, `parabola` (approach 2 with parabolas), `akima` (approach 2 with interpolation) or `law`. */
  readonly method: 'envelope' | 'parabola' | 'akima' | 'law';
  /** Exponents of N* ~ C^a and D* ~ C^b, or `null` with a reason. */
  readonly paramsExponent: number | null;
  readonly tokensExponent: number | null;
  /** N*, D* and D* / N* at the target. */
  readonly params: number | null;
  readonly tokens: number | null;
  readonly tokensPerParam: number | null;
  /** Loss there: of the law; for the others by a saturating power law through the losses of their optima. */
  readonly loss: number | null;
  readonly intervals: AdviceIntervals & { readonly loss: Interval };
  /** What it rests on, in words. */
  readonly data: string;
  /** Why it has no answer, or `null`. */
  readonly reason: string | null;
  /** What to know about it: budgets that were dropped, scatter beyond the noise. */
  readonly notes: readonly string[];
  /** Approach 2: the minimum of each budget. */
  readonly budgets: readonly BudgetMinimum[];
  /** Approach 1: the sizes on the envelope. */
  readonly steps: readonly EnvelopeStep[];
  /** Approach 2 with all budgets alike (which the parabola's numbers are) and weighted by their noise (which Akima's are). */
  readonly ordinary: Advice | null;
  readonly weighted: Advice | null;
  /** Approach 2: the error that its method makes on this grid without noise, if the fitted law were the truth. */
  readonly bias: ApproachTwoBias | null;
}

/** Several approaches to one question. */
export interface ApproachComparison {
  /** Target compute, FLOP. */
  readonly flops: number;
  readonly confidence: number;
  /** Seed noise with which minima were resampled, in words. */
  readonly noise: string;
  readonly resamples: number;
  readonly seed: number;
  readonly approaches: readonly Approach[];
  /** Approach 2 needs budgets: those of the runs, those read off learning curves, or none. */
  readonly budgets: Slices['kind'];
}

/** Options of {@link compareApproaches}. */
export interface ApproachOptions {
  /** Which ones; all three unless given. */
  readonly approaches?: readonly ApproachNumber[];
  /** Probability of the intervals; that of the fit unless given. */
  readonly confidence?: number | undefined;
  /** Seed noise of the losses; `auto` unless given. */
  readonly noise?: SeedNoise;
  /** Resamples with seed noise; 1000 unless given. */
  readonly resamples?: number;
  /** Seed of the resamples; 0 unless given. */
  readonly seed?: number;
}

/** An approach that is ready to answer for any compute. */
export interface PreparedApproach {
  readonly approach: ApproachNumber;
  readonly method: Approach['method'];
  /** All that it says about a compute in FLOP. */
  readonly at: (flops: number) => Approach;
  /** N* with its interval there, and no more, which is quicker; `null` where the approach has no answer. */
  readonly paramsAt: (flops: number) => { readonly params: number; readonly interval: Interval } | null;
}

/** Approaches that have done their resampling, and what they work on. */
export interface PreparedApproaches {
  readonly prepared: readonly PreparedApproach[];
  /** Losses at each budget, as approach 2 sees them. */
  readonly slices: Slices;
  /** Seed noise, in words. */
  readonly noise: string;
}

/**
 * Asks three approaches for the compute-optimal model at a target: the envelope of loss against compute, the minima of isoFLOP
 * curves (by parabola and by interpolation), and the fitted law; each with its exponents, intervals, and what it rests on.
 * Approach 2 also gets the error that it would make on this very grid if the fitted law were the truth.
 *
 * Approaches 1 and 2 read the points that were fitted (`fit.fitted`: at most 20,000, thinned evenly), so `--where` and the
 * like hold for them as well. What an approach cannot answer is a result with a reason.
 *
 * @param flops - target compute, FLOP
 * @throws {@link IsoflopError} `QUANTITY_NOT_POSITIVE`, `OPTION_INVALID`
 * @see arXiv 2203.15556, section 3
 * @example
 * ```ts
 * const { approaches } = compareApproaches(fit, 5.76e23, { resamples: 200 });
 * approaches.map(({ method, tokensPerParam }) => [method, tokensPerParam]);
 * ```
 */
export function compareApproaches(fit: Fit, flops: number, options: ApproachOptions = {}): ApproachComparison {
  if (typeof flops !== 'number' || !(flops > 0 && flops < Infinity))
    throw new IsoflopError('QUANTITY_NOT_POSITIVE', { what: 'flops', value: flops });
  const { resamples, seed, confidence } = checkOptions(fit, options);
  const { prepared, slices, noise } = prepareApproaches(fit, options);
  const approaches = prepared.map((one) => one.at(flops));
  return { flops, confidence, noise, resamples, seed, approaches, budgets: slices.kind };
}

/**
 * The approaches of {@link compareApproaches}, ready to be asked about several targets: the resampling is done once.
 *
 * @throws {@link IsoflopError} `OPTION_INVALID`
 */
export function prepareApproaches(fit: Fit, options: ApproachOptions = {}): PreparedApproaches {
  const { approaches, noise, resamples, seed, confidence } = checkOptions(fit, options);
  const columns = columnsOf(fit);
  const surface = surfaceOf(fit, lawOf(fit));
  const slices: Slices = 'fault' in columns ? { kind: 'none', slices: [], unused: 0 } : slicesOf(columns, surface);
  const resolved = resolveNoise(noise, slices.slices);
  const sampling = { noise: resolved.of, resamples, seed, confidence };
  const prepared = approaches.flatMap((approach): PreparedApproach[] => {
    if (approach === 3) return [parametricApproach(fit, confidence)];
    if (approach === 1)
      return ['fault' in columns ? unprepared(1, 'envelope', columns.fault) : envelopeApproach(columns, sampling)];
    return (['parabola', 'akima'] as const).map((method) =>
      'fault' in columns ? unprepared(2, method, columns.fault) : isoflopApproach(fit, slices, method, sampling),
    );
  });
  return { prepared, slices, noise: resolved.text };
}

interface Sampling {
  readonly noise: LogNoise;
  readonly resamples: number;
  readonly seed: number;
  readonly confidence: number;
}

const nothing = {
  paramsExponent: null,
  tokensExponent: null,
  params: null,
  tokens: null,
  tokensPerParam: null,
  loss: null,
  intervals: { ...noIntervals, loss: null },
  notes: [],
  budgets: [],
  steps: [],
  ordinary: null,
  weighted: null,
  bias: null,
  data: '',
} as const;

function unanswered(approach: ApproachNumber, method: Approach['method'], reason: string): Approach {
  return { ...nothing, approach, method, reason };
}

/** An approach without an answer for any compute. */
function unprepared(
  approach: ApproachNumber,
  method: Approach['method'],
  reason: string,
  rest: Partial<Approach> = {},
): PreparedApproach {
  return { approach, method, at: () => ({ ...unanswered(approach, method, reason), ...rest }), paramsAt: () => null };
}

function envelopeApproach(columns: ApproachColumns, sampling: Sampling): PreparedApproach {
  const { steps, at, kind, curves, alone, range, reason } = estimateEnvelope(columns, sampling);
  const points = columns.loss.length;
  const what = kind === 'runs' ? 'runs with checkpoints' : 'sizes trained to several ends';
  const data = `${String(points - alone)} of ${String(points)} points on ${String(curves)} curves (${what})`;
  if (at === null || range === null) return unprepared(1, 'envelope', reason ?? '', { steps, data });
  const [from, to] = range.map((flops) => flops.toExponential(1));
  const few = steps.length < 5 ? [`only ${String(steps.length)} sizes are on the envelope`] : [];
  const decay =
    kind === 'runs'
      ? ['checkpoints taken before the learning rate decayed lie above the loss of a run that ended there']
      : [];
  return {
    approach: 1,
    method: 'envelope',
    paramsAt: (flops) => {
      const { advice, intervals } = at(flops);
      return { params: advice.params, interval: intervals.params };
    },
    at: (flops) => {
      const { advice, intervals } = at(flops);
      const [computes, losses] = [steps.map((step) => step.flops), steps.map((step) => step.loss)];
      const loss = optimalLoss(computes, losses, flops, sampling.confidence);
      return {
        ...nothing,
        ...advice,
        approach: 1,
        method: 'envelope',
        steps,
        loss: loss?.loss ?? null,
        intervals: { ...intervals, loss: loss?.interval ?? null },
        data: `${data}; ${String(steps.length)} sizes are best somewhere from ${from} to ${to} FLOP`,
        reason: null,
        notes: [...few, ...decay],
      };
    },
  };
}

function isoflopApproach(
  fit: Fit,
  { kind, slices, unused }: Slices,
  method: MinimumMethod,
  sampling: Sampling,
): PreparedApproach {
  if (kind === 'none')
    return unprepared(
      2,
      method,
      'the runs were not made at a few budgets of compute, and have no checkpoints at which curves could be read at one',
    );
  const { budgets, at, scatter, reason } = estimateIsoflop(slices, method, sampling);
  const used = budgets.filter((budget) => budget.isUsed);
  const points = slices.reduce((sum, slice) => sum + slice.runs, 0);
  const where = kind === 'isoflop' ? 'runs at' : 'readings of learning curves at';
  const between = unused > 0 ? `; ${String(unused)} runs between the budgets` : '';
  const data = `${String(points)} ${where} ${String(budgets.length)} budgets, ${String(used.length)} with a minimum${between}`;
  const dropped = budgets.flatMap((budget) =>
    budget.reason === null ? [] : [`${budget.flops.toExponential(2)} FLOP dropped: ${budget.reason}`],
  );
  if (at === null) return unprepared(2, method, reason ?? '', { budgets, data, notes: dropped });
  const scattered =
    scatter !== null && scatter > 1
      ? [
          `the minima lie ${scatter.toFixed(1)} times as far from their line as the noise explains; intervals are widened by it`,
        ]
      : [];
  const grid = gridOf(slices, budgets, method);
  return {
    approach: 2,
    method,
    paramsAt: (flops) => {
      const { advice, intervals } = at(flops);
      return { params: advice.params, interval: intervals.params };
    },
    at: (flops) => {
      const { advice, intervals, ordinary, weighted } = at(flops);
      const [computes, losses] = [used.map((one) => one.flops), used.map((one) => one.loss ?? NaN)];
      const loss = optimalLoss(computes, losses, flops, sampling.confidence);
      const bias = approachTwoBias(fit, grid, flops, method);
      const untold = 'fault' in bias ? [`no bias can be told: ${bias.fault}`] : [];
      return {
        ...nothing,
        ...advice,
        approach: 2,
        method,
        budgets,
        loss: loss?.loss ?? null,
        intervals: { ...intervals, loss: loss?.interval ?? null },
        ordinary,
        weighted,
        bias: 'fault' in bias ? null : bias,
        data,
        reason: null,
        notes: [...dropped, ...scattered, ...untold],
      };
    },
  };
}

/** The sizes of the budgets that take part, with their weights in the regression. */
function gridOf(slices: readonly Slice[], budgets: readonly BudgetMinimum[], method: MinimumMethod): BudgetGrid[] {
  return slices.flatMap(({ flops, logParams }, k) => {
    const { isUsed, deviation } = budgets[k];
    return isUsed && deviation !== null
      ? [{ flops, params: logParams.map(Math.exp), weight: method === 'akima' ? 1 / deviation ** 2 : 1 }]
      : [];
  });
}

function parametricApproach(fit: Fit, confidence: number): PreparedApproach {
  return {
    approach: 3,
    method: 'law',
    at: (flops) => parametricAt(fit, flops, confidence),
    paramsAt: (flops) => {
      const { allocation } = estimateParametric(fit, flops, confidence);
      return allocation === null ? null : { params: allocation.params, interval: allocation.intervals.params };
    },
  };
}

function parametricAt(fit: Fit, flops: number, confidence: number): Approach {
  const { allocation, exponents, reason } = estimateParametric(fit, flops, confidence);
  if (allocation === null) return unanswered(3, 'law', reason ?? '');
  const { params, tokens, tokensPerParam, loss, intervals } = allocation;
  const interval = exponents?.interval ?? null;
  return {
    ...nothing,
    approach: 3,
    method: 'law',
    paramsExponent: exponents?.params ?? null,
    tokensExponent: exponents === null ? null : 1 - exponents.params,
    params,
    tokens,
    tokensPerParam,
    loss,
    intervals: {
      ...intervals,
      paramsExponent: interval,
      tokensExponent: interval === null ? null : [1 - interval[1], 1 - interval[0]],
    },
    data: fit.points === 0 ? 'published coefficients' : `${String(fit.points)} points, ${fit.law} (${fit.status})`,
    reason: null,
    notes: fit.reasons,
  };
}

const allApproaches: readonly ApproachNumber[] = [1, 2, 3];

function checkOptions(fit: Fit, options: ApproachOptions): Required<ApproachOptions> & { confidence: number } {
  const { approaches = allApproaches, noise = 'auto', resamples = 1000, seed = 0 } = options;
  if (approaches.length === 0 || !approaches.every((one) => allApproaches.includes(one)))
    throw invalid('approaches', approaches.join(','), 'some of 1, 2 and 3');
  if (typeof noise === 'number' ? !(noise >= 0 && noise < Infinity) : !['auto', 'rule', 'data'].includes(noise))
    throw invalid('noise', String(noise), 'auto, rule, data or a standard deviation in nats, such as 0.005');
  if (!Number.isInteger(resamples) || resamples < 0 || resamples > 1e5)
    throw invalid('resamples', String(resamples), 'a whole number from 0 to 100,000');
  if (!Number.isSafeInteger(seed)) throw invalid('seed', String(seed), 'a whole number');
  const confidence = checkConfidence(options.confidence ?? fit.confidence);
  return { approaches: allApproaches.filter((one) => approaches.includes(one)), noise, resamples, seed, confidence };
}

const invalid = (option: string, value: string, expected: string): IsoflopError =>
  new IsoflopError('OPTION_INVALID', { option, value, expected });
