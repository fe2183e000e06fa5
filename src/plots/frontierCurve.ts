import { IsoflopError } from '../core/errors.ts';
import type { Fit } from '../fit/result.ts';
import { takesParamsAndTokens } from '../laws/allocation.ts';
import type { Law } from '../laws/law.ts';
import { allocateEach, type AllocateEachOptions, type Allocation } from '../plan/allocate.ts';
import { fittedRange } from '../report/fittedData.ts';
import { predictLoss } from '../uncertainty/predict.ts';
import { logSpace } from './axis.ts';

/** How far beyond the data the curve goes, as a factor of compute (or of the law's one input). */
export const reach = 100;

/** Samples of the curve inside the data and beyond; both parts share the point at the end of the data. */
const inside = 33;
const beyond = 21;

/** Where the data of a fit without data are supposed to lie. */
const defaultRanges: Readonly<Record<string, readonly [number, number] | undefined>> = {
  flops: [1e18, 1e22],
  params: [1e8, 1e10],
  tokens: [1e9, 1e11],
};

/** The loss that a law expects along the axis of the figure. */
export interface FrontierCurve extends FrontierValues {
  /** Quantity of the axis: `flops` for a law with an allocation, else the law's one input. */
  readonly axis: string;
  readonly x: Float64Array;
  /** Indices of the points at the end of the data, at 10 and at 100 times that. */
  readonly milestones: readonly [number, number, number];
}

/** What a law says at some places of the axis. */
export interface FrontierValues {
  readonly loss: Float64Array;
  /** Interval of the loss, NaN where there is none. */
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  /** The best use of compute at each place; `null` for a law of one input. */
  readonly plans: readonly Allocation[] | null;
}

/**
 * The quantity over which the loss of a law is drawn: compute for a law with an allocation, else its one input.
 *
 * @param figure - named in the error
 * @throws IsoflopError `FIGURE_UNAVAILABLE` for a law of several inputs without an optimum
 */
export function frontierAxis(law: Law, figure: string): string {
  if (law.inputs.length > 1 && !takesParamsAndTokens(law))
    throw new IsoflopError('FIGURE_UNAVAILABLE', { figure, reason: `${law.id} has no compute-optimal allocation` });
  const axis = law.inputs.length > 1 ? 'flops' : law.inputs[0].name;
  if (axis === 'loss')
    throw new IsoflopError('FIGURE_UNAVAILABLE', {
      figure,
      reason: `${law.id} is a law of the loss, and the figure goes beyond the largest value of its axis`,
    });
  return axis;
}

/** Where the data of a fit lie on an axis, or are supposed to lie where it has none. */
export function dataRange(fit: Fit, axis: string): readonly [number, number] {
  return fittedRange(fit, axis) ?? defaultRanges[axis] ?? [1, 100];
}

/**
 * Computes the curve: of the best loss that compute can buy for a law with an allocation, of the law itself for a law of
 * one input.
 *
 * @throws IsoflopError `FIGURE_UNAVAILABLE` for a law of several inputs without an optimum
 */
export function frontierCurve(fit: Fit, law: Law, confidence: number): FrontierCurve {
  const axis = frontierAxis(law, 'frontier');
  const [start, end] = dataRange(fit, axis);
  const x = Float64Array.of(
    ...logSpace(Math.min(start, end / 2), end, inside),
    ...logSpace(end, end * reach, beyond).slice(1),
  );
  const milestones = [inside - 1, inside - 1 + (beyond - 1) / 2, x.length - 1] as const;
  return { axis, x, milestones, ...frontierAt(fit, law, x, confidence, 'frontier') };
}

/**
 * What a law says at some places of its axis.
 *
 * @param figure - named in the error
 * @param intervals - quantities of the plans that need intervals
 * @throws IsoflopError `FIGURE_UNAVAILABLE` for a fit without an optimum
 */
export function frontierAt(
  fit: Fit,
  law: Law,
  x: Float64Array,
  confidence: number,
  figure: string,
  intervals: AllocateEachOptions['intervals'] = ['loss'],
): FrontierValues {
  if (law.inputs.length === 1) return ofInput(fit, law.inputs[0].name, x, confidence);
  try {
    const plans = allocateEach(fit, Array.from(x), { confidence, intervals });
    return {
      loss: Float64Array.from(plans, (plan) => plan.loss),
      lower: Float64Array.from(plans, (plan) => plan.intervals.loss?.[0] ?? NaN),
      upper: Float64Array.from(plans, (plan) => plan.intervals.loss?.[1] ?? NaN),
      plans,
    };
  } catch (error) {
    if (!(error instanceof IsoflopError) || error.code !== 'NO_OPTIMUM') throw error;
    const { reason } = error.details as { readonly reason: string };
    throw new IsoflopError('FIGURE_UNAVAILABLE', { figure, reason });
  }
}

function ofInput(fit: Fit, input: string, x: Float64Array, confidence: number): FrontierValues {
  const { loss, lower, upper } = predictLoss(fit, { [input]: x }, { confidence });
  const none = new Float64Array(x.length).fill(NaN);
  return { loss, lower: lower ?? none, upper: upper ?? none, plans: null };
}
