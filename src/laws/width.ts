import { width } from './inputs.ts';
import { definePowerSum } from './powerSum.ts';

/**
 * Loss from the width of the residual stream alone: L(m) = E + C / m^alpha. Where a model represents more features than it
 * has dimensions (strong superposition), overlaps between their directions make alpha about 1 whatever the frequencies of
 * the features are; where it represents only the commonest ones, alpha follows from how these frequencies fall off.
 *
 * @see arXiv 2505.10465 (Liu et al. 2025)
 * @example
 * ```ts
 * evaluateLaw(lossOfWidth, { E: 2, C: 400, alpha: 1 }, { width: [512, 4096] }); // [2.78125, 2.09765625]
 * ```
 */
export const lossOfWidth = definePowerSum({
  id: 'width',
  title: 'Power law of the model width above an irreducible loss',
  formula: 'L(m) = E + \\frac{C}{m^{\\alpha}}',
  reference: { title: 'Superposition Yields Robust Neural Scaling', arxiv: '2505.10465' },
  irreducible: true,
  terms: [{ amplitude: 'C', exponent: 'alpha', input: width }],
  published: [],
});
