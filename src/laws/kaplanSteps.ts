import { minSteps, params } from './inputs.ts';
import { definePowerSum } from './powerSum.ts';

/**
 * Loss from model size and training steps where data never run out: L(N, S_min) = A / N^alphaN + G / S_min^alphaS.
 *
 * The paper writes (Nc / N)^alphaN + (Sc / S_min)^alphaS, so A = Nc^alphaN and G = Sc^alphaS. S_min are the steps that a
 * batch far above the critical one would have taken: S / (1 + B_crit(L) / B) for S steps at batch size B. Fit it to points
 * after the warm-up of the learning rate.
 *
 * @see arXiv 2001.08361, section 5.2, equation 5.6 and table 3
 * @example
 * ```ts
 * evaluateLaw(kaplanSteps, kaplanSteps.published[0].params, { params: [1e8], minSteps: [1e4] }); // [3.10823]
 * ```
 */
export const kaplanSteps = definePowerSum({
  id: 'kaplan-steps',
  title: 'Kaplan: loss from parameters and steps',
  formula: String.raw`L(N, S_{\min}) = \frac{A}{N^{\alpha_N}} + \frac{G}{S_{\min}^{\alpha_S}}`,
  reference: { title: 'Scaling Laws for Neural Language Models', arxiv: '2001.08361', section: '5.2, equation 5.6' },
  irreducible: false,
  terms: [
    { amplitude: 'A', exponent: 'alphaN', input: params },
    { amplitude: 'G', exponent: 'alphaS', input: minSteps },
  ],
  published: [
    {
      id: 'kaplan-2020',
      source: 'Kaplan et al. 2020, training curves on WebText2',
      arxiv: '2001.08361',
      // (Nc / N)^alphaN with Nc = 6.5e13 parameters, (Sc / S_min)^alphaS with Sc = 2.1e3 steps.
      params: { A: 6.5e13 ** 0.077, G: 2.1e3 ** 0.76, alphaN: 0.077, alphaS: 0.76 },
      verified: false,
      note: 'As published, rounded (table 3). The exponents give what the paper says of other sizes, at most a fifth more compute from 0.6 to 2.2 times the best one; the amplitudes were only read. N counts parameters without embeddings.',
    },
  ],
});
