import { defineFormula } from './formula/defineFormula.ts';
import { experts, params, tokens } from './inputs.ts';
import type { LawParam } from './law.ts';

const amplitude = (name: string, of: string): LawParam => ({
  name,
  unit: name === 'c' ? 'nats/token' : `nats/token, one ${of === 'params' ? 'parameter' : 'token'} and one expert`,
  description: name === 'c' ? 'irreducible loss' : `amplitude of the ${of} term`,
  transform: 'log',
  bounds: [0, Infinity],
});

const exponent = (name: string, description: string, search: readonly [number, number]): LawParam => ({
  name,
  unit: '1',
  description,
  transform: 'identity',
  bounds: [-20, 20],
  search,
});

/**
 * Loss of mixtures of experts and of dense models (one expert) together:
 * L(N, D, E) = a E^delta N^(alpha + gamma ln E) + b E^omega D^(beta + zeta ln E) + c, with the exponents alpha and beta of
 * N and D below zero. N counts active parameters, D tokens, E experts.
 *
 * The paper puts in place of E a number that saturates for few and for many experts; a column of such numbers can be
 * named by `--columns experts=...`. Its coefficients could not be checked, so no published fit is listed.
 *
 * @see arXiv 2502.05172 (Ludziejewski et al. 2025)
 * @example
 * ```ts
 * const values = { a: 480, delta: 0.1, alpha: -0.35, gamma: -0.01, b: 2100, omega: 0.2, beta: -0.37, zeta: -0.005, c: 1.7 };
 * evaluateLaw(mixtureOfExperts, values, { params: [1e9, 1e9], tokens: [2e10, 2e10], experts: [1, 8] }); // [2.36403, 2.35591]
 * ```
 */
export const mixtureOfExperts = defineFormula({
  id: 'moe',
  title: 'Mixture of experts: loss from active parameters, tokens and experts',
  formula: 'L(N, D, E) = a E^{\\delta} N^{\\alpha + \\gamma \\ln E} + b E^{\\omega} D^{\\beta + \\zeta \\ln E} + c',
  text: 'a * experts^delta * params^(alpha + gamma * log(experts)) + b * experts^omega * tokens^(beta + zeta * log(experts)) + c',
  reference: {
    title: 'Joint MoE Scaling Laws: Mixture of Experts Can Be Memory Efficient',
    arxiv: '2502.05172',
  },
  inputs: [params, tokens, experts],
  params: [
    amplitude('a', 'params'),
    exponent('delta', 'exponent of experts in the params term', [0, 0]),
    exponent('alpha', 'exponent of params; negative', [-0.8, -0.05]),
    exponent('gamma', 'change of alpha with ln experts', [0, 0]),
    amplitude('b', 'tokens'),
    exponent('omega', 'exponent of experts in the tokens term', [0, 0]),
    exponent('beta', 'exponent of tokens; negative', [-0.8, -0.05]),
    exponent('zeta', 'change of beta with ln experts', [0, 0]),
    amplitude('c', ''),
  ],
  published: [],
});

/**
 * Loss of routed models from their size and number of experts at a fixed amount of data:
 * ln L(N, E) = a ln N + b ln E + c ln N ln E + d. With c above zero, experts help larger models less. N counts the
 * parameters of the dense model that the experts were added to.
 *
 * The paper puts in place of E a number that saturates for few and for many experts; a column of such numbers can be
 * named by `--columns experts=...`. Its coefficients could not be checked, so no published fit is listed.
 *
 * @see arXiv 2202.01169, equation 1 (Clark et al. 2022)
 * @example
 * ```ts
 * const values = { a: -0.08, b: -0.1, c: 0.004, d: 2.5 };
 * evaluateLaw(routedExperts, values, { params: [1e9, 1e9], experts: [1, 64] }); // [2.32133, 2.16191]
 * ```
 */
export const routedExperts = defineFormula({
  id: 'moe-routed',
  title: 'Routed model: loss from parameters and experts at fixed data',
  formula: '\\ln L(N, E) = a \\ln N + b \\ln E + c \\ln N \\ln E + d',
  text: 'exp(a * log(params) + b * log(experts) + c * log(params) * log(experts) + d)',
  reference: { title: 'Unified Scaling Laws for Routed Language Models', arxiv: '2202.01169', section: 'equation 1' },
  inputs: [params, experts],
  params: [
    exponent('a', 'exponent of params at one expert', [-0.3, 0]),
    exponent('b', 'exponent of experts at one parameter', [-0.3, 0.1]),
    exponent('c', 'how much the exponent of experts changes with ln params', [-0.02, 0.02]),
    exponent('d', 'ln of the loss at one parameter and one expert', [0, 10]),
  ],
  published: [],
});
