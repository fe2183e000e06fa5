import { defineFormula } from './formula/defineFormula.ts';
import { loss } from './inputs.ts';
import { positive } from './lawParams.ts';

/**
 * Critical batch size at a loss, in tokens: B_crit(L) = Bstar / L^(1 / alphaB). Training at it takes twice the fewest steps
 * and twice the fewest tokens that reach the loss. {@link stepsAtLoss} measures it for one loss.
 *
 * @see arXiv 2001.08361, section 5.1, equation 5.3 and figure 10
 * @example
 * ```ts
 * evaluateLaw(criticalBatch, criticalBatch.published[0].params, { loss: [3] }); // [1.12e6]
 * ```
 */
export const criticalBatch = defineFormula({
  id: 'critical-batch',
  title: 'Critical batch size as a power law of the loss',
  formula: String.raw`B_{crit}(L) = \frac{B_*}{L^{1/\alpha_B}}`,
  text: 'Bstar / loss^(1 / alphaB)',
  reference: { title: 'Scaling Laws for Neural Language Models', arxiv: '2001.08361', section: '5.1, equation 5.3' },
  inputs: [loss],
  response: { name: 'criticalBatch', symbol: 'B_{crit}', unit: 'tokens' },
  params: [
    positive('Bstar', 'tokens * (nats/token)^(1/alphaB)', 'critical batch size at a loss of 1 nat per token'),
    {
      name: 'alphaB',
      unit: '1',
      description: 'the critical batch size falls as the loss to the power 1/alphaB',
      transform: 'identity',
      // The formula divides by it.
      bounds: [1e-3, 20],
      search: [0.05, 2],
    },
  ],
  published: [
    {
      id: 'kaplan-2020',
      source: 'Kaplan et al. 2020, WebText2',
      arxiv: '2001.08361',
      params: { Bstar: 2.1e8, alphaB: 0.21 },
      verified: false,
      note: 'As published, rounded (figure 10; the text of section 5.1 rounds Bstar to 2e8). Only read.',
    },
  ],
});
