import { defineFormula, type FormulaDefinition } from './formula/defineFormula.ts';
import { params, tokens } from './inputs.ts';
import { exponent, irreducibleLoss, positive } from './lawParams.ts';

const common = {
  reference: { title: 'A Hitchhiker’s Guide to Scaling Law Estimation', arxiv: '2410.11840', section: 'MultFit' },
  inputs: [params, tokens],
  shears: [
    { amplitude: 'A', exponent: 'alpha', input: 'params' },
    { amplitude: 'A', exponent: 'beta', input: 'tokens' },
  ],
  published: [],
} satisfies Partial<FormulaDefinition>;

const product: FormulaDefinition['params'] = [
  positive('A', 'nats/token * parameters^alpha * tokens^beta', 'amplitude of the product'),
  exponent('alpha', 'exponent of params', [0.01, 1]),
  exponent('beta', 'exponent of tokens', [0.01, 1]),
];

/**
 * Loss as one power law of model size times one of data: L(N, D) = A / (N^alpha D^beta).
 *
 * The code of arXiv 2410.11840 writes E A/N^alpha B/D^beta. Its three amplitudes only ever enter as their product, so no
 * data tell them apart; A here is that product.
 *
 * @see arXiv 2410.11840, `MultFit` of its code (IBM/ColPret)
 * @example
 * ```ts
 * evaluateLaw(multiplicative, { A: 60, alpha: 0.07, beta: 0.07 }, { params: [1e9], tokens: [2e10] }); // [2.673...]
 * ```
 */
export const multiplicative = defineFormula({
  ...common,
  id: 'multiplicative',
  title: 'Product of power laws of parameters and tokens',
  formula: 'L(N, D) = \\frac{A}{N^{\\alpha} D^{\\beta}}',
  text: 'A / (params^alpha * tokens^beta)',
  params: product,
});

/**
 * The same above an irreducible loss: L(N, D) = E + A / (N^alpha D^beta).
 *
 * @see arXiv 2410.11840, `MultFit` of its code (IBM/ColPret), which has no such term
 * @example
 * ```ts
 * const values = { E: 1.8, A: 2000, alpha: 0.17, beta: 0.18 };
 * evaluateLaw(multiplicativeIrreducible, values, { params: [1e9], tokens: [2e10] }); // [2.625...]
 * ```
 */
export const multiplicativeIrreducible = defineFormula({
  ...common,
  id: 'multiplicative-irreducible',
  title: 'Product of power laws of parameters and tokens above an irreducible loss',
  formula: 'L(N, D) = E + \\frac{A}{N^{\\alpha} D^{\\beta}}',
  text: 'E + A / (params^alpha * tokens^beta)',
  params: [irreducibleLoss, ...product],
});
