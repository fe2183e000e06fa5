import { defineFormula } from './formula/defineFormula.ts';
import { x } from './inputs.ts';
import type { Law } from './law.ts';
import { definePowerSum } from './powerSum.ts';
import { exponent, positive } from './lawParams.ts';

const reference = (section: string): Law['reference'] => ({
  title: 'Revisiting Neural Scaling Laws in Language and Vision',
  arxiv: '2209.06640',
  section,
});

/**
 * Estimator M1 of learning curves: a power law without a limit, L(x) = beta / x^c.
 *
 * In M1 to M4 `x` is what the curve runs over, such as training examples seen; `--columns x=tokens` says which column it
 * is. The response is any positive error, named `loss`.
 *
 * @see arXiv 2209.06640 (Alabdulmohsin et al. 2022)
 * @example
 * ```ts
 * evaluateLaw(m1, { beta: 20, c: 0.3 }, { x: [1e6] }); // [0.31698]
 * ```
 */
export const m1 = definePowerSum({
  id: 'm1',
  title: 'Learning curve M1: a power law',
  formula: 'L(x) = \\frac{\\beta}{x^c}',
  reference: reference('M1'),
  irreducible: false,
  terms: [{ amplitude: 'beta', exponent: 'c', input: x }],
  published: [],
});

/**
 * Estimator M2 of learning curves: a power law above a limit, L(x) = E + beta / x^c. E is the paper's eps_inf.
 *
 * @see arXiv 2209.06640 (Alabdulmohsin et al. 2022)
 * @example
 * ```ts
 * evaluateLaw(m2, { E: 0.1, beta: 20, c: 0.3 }, { x: [1e6] }); // [0.41698]
 * ```
 */
export const m2 = definePowerSum({
  id: 'm2',
  title: 'Learning curve M2: a power law above a limit',
  formula: 'L(x) = E + \\frac{\\beta}{x^c}',
  reference: reference('M2'),
  irreducible: true,
  terms: [{ amplitude: 'beta', exponent: 'c', input: x }],
  published: [],
});

/**
 * Estimator M3 of learning curves: a power law that levels off, L(x) = beta (1/x + gamma)^c. Its limit is beta gamma^c; it
 * bends towards it near x = 1 / gamma.
 *
 * @see arXiv 2209.06640 (Alabdulmohsin et al. 2022), and `methods/m3.py` of its code, which has no further
 * limit to add
 * @example
 * ```ts
 * evaluateLaw(m3, { beta: 20, c: 0.3, gamma: 1e-6 }, { x: [1e6, 1e12] }); // [0.39025, 0.31698]
 * ```
 */
export const m3 = defineFormula({
  id: 'm3',
  title: 'Learning curve M3: a power law that levels off',
  formula: 'L(x) = \\beta \\left(\\frac{1}{x} + \\gamma\\right)^c',
  text: 'beta * (1 / x + gamma)^c',
  reference: reference('M3'),
  inputs: [x],
  params: [
    positive('beta', 'nats/token * x^c', 'amplitude'),
    exponent('c', 'exponent', [0.02, 2]),
    positive('gamma', '1/x', '1 / gamma is the x at which the curve levels off', [1e-14, 1]),
  ],
  shears: [],
  published: [],
});
