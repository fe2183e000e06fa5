import { defineFormula } from './formula/defineFormula.ts';
import { flops, params, tokens } from './inputs.ts';
import type { Law, LawInput, LawParam, LawResponse, PublishedFit } from './law.ts';
import { positive } from './lawParams.ts';

/** Peak learning rate of a schedule. */
const learningRate: LawResponse = { name: 'learningRate', symbol: '\\eta', unit: '1/step' };

/** Batch in tokens: sequences in a batch times tokens in a sequence. */
const batchTokens: LawResponse = { name: 'batchSize', symbol: 'B', unit: 'tokens' };

/** What differs between the laws of the form y = A x_1^e_1 x_2^e_2, with the sign that each exponent has. */
interface Product {
  readonly id: string;
  readonly title: string;
  readonly formula: string;
  readonly reference: Law['reference'];
  readonly response: LawResponse;
  readonly factors: readonly { readonly input: LawInput; readonly exponent: string }[];
  readonly published: readonly PublishedFit[];
}

/** A product of powers with exponents of any sign, as laws of good hyper-parameters are published. */
function defineProduct({ factors, ...law }: Product): Law {
  const units = factors.map(({ input, exponent }) => `${input.unit}^${exponent}`).join(' * ');
  return defineFormula({
    ...law,
    text: ['A', ...factors.map(({ input, exponent }) => `${input.name}^${exponent}`)].join(' * '),
    inputs: factors.map(({ input }) => input),
    params: [
      positive('A', `${law.response.unit} / (${units})`, 'amplitude'),
      ...factors.map(({ input, exponent }): LawParam => ({
        name: exponent,
        unit: '1',
        description: `exponent of ${input.name}; negative where the optimum falls with it`,
        transform: 'identity',
        bounds: [-20, 20],
        search: [-1, 1],
      })),
    ],
  });
}

const stepLaw: Law['reference'] = { title: 'Predictable Scale: Part I, Step Law', arxiv: '2503.04715' };

const deepSeek: Law['reference'] = {
  title: 'DeepSeek LLM: Scaling Open-Source Language Models with Longtermism',
  arxiv: '2401.02954',
};

const medians =
  'Medians of the 1000 bootstrap refits in the repository step-law/steplaw, with their standard deviations.';
const rounded =
  'As printed in the paper, rounded; the means of the 1000 refits are 1.797, -0.7129, 0.3075 (rate) and 0.5807, 0.5709 (batch). At 1e9 parameters and 1e11 tokens they give 1.632e-3 and 1.108e6.';

/**
 * Step Law: the best peak learning rate eta(N, D) = A N^alpha D^beta, with alpha below and beta above zero. N counts
 * parameters without embeddings, D tokens. It is for a schedule that ends at a small fixed learning rate.
 *
 * Fit it to the near-optimal runs of a sweep, see {@link nearOptimal}.
 *
 * @see arXiv 2503.04715 (Li et al. 2025)
 * @example
 * ```ts
 * const { params } = stepLawLearningRate.published[1];
 * evaluateLaw(stepLawLearningRate, params, { params: [1e9], tokens: [1e11] }); // [0.001632]
 * ```
 */
export const stepLawLearningRate = defineProduct({
  id: 'step-law-learning-rate',
  title: 'Step Law: learning rate from parameters and tokens',
  formula: '\\eta(N, D) = A\\,N^{\\alpha} D^{\\beta}',
  reference: stepLaw,
  response: learningRate,
  factors: [
    { input: params, exponent: 'alpha' },
    { input: tokens, exponent: 'beta' },
  ],
  published: [
    {
      id: 'step-law-2025-medians',
      source: 'Li et al. 2025, medians of the bootstrap',
      arxiv: '2503.04715',
      params: { A: Math.exp(0.578), alpha: -0.7122, beta: 0.307 },
      stderr: { alpha: 0.03, beta: 0.019 },
      verified: false,
      note: medians,
    },
    {
      id: 'step-law-2025',
      source: 'Li et al. 2025, rounded',
      arxiv: '2503.04715',
      params: { A: 1.79, alpha: -0.713, beta: 0.307 },
      verified: true,
      note: rounded,
    },
  ],
});

/**
 * Step Law: the best batch B(D) = A D^beta, in tokens; it depends on the tokens D alone.
 *
 * Where the runs count sequences, `--columns 'batchSize=bs*2048'` makes tokens of them.
 *
 * @see arXiv 2503.04715 (Li et al. 2025)
 * @example
 * ```ts
 * evaluateLaw(stepLawBatch, stepLawBatch.published[1].params, { tokens: [1e11] }); // [1.108e6]
 * ```
 */
export const stepLawBatch = defineProduct({
  id: 'step-law-batch',
  title: 'Step Law: batch from tokens',
  formula: 'B(D) = A\\,D^{\\beta}',
  reference: stepLaw,
  response: batchTokens,
  factors: [{ input: tokens, exponent: 'beta' }],
  published: [
    {
      id: 'step-law-2025-medians',
      source: 'Li et al. 2025, medians of the bootstrap',
      arxiv: '2503.04715',
      params: { A: Math.exp(-0.5563), beta: 0.5713 },
      stderr: { beta: 0.019 },
      verified: false,
      note: medians,
    },
    {
      id: 'step-law-2025',
      source: 'Li et al. 2025, rounded',
      arxiv: '2503.04715',
      params: { A: 0.58, beta: 0.571 },
      verified: true,
      note: rounded,
    },
  ],
});

/**
 * The best peak learning rate from compute alone, eta(C) = A C^gamma, for models on the compute-optimal frontier.
 *
 * @see arXiv 2401.02954 (DeepSeek-AI 2024)
 * @example
 * ```ts
 * evaluateLaw(learningRateOfFlops, learningRateOfFlops.published[0].params, { flops: [1e20] }); // [9.86e-4]
 * ```
 */
export const learningRateOfFlops = defineProduct({
  id: 'learning-rate-of-flops',
  title: 'Learning rate from compute',
  formula: '\\eta(C) = A\\,C^{\\gamma}',
  reference: deepSeek,
  response: learningRate,
  factors: [{ input: flops, exponent: 'gamma' }],
  published: [
    {
      id: 'deepseek-2024',
      source: 'DeepSeek-AI 2024',
      arxiv: '2401.02954',
      params: { A: 0.3118, gamma: -0.125 },
      verified: false,
      note: 'As published; at 1e20 FLOP they give 9.86e-4.',
    },
  ],
});

/**
 * The best batch from compute alone, B(C) = A C^gamma, in tokens, for models on the compute-optimal frontier.
 *
 * @see arXiv 2401.02954 (DeepSeek-AI 2024)
 * @example
 * ```ts
 * evaluateLaw(batchOfFlops, batchOfFlops.published[0].params, { flops: [1e20] }); // [1.017e6]
 * ```
 */
export const batchOfFlops = defineProduct({
  id: 'batch-of-flops',
  title: 'Batch from compute',
  formula: 'B(C) = A\\,C^{\\gamma}',
  reference: deepSeek,
  response: batchTokens,
  factors: [{ input: flops, exponent: 'gamma' }],
  published: [
    {
      id: 'deepseek-2024',
      source: 'DeepSeek-AI 2024',
      arxiv: '2401.02954',
      params: { A: 0.292, gamma: 0.3271 },
      verified: false,
      note: 'As published; at 1e20 FLOP they give 1.017e6 tokens.',
    },
  ],
});
