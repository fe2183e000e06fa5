import { IsoflopError } from '../../core/errors.ts';
import { paramValues, type Fit } from '../../fit/result.ts';
import { evaluateLaw, type Law } from '../../laws/law.ts';
import { createResolver } from '../resolvePoint.ts';
import type { NextOptions } from './types.ts';

/**
 * A number that the loss surface determines, linearised: how far it is off is the weighted sum of how far the surface is off
 * (on the scale of the residuals) at some points.
 */
export interface Functional {
  readonly params: readonly number[];
  readonly tokens: readonly number[];
  readonly weights: readonly number[];
}

/** What the design is for. */
export interface Target {
  readonly params: number;
  readonly tokens: number;
  readonly flops: number;
  /** What the law predicts there. */
  readonly loss: number;
  readonly functional: Functional;
}

/** Step in ln N over which slopes along a budget are taken: short beside a decade, long beside rounding. */
const step = 0.05;

/**
 * The target as a linear functional of the loss surface. At the compute optimum of a budget the loss is stationary in N, so
 * that errors of the optimum do not move it and the error of the optimal loss is that of the surface there (envelope
 * theorem). The best size itself moves by the slope of the error along the budget over the curvature of the loss.
 *
 * @throws {@link IsoflopError} `QUANTITY_NOT_POSITIVE`, `NO_OPTIMUM`, `OPTION_INVALID`
 */
export function targetOf(
  fit: Fit,
  law: Law,
  { target, criterion = 'loss' }: NextOptions,
  scale: 'log' | 'raw',
): Target {
  const { params, tokens, flops } = createResolver(fit, law)({ ...target });
  if (params === null || tokens === null || flops === null)
    throw new IsoflopError('OPTION_INVALID', {
      option: 'target',
      value: JSON.stringify(target),
      expected: 'flops, or params and tokens',
    });
  const at = (shift: number): number =>
    evaluateLaw(law, paramValues(fit), {
      params: [params * Math.exp(shift)],
      tokens: [tokens * Math.exp(-shift)],
    })[0];
  const loss = at(0);
  if (criterion === 'loss')
    return { params, tokens, flops, loss, functional: { params: [params], tokens: [tokens], weights: [1] } };
  if (!('flops' in target))
    throw new IsoflopError('OPTION_INVALID', {
      option: '--criterion',
      value: criterion,
      expected: 'loss for a target of params and tokens; the best size belongs to a target of compute',
    });
  const onScale = (value: number): number => (scale === 'log' ? Math.log(value) : value);
  const curvature = (onScale(at(step)) - 2 * onScale(loss) + onScale(at(-step))) / step ** 2;
  if (!(curvature > 0))
    throw new IsoflopError('NO_OPTIMUM', { law: law.id, reason: 'the loss has no curvature along the budget' });
  const weight = 1 / (2 * step * curvature);
  return {
    params,
    tokens,
    flops,
    loss,
    functional: {
      params: [params * Math.exp(step), params * Math.exp(-step)],
      tokens: [tokens * Math.exp(-step), tokens * Math.exp(step)],
      weights: [-weight, weight],
    },
  };
}
