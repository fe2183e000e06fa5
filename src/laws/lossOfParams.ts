import { params } from './inputs.ts';
import { definePowerSum } from './powerSum.ts';

const reference = {
  title: 'Scaling Laws for Neural Language Models',
  arxiv: '2001.08361',
  section: '1.2, equation 1.1',
};
const terms = [{ amplitude: 'A', exponent: 'alpha', input: params }];

/**
 * Loss as a pure power law of model size: L(N) = A / N^alpha. The form (Nc / N)^alpha of the paper has A = Nc^alpha.
 *
 * @see arXiv 2001.08361, section 1.2, equation 1.1
 */
export const lossOfParams = definePowerSum({
  id: 'params',
  title: 'Power law of model size',
  formula: 'L(N) = \\frac{A}{N^{\\alpha}}',
  reference,
  irreducible: false,
  terms,
  published: [
    {
      id: 'kaplan-2020',
      source: 'Kaplan et al. 2020, models trained to convergence on WebText2',
      arxiv: '2001.08361',
      // (Nc / N)^alpha with Nc = 8.8e13 parameters.
      params: { A: 8.8e13 ** 0.076, alpha: 0.076 },
      verified: false,
      note: 'As published, rounded (equation 1.1). N counts parameters without embeddings.',
    },
  ],
});

/**
 * Loss as a power law of model size above an irreducible loss: L(N) = E + A / N^alpha.
 *
 * @see arXiv 2001.08361, section 1.2, equation 1.1; the irreducible term follows arXiv 2010.14701
 */
export const lossOfParamsIrreducible = definePowerSum({
  id: 'params-irreducible',
  title: 'Power law of model size above an irreducible loss',
  formula: 'L(N) = E + \\frac{A}{N^{\\alpha}}',
  reference,
  irreducible: true,
  terms,
  published: [],
});
