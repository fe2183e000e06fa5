import { defineFormula } from './formula/defineFormula.ts';
import { params, tokens } from './inputs.ts';
import { exponent, irreducibleLoss, positive } from './lawParams.ts';

/**
 * Loss in which model size and data act together: L(N, D) = E + (A / N^alpha + B / D^beta)^k. With k = 1 it is
 * `chinchilla`; with k below 1, as fits find it, more data help less the closer the loss already is to that of endless
 * data. The optimal N and D of a budget minimise the sum in the bracket, so they are those of `chinchilla` with the same A,
 * B, alpha and beta, whatever k is.
 *
 * @see arXiv 2502.08606 (Busbridge et al. 2025), the loss of models trained without a teacher; arXiv 2608.07222
 * @example
 * ```ts
 * const { params } = skaling.published[0];
 * evaluateLaw(skaling, params, { params: [120e6, 315e6], tokens: [1e11, 4e12] }); // [2.5959, 2.3105]
 * ```
 */
export const skaling = defineFormula({
  id: 'skaling',
  title: 'Coupled loss from parameters and tokens',
  formula: 'L(N, D) = E + \\left(\\frac{A}{N^{\\alpha}} + \\frac{B}{D^{\\beta}}\\right)^k',
  text: 'E + (A / params^alpha + B / tokens^beta)^k',
  reference: { title: 'Distillation Scaling Laws', arxiv: '2502.08606', section: 'supervised scaling law' },
  inputs: [params, tokens],
  params: [
    irreducibleLoss,
    positive('A', '(nats/token)^(1/k) * parameters^alpha', 'amplitude of the params term', [0.01, 10]),
    positive('B', '(nats/token)^(1/k) * tokens^beta', 'amplitude of the tokens term', [0.01, 10]),
    exponent('alpha', 'exponent of params', [0.1, 1.2]),
    exponent('beta', 'exponent of tokens', [0.1, 1.2]),
    {
      name: 'k',
      unit: '1',
      description: 'coupling; 1 adds the two terms',
      transform: 'log',
      bounds: [0, 5],
      search: [0.5, 0.5],
    },
  ],
  shears: [
    { amplitude: 'A', exponent: 'alpha', input: 'params' },
    { amplitude: 'B', exponent: 'beta', input: 'tokens' },
  ],
  allocation: (p) => ({
    paramsAmplitude: p.A,
    paramsExponent: p.alpha,
    tokensAmplitude: p.B,
    tokensExponent: p.beta,
  }),
  published: [
    {
      id: 'busbridge-2025',
      source: 'Busbridge et al. 2025, supervised models',
      arxiv: '2502.08606',
      params: { E: 1.22, A: 3355, B: 18186, alpha: 0.408, beta: 0.431, k: 0.452 },
      verified: true,
      note: 'As published; they give the losses 2.596, 2.520 and 2.311 of the source at (120M, 100B), (120M, 2T), (315M, 4T).',
    },
  ],
});
