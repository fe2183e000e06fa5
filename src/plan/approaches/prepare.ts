import type { Fit } from '../../fit/result.ts';
import type { Approach, ApproachNumber, PreparedApproach } from './approach.ts';
import { approachTwoBias, type BudgetGrid } from './approachTwoBias.ts';
import type { ApproachColumns } from './columns.ts';
import { estimateEnvelope } from './envelope.ts';
import { estimateIsoflop } from './isoflop.ts';
import type { BudgetMinimum, MinimumMethod } from './minima.ts';
import { optimalLoss } from './optimalLoss.ts';
import { estimateParametric, sizesOrNull } from './parametric.ts';
import type { LogNoise } from './seedNoise.ts';
import type { Slice, Slices } from './slices.ts';
import { noIntervals } from './trend.ts';

/** How approaches 1 and 2 are resampled. */
export interface Sampling {
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
export function unprepared(
  approach: ApproachNumber,
  method: Approach['method'],
  reason: string,
  rest: Partial<Approach> = {},
): PreparedApproach {
  return {
    approach,
    method,
    at: () => ({ ...unanswered(approach, method, reason), ...rest }),
    paramsAt: (budgets) => budgets.map(() => null),
  };
}

/** Approach 1 of these points. */
export function envelopeApproach(columns: ApproachColumns, sampling: Sampling): PreparedApproach {
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
    paramsAt: (budgets) =>
      budgets.map((flops) => {
        const { advice, intervals } = at(flops);
        return { params: advice.params, interval: intervals.params };
      }),
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

/** Approach 2 of these budgets. */
export function isoflopApproach(
  fit: Fit,
  { kind, slices, unused, reason: fault }: Slices,
  method: MinimumMethod,
  sampling: Sampling,
): PreparedApproach {
  if (fault !== null) return unprepared(2, method, fault);
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
    paramsAt: (budgets) =>
      budgets.map((flops) => {
        const { advice, intervals } = at(flops);
        return { params: advice.params, interval: intervals.params };
      }),
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

/** Approach 3: the fitted law. */
export function parametricApproach(fit: Fit, confidence: number): PreparedApproach {
  return {
    approach: 3,
    method: 'law',
    at: (flops) => parametricAt(fit, flops, confidence),
    paramsAt: (budgets) => sizesOrNull(fit, budgets, confidence),
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
