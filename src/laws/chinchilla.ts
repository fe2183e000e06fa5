import { params, tokens } from './inputs.ts';
import { definePowerSum } from './powerSum.ts';

/**
 * Loss as the sum of an irreducible part, a part that falls with model size and a part that falls with data:
 * L(N, D) = E + A / N^alpha + B / D^beta.
 *
 * @see arXiv 2203.15556, section 3.3 (Hoffmann et al. 2022); arXiv 2404.10102 (Besiroglu et al. 2024)
 */
export const chinchilla = definePowerSum({
  id: 'chinchilla',
  title: 'Chinchilla: loss from parameters and tokens',
  formula: 'L(N, D) = E + \\frac{A}{N^{\\alpha}} + \\frac{B}{D^{\\beta}}',
  reference: { title: 'Training Compute-Optimal Large Language Models', arxiv: '2203.15556', section: '3.3' },
  irreducible: true,
  terms: [
    { amplitude: 'A', exponent: 'alpha', input: params },
    { amplitude: 'B', exponent: 'beta', input: tokens },
  ],
  allocation: (p) => ({
    paramsAmplitude: p.A,
    paramsExponent: p.alpha,
    tokensAmplitude: p.B,
    tokensExponent: p.beta,
  }),
  published: [
    {
      id: 'hoffmann-2022',
      source: 'Hoffmann et al. 2022, approach 3',
      arxiv: '2203.15556',
      // The rounded A = 406.4, B = 410.7, alpha = 0.34, beta = 0.28 of the paper put the optimum at 5.76e23 FLOP at 93
      // tokens per parameter; these are the values that were rounded.
      params: {
        E: Math.exp(0.5267228),
        A: Math.exp(6.0073404),
        B: Math.exp(6.0179186),
        alpha: 0.33917084,
        beta: 0.2849083,
      },
      objective: 'log-huber, delta 1e-3',
      verified: true,
      note: 'Unrounded values, as given with arXiv 2404.10102; their objective on its 240 runs, 0.00123116, was recomputed. Rounding A, B, alpha and beta moves the optimum.',
    },
    {
      id: 'besiroglu-2024',
      source: 'Besiroglu et al. 2024, refit of 240 reconstructed runs',
      arxiv: '2404.10102',
      params: { E: 1.8172, A: 482.01, B: 2085.43, alpha: 0.3478, beta: 0.3658 },
      stderr: { E: 0.026, A: 124.5, B: 1293.3, alpha: 0.015, beta: 0.021 },
      objective: 'log-huber, delta 1e-3',
      verified: true,
      note: 'As published, rounded; a refit of the same runs, fits/chinchilla.json, is within a tenth of the standard errors.',
    },
  ],
});
