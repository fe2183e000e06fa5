import { tokens } from './inputs.ts';
import { definePowerSum } from './powerSum.ts';

const reference = {
  title: 'Scaling Laws for Neural Language Models',
  arxiv: '2001.08361',
  section: '1.2, equation 1.2',
};
const terms = [{ amplitude: 'B', exponent: 'beta', input: tokens }];

/**
 * Loss as a pure power law of training tokens: L(D) = B / D^beta. The form (Dc / D)^beta of the paper has B = Dc^beta.
 *
 * @see arXiv 2001.08361, section 1.2, equation 1.2
 */
export const lossOfTokens = definePowerSum({
  id: 'tokens',
  title: 'Power law of training tokens',
  formula: 'L(D) = \\frac{B}{D^{\\beta}}',
  reference,
  irreducible: false,
  terms,
  published: [
    {
      id: 'kaplan-2020',
      source: 'Kaplan et al. 2020, large models stopped early on parts of WebText2',
      arxiv: '2001.08361',
      // (Dc / D)^beta with Dc = 5.4e13 tokens.
      params: { B: 5.4e13 ** 0.095, beta: 0.095 },
      verified: false,
      note: 'As published, rounded (equation 1.2). D counts the distinct tokens of the data.',
    },
  ],
});

/**
 * Loss as a power law of training tokens above an irreducible loss: L(D) = E + B / D^beta.
 *
 * @see arXiv 2001.08361, section 1.2, equation 1.2; the irreducible term follows arXiv 2010.14701
 */
export const lossOfTokensIrreducible = definePowerSum({
  id: 'tokens-irreducible',
  title: 'Power law of training tokens above an irreducible loss',
  formula: 'L(D) = E + \\frac{B}{D^{\\beta}}',
  reference,
  irreducible: true,
  terms,
  published: [],
});
