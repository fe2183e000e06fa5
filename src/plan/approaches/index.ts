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
  const settings = checkOptions(fit, flops, options);
  const { approaches, noise, resamples, seed, confidence } = settings;
  const columns = columnsOf(fit);
  const surface = surfaceOf(fit, lawOf(fit));
  const slices: Slices = 'fault' in columns ? { kind: 'none', slices: [], unused: 0 } : slicesOf(columns, surface);
  const resolved = resolveNoise(noise, slices.slices);
  const sampling = { noise: resolved.of, resamples, seed, confidence };
  const answers = approaches.flatMap((approach): Approach[] => {
    if (approach === 3) return [parametricApproach(fit, flops, confidence)];
    if (approach === 1)
      return [
        'fault' in columns ? unanswered(1, 'envelope', columns.fault) : envelopeApproach(columns, flops, sampling),
      ];
    return (['parabola', 'akima'] as const).map((method) =>
      'fault' in columns ? unanswered(2, method, columns.fault) : isoflopApproach(fit, slices, method, flops, sampling),
    );
  });
  return { flops, confidence, noise: resolved.text, resamples, seed, approaches: answers, budgets: slices.kind };
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

function envelopeApproach(columns: ApproachColumns, flops: number, sampling: Sampling): Approach {
  const found = estimateEnvelope(columns, flops, sampling);
  const { steps, advice, kind, curves, alone, range, reason } = found;
  const points = columns.loss.length;
  const what = kind === 'runs' ? 'runs with checkpoints' : 'sizes trained to several ends';
  const base = {
    ...nothing,
    approach: 1,
    method: 'envelope',
    steps,
    data: `${String(points - alone)} of ${String(points)} points on ${String(curves)} curves (${what})`,
    reason,
  } as const;
  if (advice === null || range === null) return base;
  const loss = optimalLoss(
    steps.map((step) => step.flops),
    steps.map((step) => step.loss),
    flops,
    sampling.confidence,
  );
  const few = steps.length < 5 ? [`only ${String(steps.length)} sizes are on the envelope`] : [];
  const decay =
    kind === 'runs'
      ? ['checkpoints taken before the learning rate decayed lie above the loss of a run that ended there']
      : [];
  return {
    ...base,
    ...advice,
    loss: loss?.loss ?? null,
    intervals: { ...(found.intervals ?? noIntervals), loss: loss?.interval ?? null },
    data: `${base.data}; ${String(steps.length)} sizes are best somewhere from ${range[0].toExponential(1)} to ${range[1].toExponential(1)} FLOP`,
    notes: [...few, ...decay],
  };
}

function isoflopApproach(
  fit: Fit,
  { kind, slices, unused }: Slices,
  method: MinimumMethod,
  flops: number,
  sampling: Sampling,
): Approach {
  if (kind === 'none')
    return unanswered(
      2,
      method,
      'the runs were not made at a few budgets of compute, and have no checkpoints at which curves could be read at one',
    );
  const found = estimateIsoflop(slices, method, flops, sampling);
  const { budgets, advice } = found;
  const used = budgets.filter((budget) => budget.isUsed);
  const points = slices.reduce((sum, slice) => sum + slice.runs, 0);
  const where = kind === 'isoflop' ? 'runs at' : 'learning curves read at';
  const base = {
    ...nothing,
    approach: 2,
    method,
    budgets,
    data: `${String(points)} ${where} ${String(budgets.length)} budgets, ${String(used.length)} with a minimum${unused > 0 ? `; ${String(unused)} runs between the budgets` : ''}`,
    reason: found.reason,
    notes: budgets.flatMap(({ flops: at, reason }) =>
      reason === null ? [] : [`${at.toExponential(2)} FLOP dropped: ${reason}`],
    ),
  } as const;
  if (advice === null) return base;
  const loss = optimalLoss(
    used.map((budget) => budget.flops),
    used.map((budget) => budget.loss ?? NaN),
    flops,
    sampling.confidence,
  );
  const bias = approachTwoBias(fit, gridOf(slices, budgets, method), flops, method);
  const { scatter } = found;
  const scattered =
    scatter !== null && scatter > 1
      ? [
          `the minima lie ${scatter.toFixed(1)} times as far from their line as the noise explains; intervals are widened by it`,
        ]
      : [];
  return {
    ...base,
    ...advice,
    loss: loss?.loss ?? null,
    intervals: { ...(found.intervals ?? noIntervals), loss: loss?.interval ?? null },
    ordinary: found.ordinary,
    weighted: found.weighted,
    bias: 'fault' in bias ? null : bias,
    notes: [...base.notes, ...scattered, ...('fault' in bias ? [`no bias can be told: ${bias.fault}`] : [])],
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

function parametricApproach(fit: Fit, flops: number, confidence: number): Approach {
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

function checkOptions(
  fit: Fit,
  flops: number,
  options: ApproachOptions,
): Required<ApproachOptions> & { confidence: number } {
  if (typeof flops !== 'number' || !(flops > 0 && flops < Infinity))
    throw new IsoflopError('QUANTITY_NOT_POSITIVE', { what: 'flops', value: flops });
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
