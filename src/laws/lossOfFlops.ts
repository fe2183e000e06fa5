import { flops } from './inputs.ts';
import { definePowerSum } from './powerSum.ts';

const reference = {
  title: 'Scaling Laws for Neural Language Models',
  arxiv: '2001.08361',
  section: '1.2, equation 1.3',
};
/** FLOP in a petaflop/s-day. */
const pfDay = 1e15 * 86_400;
const terms = [{ amplitude: 'A', exponent: 'gamma', input: flops }];

/**
 * Loss as a pure power law of compute: L(C) = A / C^gamma. The form (Cc / C)^gamma of the paper has A = Cc^gamma.
 *
 * @see arXiv 2001.08361, section 1.2, equation 1.3
 */
export const lossOfFlops = definePowerSum({
  id: 'flops',
  title: 'Power law of compute',
  formula: 'L(C) = \\frac{A}{C^{\\gamma}}',
  reference,
  irreducible: false,
  terms,
  published: [
    {
      id: 'kaplan-2020',
      source: 'Kaplan et al. 2020, models of the best size for each budget',
      arxiv: '2001.08361',
      // (Cc / C_min)^gamma with Cc = 3.1e8 petaflop/s-days.
      params: { A: (3.1e8 * pfDay) ** 0.05, gamma: 0.05 },
      verified: false,
      note: 'As published, rounded (equation 1.3). C is the least compute C_min, that at batches far below the critical one, with N without embeddings.',
    },
  ],
});

/**
 * Loss as a power law of compute above an irreducible loss: L(C) = E + A / C^gamma.
 *
 * @see arXiv 2001.08361, section 1.2, equation 1.3; the irreducible term follows arXiv 2010.14701
 */
export const lossOfFlopsIrreducible = definePowerSum({
  id: 'flops-irreducible',
  title: 'Power law of compute above an irreducible loss',
  formula: 'L(C) = E + \\frac{A}{C^{\\gamma}}',
  reference,
  irreducible: true,
  terms,
  published: [],
});
