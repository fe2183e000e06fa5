import { IsoflopError } from '../core/errors.ts';
import type { Fit } from '../fit/result.ts';
import { takesParamsAndTokens } from '../laws/allocation.ts';
import type { Law } from '../laws/law.ts';
import { allocate } from '../plan/allocate.ts';
import { quantityStyle } from './axis.ts';

/** The best use of a budget of compute. */
export interface Optimum {
  readonly flops: number;
  readonly params: number;
  readonly tokens: number;
  readonly loss: number;
}

/** A fit without its error estimates, for which an optimum costs nothing: each one with intervals visits every draw. */
export const withoutErrors = (fit: Fit): Fit => ({
  ...fit,
  bootstrap: null,
  covariance: { ...fit.covariance, matrix: null },
});

/** Where compute is best spent, or `null` for a law (or a fit) without an optimum. */
export function optimumOrNull(fit: Fit, law: Law, flops: number): Optimum | null {
  if (!takesParamsAndTokens(law)) return null;
  try {
    return allocate(withoutErrors(fit), flops);
  } catch (error) {
    if (error instanceof IsoflopError && error.code === 'NO_OPTIMUM') return null;
    throw error;
  }
}

/** Refuses a figure over N and D for a law that does not take both. */
export function requireParamsAndTokens(law: Law, figure: string): void {
  if (takesParamsAndTokens(law)) return;
  const inputs = law.inputs.map((input) => input.name);
  throw new IsoflopError('FIGURE_UNAVAILABLE', {
    figure,
    reason: `it needs a law of params and tokens, and ${law.id} is a law of ${inputs.join(' and ')}`,
  });
}

/** What the mouse shows at an optimum. */
export function optimumHover({ flops, params, tokens, loss }: Optimum): string {
  const print = (name: string, value: number): string => quantityStyle(name).format(value);
  return [
    `<b>Optimum at ${print('flops', flops)} FLOP</b>`,
    `N* ${print('params', params)}, D* ${print('tokens', tokens)}, ${print('ratio', tokens / params)} tokens/param`,
    `loss ${print('loss', loss)}`,
  ].join('<br>');
}

/** Smallest and largest of some numbers; what is not finite is left out. */
export function extent(values: ArrayLike<number>): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) continue;
    low = Math.min(low, values[i]);
    high = Math.max(high, values[i]);
  }
  return [low, high];
}
