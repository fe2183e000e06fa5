import { defineFormula } from './formula/defineFormula.ts';
import { nonVocabularyParams, tokens, vocabularyParams } from './inputs.ts';
import type { LawParam } from './law.ts';

/** The amplitudes of the paper are for counts in units of this many parameters, and of this many tokens. */
const millions = 1e6;
const billions = 1e9;
const published = {
  E: 5.5327846803337435,
  A1: 1.8313851559554126,
  A2: 0.19584238398665638,
  B: 2.1241123120064955,
  alpha1: 0.44660634152009615,
  alpha2: 0.6707374679896795,
};

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
 * @see arXiv 2407.13623 (Tao et al. 2024), approach 3, and `approach3_isoloss.py` of its code
 * @example
 * ```ts
 * const { params } = vocabulary.published[0];
 * evaluateLaw(vocabulary, params, { nonVocabularyParams: [2.87e9], vocabularyParams: [1e8], tokens: [1.65e11] }); // [-5.2520]
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
  published: [
    {
      id: 'tao-2024',
      source: 'Tao et al. 2024, approach 3',
      arxiv: '2407.13623',
      params: {
        ...published,
        A1: published.A1 * millions ** published.alpha1,
        A2: published.A2 * millions ** published.alpha2,
        B: published.B * billions ** published.alpha1,
        beta: published.alpha1,
      },
      objective: 'huber, delta 1e-3, alpha1 tied to beta',
      verified: false,
      note: 'From optimal_Nv_predict.py of sail-sg/scaling-with-vocab, which counts millions of parameters and billions of tokens.',
    },
  ],
});
