import { defineFormula } from './formula/defineFormula.ts';
import { batchSize } from './inputs.ts';
import { positive } from './lawParams.ts';

/**
 * Optimiser steps that one model takes to one loss, as a function of the batch size: S = Smin (1 + Bcrit / B).
 *
 * It is the trade-off of steps and tokens (S / Smin - 1) (E / Emin - 1) = 1 with E = B S tokens, where
 * Emin = Bcrit Smin: ever larger batches save no more than the steps down to Smin, ever smaller ones no more than the tokens
 * down to Emin. Fit it to at least four batch sizes; {@link criticalBatch} says how Bcrit follows the loss.
 *
 * @see arXiv 2001.08361, section 5.1, equations 5.1 and 5.2; arXiv 1812.06162, section 2.2 (McCandlish et al. 2018)
 * @example
 * ```ts
 * evaluateLaw(stepsAtLoss, { Smin: 5e3, Bcrit: 1e6 }, { batchSize: [2.5e5, 1e6, 4e6] }); // [25000, 10000, 6250]
 * ```
 */
export const stepsAtLoss = defineFormula({
  id: 'steps-at-loss',
  title: 'Steps to a loss from the batch size',
  formula: String.raw`S(B) = S_{\min} \left(1 + \frac{B_{crit}}{B}\right)`,
  text: 'Smin * (1 + Bcrit / batchSize)',
  reference: {
    title: 'Scaling Laws for Neural Language Models',
    arxiv: '2001.08361',
    section: '5.1, equations 5.1 and 5.2',
  },
  inputs: [batchSize],
  response: { name: 'steps', symbol: 'S', unit: 'steps' },
  params: [
    positive('Smin', 'steps', 'fewest steps, those of very large batches'),
    positive('Bcrit', 'tokens', 'critical batch size; Bcrit Smin are the fewest tokens', [1e2, 1e10]),
  ],
  published: [],
});
