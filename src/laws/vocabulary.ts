import { defineFormula } from './formula/defineFormula.ts';
import { nonVocabularyParams, tokens, vocabularyParams } from './inputs.ts';
import type { LawParam } from './law.ts';

const amplitude = (name: string, of: string): LawParam => ({
  name,
  unit: `nats/token * ${of === 'tokens' ? 'tokens' : 'parameters'}^exponent`,
  description: `amplitude of the ${of} term`,
  transform: 'log',
  bounds: [0, Infinity],
});

const exponent = (name: string, of: string): LawParam => ({
  name,
  unit: '1',
  description: `exponent of ${of}`,
  transform: 'identity',
  bounds: [0, 20],
  search: [0.05, 1.2],
});

/**
 * Loss that counts the vocabulary as a size of its own: L_u = -E + A1 / N_nv^alpha1 + A2 / N_v^alpha2 + B / D^beta. N_nv
 * are the parameters outside the vocabulary, N_v = vocabulary size times width those of one embedding, D tokens.
 *
 * L_u is the unigram-normalised loss: the mean of ln p_unigram(token) - ln p(token), which can be compared between
 * vocabularies. It is negative for any useful model, so fit it with an objective of raw residuals (`mse`, `huber`). The
 * paper ties alpha1 to beta (`--tie alpha1=beta`). Tokens depend on the vocabulary: fewer make up the same text when it is
 * larger.
 *
 * The coefficients in the code of the paper are not listed as published. Its fit counts D as characters times a factor that
 * it evaluates at the vocabulary size in thousands, which are not tokens: with the tokens of its own runs those coefficients
 * miss the losses by some 0.9 nats per token.
 *
 * @see arXiv 2407.13623 (Tao et al. 2024), approach 3, and `approach3_isoloss.py` of its code
 * @example
 * ```ts
 * const values = { E: 5.5, A1: 900, A2: 2000, B: 22000, alpha1: 0.45, alpha2: 0.67, beta: 0.45 };
 * const points = { nonVocabularyParams: [3e9, 3e9], vocabularyParams: [1e8, 2e8], tokens: [1.6e11, 1.6e11] };
 * evaluateLaw(vocabulary, values, points); // [-5.2, -5.2]
 * ```
 */
export const vocabulary = defineFormula({
  id: 'vocabulary',
  title: 'Loss from parameters without and with the vocabulary, and tokens',
  formula: 'L_u = -E + \\frac{A_1}{N_{nv}^{\\alpha_1}} + \\frac{A_2}{N_v^{\\alpha_2}} + \\frac{B}{D^{\\beta}}',
  text: '-E + A1 / nonVocabularyParams^alpha1 + A2 / vocabularyParams^alpha2 + B / tokens^beta',
  reference: {
    title: 'Scaling Laws with Vocabulary: Larger Models Deserve Larger Vocabularies',
    arxiv: '2407.13623',
    section: 'approach 3',
  },
  inputs: [nonVocabularyParams, vocabularyParams, tokens],
  response: { name: 'unigramLoss', symbol: 'L_u', unit: 'nats/token' },
  params: [
    {
      name: 'E',
      unit: 'nats/token',
      description: 'gain over unigrams of a model without end',
      transform: 'identity',
      bounds: [-Infinity, Infinity],
    },
    amplitude('A1', 'nonVocabularyParams'),
    amplitude('A2', 'vocabularyParams'),
    amplitude('B', 'tokens'),
    exponent('alpha1', 'nonVocabularyParams'),
    exponent('alpha2', 'vocabularyParams'),
    exponent('beta', 'tokens'),
  ],
  shears: [
    { amplitude: 'A1', exponent: 'alpha1', input: 'nonVocabularyParams' },
    { amplitude: 'A2', exponent: 'alpha2', input: 'vocabularyParams' },
    { amplitude: 'B', exponent: 'beta', input: 'tokens' },
  ],
  // The response is negative, so it has no logarithm.
  objective: 'huber',
  published: [],
});
