import { dataConstrainedGuess } from './dataConstrainedGuess.ts';
import { compileLaw } from './formula/compile.ts';
import { createNames, lazily } from './formula/defineFormula.ts';
import { Graph } from './formula/graph.ts';
import { parseExpression } from './formula/parse.ts';
import { params, tokens, uniqueTokens } from './inputs.ts';
import { defineLaw, type LawParam } from './law.ts';
import { irreducibleLoss } from './lawParams.ts';

const inputs = [params, tokens, uniqueTokens];

const exponent = (name: string, of: string): LawParam => ({
  name,
  unit: '1',
  description: `exponent of ${of}`,
  transform: 'identity',
  // The formula divides by them and takes their logarithms.
  bounds: [1e-3, 20],
  search: [0.1, 0.8],
});

const amplitude = (name: string, of: string, unit: string): LawParam => ({
  name,
  unit: `nats/token * ${unit}`,
  description: `amplitude of the ${of} term`,
  transform: 'log',
  bounds: [0, Infinity],
  search: [0.03, 3],
});

const decay = (name: string, description: string, usual: number): LawParam => ({
  name,
  unit: '1',
  description,
  transform: 'log',
  // Beyond these it makes no difference.
  bounds: [0.01, 1e3],
  // The guess has other starts.
  search: [usual, usual],
});

const parameters: readonly LawParam[] = [
  irreducibleLoss,
  amplitude('A', 'params', 'parameters^alpha'),
  amplitude('B', 'tokens', 'tokens^beta'),
  exponent('alpha', 'params'),
  exponent('beta', 'tokens'),
  decay('RD', 'repetitions of the data after which most of their worth is spent', 15),
  decay('RN', 'excess of parameters after which most of their worth is spent', 5),
];

/** ln of x after a part of it was repeated: `over` is ln(x / unique), or 0; each further repetition is worth less. */
const worth = (x: string, over: string, decay: string): string =>
  `log(${x}) - ${over} + log(1 + ${decay} * (1 - exp((1 - exp(${over})) / ${decay})))`;

const compiled = lazily(() => {
  const graph = new Graph();
  const nameOf = createNames(graph, inputs, parameters);
  const own = new Map<string, number>();
  const node = (text: string): number => graph.from(parseExpression(text), (name) => own.get(name) ?? nameOf(name));
  // ln of the epochs, and ln N / U_N. The model that is best for U distinct tokens has (alpha A / N^alpha) = (beta B / U^beta).
  own.set('repeated', graph.positive(node('log(tokens) - log(uniqueTokens)')));
  own.set('distinct', node('log(tokens) - repeated'));
  own.set('best', node('(beta * distinct + log(alpha) + log(A) - log(beta) - log(B)) / alpha'));
  own.set('excess', graph.positive(node('log(params) - best')));
  own.set('logN', node(worth('params', 'excess', 'RN')));
  own.set('logD', node(worth('tokens', 'repeated', 'RD')));
  return compileLaw(graph, node('E + A * exp(-alpha * logN) + B * exp(-beta * logD)'), parameters.length);
});

/**
 * Loss of models that see their data several times: L(N, D, U) = E + A / N'^alpha + B / D'^beta, in which repeated tokens
 * and parameters beyond what U distinct tokens can feed are worth less and less:
 *
 * - D' = U + U RD (1 - exp(-(D/U - 1) / RD)) for D tokens of which U are distinct; D' = D where D is at most U;
 * - N' = U_N + U_N RN (1 - exp(-(N/U_N - 1) / RN)), where U_N is the smaller of N and of the model that is compute-optimal
 *   for U tokens, (alpha A U^beta / (beta B))^(1/alpha).
 *
 * With one epoch and no more parameters than that it is `chinchilla`. The gradient is continuous where an epoch or the
 * optimal size ends; the second derivatives jump there.
 *
 * The paper ties alpha = beta, fits E, A, B and alpha to runs of one epoch, then RD and RN alone to all runs:
 *
 *     isoflop fit runs.csv --law chinchilla --tie alpha=beta --where 'tokens <= uniqueTokens'
 *     isoflop fit runs.csv --law data-constrained --fix E=..,A=..,B=..,alpha=..,beta=..
 *
 * Without --fix all are fitted together, from starts found in that order. Runs of several epochs alone do not tell RD from B,
 * and RN shows only in models larger than the optimal one. The law knows no overfitting: leave out runs whose loss rose again
 * with more epochs or parameters.
 *
 * @see arXiv 2305.16264, sections 3 and 5 (Muennighoff et al. 2023)
 * @example
 * ```ts
 * const { params } = dataConstrained.published[0];
 * const point = { params: [8.67e9], tokens: [178e9], uniqueTokens: [25e9] };
 * evaluateLaw(dataConstrained, params, point); // [2.2269634]
 * ```
 */
export const dataConstrained = defineLaw({
  id: 'data-constrained',
  title: 'Loss from parameters, tokens and distinct tokens',
  formula: "L(N, D, U) = E + \\frac{A}{N'^{\\alpha}} + \\frac{B}{D'^{\\beta}}",
  reference: { title: 'Scaling Data-Constrained Language Models', arxiv: '2305.16264', section: '3' },
  inputs,
  params: parameters,
  scale: 'raw',
  linear: () => ['E'],
  shears: [
    { amplitude: 'A', exponent: 'alpha', input: 'params' },
    { amplitude: 'B', exponent: 'beta', input: 'tokens', alike: ['uniqueTokens'] },
  ],
  guess: dataConstrainedGuess,
  evaluate: (...args) => {
    compiled().evaluate(...args);
  },
  curvature: (...args) => {
    compiled().curvature(...args);
  },
  published: [
    {
      id: 'muennighoff-2023',
      source: 'Muennighoff et al. 2023, C4',
      arxiv: '2305.16264',
      params: {
        E: Math.exp(0.6254804),
        A: Math.exp(6.255414),
        B: Math.exp(7.3049974),
        alpha: 0.3526596,
        beta: 0.3526596,
        RD: 15.387756,
        RN: 5.309743,
      },
      objective: 'log-huber, delta 1e-3',
      verified: true,
      note: 'Unrounded, from the code of the authors (huggingface/datablations), with which it agrees to all digits of its two examples.',
    },
  ],
});
