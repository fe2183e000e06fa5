import { IsoflopError } from '../core/errors.ts';
import type { Fit } from '../fit/result.ts';
import { takesParamsAndTokens } from '../laws/allocation.ts';
import type { Law } from '../laws/law.ts';
import { allocate } from '../plan/allocate.ts';
import { fittedRange } from '../report/fittedData.ts';
import { predictLoss } from '../uncertainty/predict.ts';
import { logSpace, quantityStyle } from './axis.ts';

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
export interface FrontierCurve {
  /** Quantity of the axis: `flops` for a law with an allocation, else the law's one input. */
  readonly axis: string;
  readonly x: Float64Array;
  readonly loss: Float64Array;
  /** Interval of the loss, NaN where there is none. */
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  /** What else is to say about each point: size and tokens of the optimum. */
  readonly notes: readonly string[];
  /** Indices of the points at the end of the data, at 10 and at 100 times that. */
  readonly milestones: readonly [number, number, number];
}

/**
 * Computes the curve: of the best loss that compute can buy for a law with an allocation, of the law itself for a law of
 * one input.
 *
 * @throws IsoflopError `FIGURE_UNAVAILABLE` for a law of several inputs without an optimum
 */
export function frontierCurve(fit: Fit, law: Law, confidence: number): FrontierCurve {
  const allocated = law.inputs.length > 1;
  if (allocated && !takesParamsAndTokens(law))
    throw new IsoflopError('FIGURE_UNAVAILABLE', {
      figure: 'frontier',
      reason: `${law.id} has no compute-optimal allocation`,
    });
  const axis = allocated ? 'flops' : law.inputs[0].name;
  if (axis === 'loss')
    throw new IsoflopError('FIGURE_UNAVAILABLE', {
      figure: 'frontier',
      reason: `${law.id} is a law of the loss, and the frontier goes to ${String(reach)} times the largest value of its axis`,
    });
  const [start, end] = fittedRange(fit, axis) ?? defaultRanges[axis] ?? [1, 100];
  const x = Float64Array.of(
    ...logSpace(Math.min(start, end / 2), end, inside),
    ...logSpace(end, end * reach, beyond).slice(1),
  );
  const milestones = [inside - 1, inside - 1 + (beyond - 1) / 2, x.length - 1] as const;
  return { axis, x, milestones, ...(allocated ? ofOptimum(fit, x, confidence) : ofInput(fit, axis, x, confidence)) };
}

type Values = Pick<FrontierCurve, 'loss' | 'lower' | 'upper' | 'notes'>;

function ofOptimum(fit: Fit, x: Float64Array, confidence: number): Values {
  const print = (name: string, value: number): string => quantityStyle(name).format(value);
  try {
    const plans = Array.from(x, (flops) => allocate(fit, flops, { confidence }));
    return {
      loss: Float64Array.from(plans, (plan) => plan.loss),
      lower: Float64Array.from(plans, (plan) => plan.intervals.loss?.[0] ?? NaN),
      upper: Float64Array.from(plans, (plan) => plan.intervals.loss?.[1] ?? NaN),
      notes: plans.map(({ params, tokens }) => `N* ${print('params', params)}, D* ${print('tokens', tokens)}`),
    };
  } catch (error) {
    if (!(error instanceof IsoflopError) || error.code !== 'NO_OPTIMUM') throw error;
    const { reason } = error.details as { readonly reason: string };
    throw new IsoflopError('FIGURE_UNAVAILABLE', { figure: 'frontier', reason });
  }
}

function ofInput(fit: Fit, input: string, x: Float64Array, confidence: number): Values {
  const { loss, lower, upper } = predictLoss(fit, { [input]: x }, { confidence });
  const none = new Float64Array(x.length).fill(NaN);
  return { loss, lower: lower ?? none, upper: upper ?? none, notes: Array.from(x, () => '') };
}
