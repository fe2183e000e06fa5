import { IsoflopError } from '../../core/errors.ts';
import type { Fit } from '../../fit/result.ts';
import { lawOf } from '../../laws/index.ts';
import { checkConfidence } from '../../uncertainty/predict.ts';
import type { Approach, ApproachNumber, PreparedApproach } from './approach.ts';
import { columnsOf, surfaceOf } from './columns.ts';
import { envelopeApproach, isoflopApproach, parametricApproach, unprepared } from './prepare.ts';
import { resolveNoise, type SeedNoise } from './seedNoise.ts';
import { noSlices, slicesOf, type Slices } from './slices.ts';

export type { Approach, ApproachNumber, PreparedApproach } from './approach.ts';

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
  const slices: Slices = 'fault' in columns ? noSlices(columns.fault, 0) : slicesOf(columns, surface);
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
