import { defineFormula } from './formula/defineFormula.ts';
import { lossValue } from './inputs.ts';
import type { LawParam, LawResponse } from './law.ts';

const error: LawResponse = { name: 'error', symbol: '\\mathrm{Err}', unit: '' };
const accuracy: LawResponse = { name: 'accuracy', symbol: '\\mathrm{Acc}', unit: '' };

const positive = (name: string, unit: string, description: string): LawParam => ({
  name,
  unit,
  description,
  transform: 'log',
  bounds: [0, Infinity],
});

/**
 * Error on downstream tasks from the loss: Err(L) = epsilon - k exp(-gamma L), a share of answers between 0 and 1. Models
 * that know nothing have the error epsilon; in terms of the perplexity, Err = epsilon - k PP^-gamma.
 *
 * The paper fits it to the mean of 17 tasks, by least squares on the error itself (`--objective mse`). A single task follows
 * it less closely.
 *
 * @see arXiv 2403.08540, section 3 (Gadre et al. 2024)
 * @example
 * ```ts
 * evaluateLaw(downstreamExponential, { epsilon: 0.85, k: 2, gamma: 0.75 }, { loss: [2.5, 3.5] }); // [0.5432, 0.7051]
 * ```
 */
export const downstreamExponential = defineFormula({
  id: 'downstream-exponential',
  title: 'Downstream error from the loss: exponential decay',
  formula: '\\mathrm{Err}(L) = \\epsilon - k e^{-\\gamma L}',
  text: 'epsilon - k * exp(-gamma * loss)',
  reference: {
    title: 'Language models scale reliably with over-training and on downstream tasks',
    arxiv: '2403.08540',
    section: '3, equation 5',
  },
  inputs: [lossValue],
  response: error,
  params: [
    positive('epsilon', '1', 'error of models that know nothing'),
    positive('k', '1', 'distance of the error from epsilon, carried on to a loss of 0'),
    { ...positive('gamma', 'tokens/nat', 'decay of that distance with the loss'), search: [0.05, 10] },
  ],
  published: [],
});

/**
 * Accuracy on a downstream task from the loss: Acc(L) = a / (1 + exp(-k (L - L0))) + b. The accuracy goes from b at losses
 * far below L0 to a + b far above, so a is negative. It is the second step of the model ladder of OLMo, whose first takes
 * model and data to the loss on the task; `predictChain` takes both.
 *
 * @see arXiv 2412.04403, section 3 (Bhagia et al. 2024)
 * @example
 * ```ts
 * evaluateLaw(downstreamSigmoid, { a: -0.6, k: 6, L0: 1, b: 0.9 }, { loss: [0.5, 1] }); // [0.8715, 0.6]
 * ```
 */
export const downstreamSigmoid = defineFormula({
  id: 'downstream-sigmoid',
  title: 'Downstream accuracy from the loss: sigmoid',
  formula: '\\mathrm{Acc}(L) = \\frac{a}{1 + e^{-k (L - L_0)}} + b',
  // The same as written above, but it cannot overflow.
  text: 'a * (1 + tanh(k * (loss - L0) / 2)) / 2 + b',
  reference: {
    title: 'Establishing Task Scaling Laws via Compute-Efficient Model Ladders',
    arxiv: '2412.04403',
    section: '3',
  },
  inputs: [lossValue],
  response: accuracy,
  params: [
    {
      name: 'a',
      unit: '1',
      description: 'change of the accuracy from small to large losses',
      transform: 'identity',
      bounds: [-Infinity, Infinity],
    },
    // With a minus sign it would be the same curve with a and b exchanged for -a and a + b.
    { ...positive('k', 'tokens/nat', 'steepness'), search: [0.3, 50] },
    {
      name: 'L0',
      unit: 'nats/token',
      description: 'loss in the middle',
      transform: 'identity',
      bounds: [-Infinity, Infinity],
      search: [0, 6],
    },
    {
      name: 'b',
      unit: '1',
      description: 'accuracy at small losses',
      transform: 'identity',
      bounds: [-Infinity, Infinity],
    },
  ],
  published: [],
});
