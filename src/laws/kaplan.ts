import { defineFormula } from './formula/defineFormula.ts';
import { params, tokens } from './inputs.ts';
import { exponent, positive } from './lawParams.ts';

/**
 * Loss of models of N parameters that are stopped early on D tokens of data:
 * L(N, D) = ((A / N^alphaN)^(1 / alphaD) + (B / D^alphaD)^(1 / alphaD))^alphaD.
 *
 * The paper writes ((Nc / N)^(alphaN / alphaD) + Dc / D)^alphaD, so A = Nc^alphaN and B = Dc^alphaD: the loss of endless
 * data is A / N^alphaN, that of an endless model B / D^alphaD.
 *
 * @see arXiv 2001.08361, section 1.2, equation 1.5 (Kaplan et al. 2020); section 4 fits it
 * @example
 * ```ts
 * const [A, B] = [8.8e13 ** 0.076, 5.4e13 ** 0.095];
 * evaluateLaw(kaplan, { A, B, alphaN: 0.076, alphaD: 0.095 }, { params: [1e9], tokens: [1e300] }); // [2.37564]
 * ```
 */
export const kaplan = defineFormula({
  id: 'kaplan',
  title: 'Kaplan: loss of models stopped early, from parameters and tokens of data',
  formula: String.raw`L(N, D) = \left[\left(\frac{A}{N^{\alpha_N}}\right)^{1/\alpha_D} + \left(\frac{B}{D^{\alpha_D}}\right)^{1/\alpha_D}\right]^{\alpha_D}`,
  // The tokens term is taken out, so that no power overflows on the way: with alphaD = 0.1 they are tenth powers.
  text: 'B / tokens^alphaD * (1 + (A * tokens^alphaD / (B * params^alphaN))^(1 / alphaD))^alphaD',
  reference: { title: 'Scaling Laws for Neural Language Models', arxiv: '2001.08361', section: '1.2, equation 1.5' },
  inputs: [params, tokens],
  params: [
    positive('A', 'nats/token * (parameters)^alphaN', 'amplitude of the params term', [0.3, 10]),
    positive('B', 'nats/token * (tokens)^alphaD', 'amplitude of the tokens term', [0.3, 10]),
    exponent('alphaN', 'exponent of params', [0.02, 0.6]),
    {
      name: 'alphaD',
      unit: '1',
      description: 'exponent of tokens',
      transform: 'identity',
      // The formula divides by it.
      bounds: [1e-3, 20],
      search: [0.02, 0.6],
    },
  ],
  shears: [
    { amplitude: 'A', exponent: 'alphaN', input: 'params' },
    { amplitude: 'B', exponent: 'alphaD', input: 'tokens' },
  ],
  published: [],
});
