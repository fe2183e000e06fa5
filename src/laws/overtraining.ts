import { defineFormula } from './formula/defineFormula.ts';
import { flops, tokensPerParam } from './inputs.ts';
import type { LawParam } from './law.ts';
import { irreducibleLoss } from './lawParams.ts';

const amplitude = (name: string, description: string): LawParam => ({
  name,
  unit: 'nats/token * FLOP^eta',
  description,
  transform: 'log',
  bounds: [0, Infinity],
});

/**
 * Loss from compute and the tokens spent on each parameter: L(C, M) = E + (a M^eta + b M^-eta) / C^eta, with M = D / N.
 * At a fixed M it is a power law of compute whose exponent does not depend on M: training longer than is optimal moves the
 * line and leaves its slope.
 *
 * It is `chinchilla` with alpha = beta: with C = 6 N D, eta = alpha / 2, a = A 6^eta and b = B 6^eta. The paper fits by
 * least squares on the loss itself (`--objective mse`), to runs with M = 20 and one with M = 320.
 *
 * Files need a column of M or say how to compute it, as in `--columns tokensPerParam=D/N`; with columns of params and
 * tokens it follows by itself.
 *
 * @see arXiv 2403.08540, section 3 (Gadre et al. 2024)
 * @example
 * ```ts
 * const { params } = overtraining.published[1];
 * evaluateLaw(overtraining, params, { flops: [6 * 6.9e9 * 1.38e11], tokensPerParam: [20] }); // [2.44...]
 * ```
 */
export const overtraining = defineFormula({
  id: 'overtraining',
  title: 'Loss from compute and tokens per parameter',
  formula: 'L(C, M) = E + \\frac{a M^{\\eta} + b M^{-\\eta}}{C^{\\eta}}',
  text: 'E + a * (tokensPerParam / flops)^eta + b / (tokensPerParam * flops)^eta',
  reference: {
    title: 'Language models scale reliably with over-training and on downstream tasks',
    arxiv: '2403.08540',
    section: '3, equation 4',
  },
  inputs: [flops, tokensPerParam],
  params: [
    irreducibleLoss,
    amplitude('a', 'amplitude of the part that rises with tokens per parameter'),
    amplitude('b', 'amplitude of the part that falls with tokens per parameter'),
    {
      name: 'eta',
      unit: '1',
      description: 'exponent of compute',
      transform: 'identity',
      bounds: [0, 10],
      search: [0.01, 0.8],
    },
  ],
  shears: [
    { amplitude: 'a', exponent: 'eta', input: 'flops' },
    { amplitude: 'b', exponent: 'eta', input: 'flops' },
  ],
  published: [
    {
      id: 'gadre-2024-c4',
      source: 'Gadre et al. 2024, trained on C4, evaluated on C4',
      arxiv: '2403.08540',
      params: { E: 1.50826054172133, a: 141.27725478075706, b: 189.51552043154197, eta: 0.12123611949860857 },
      objective: 'mse',
      verified: true,
      note: 'Refit to the five runs of data/gadre.csv that the paper fits, which gives the errors of its figure 5; the values that it prints have too few digits.',
    },
    {
      id: 'gadre-2024-redpajama',
      source: 'Gadre et al. 2024, trained on RedPajama, evaluated on C4',
      arxiv: '2403.08540',
      params: { E: 1.8366483784498744, a: 212.23611024848236, b: 366.68717379130595, eta: 0.13642535125483965 },
      objective: 'mse',
      verified: true,
      note: 'Refit to the five runs of data/gadre.csv that the paper fits, which gives the errors of its figure 5; the values that it prints have too few digits.',
    },
  ],
});
