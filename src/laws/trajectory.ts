import { defineImplicit } from './formula/defineImplicit.ts';
import { batchSize, params, steps } from './inputs.ts';
import { guessTrajectory } from './trajectoryGuess.ts';
import { exponent, positive } from './lawParams.ts';

/**
 * Loss of a model of N parameters after S steps at any batch size of B tokens, where data never run out. The loss stands on
 * both sides, since the critical batch size grows as the loss falls:
 * L = A / N^alphaN + G / S^alphaS (1 + B_crit(L) / B)^alphaS with B_crit(L) = Bstar / L^(1 / alphaB).
 *
 * It is `kaplan-steps` at S_min = S / (1 + B_crit(L) / B). In the form of the papers A = Nc^alphaN and G = Sc^alphaS. Fit it
 * to checkpoints of small models after the warm-up, several of them at other batch sizes; it then gives the whole training
 * curve of a large one. The constants belong to the data, tokenizer and context they were fitted on: measure them anew for
 * others. {@link estimateTrajectory} shows the steps of the papers' own procedure.
 *
 * @see arXiv 2001.08361, sections 5.1 and 5.2, equations 5.4 and 5.6; arXiv 2403.06563 (Su et al. 2024)
 * @example
 * ```ts
 * const constants = { A: 1.5e14 ** 0.076, G: 2.6e3 ** 0.67, Bstar: 1.7e8, alphaN: 0.076, alphaS: 0.67, alphaB: 0.205 };
 * const points = { params: [1e8, 33e9], steps: [1e4, 2.5e5], batchSize: [524288, 4.2e6] };
 * evaluateLaw(trajectory, constants, points); // [3.525, 1.982]
 * ```
 */
export const trajectory = defineImplicit({
  id: 'trajectory',
  title: 'Training curves at any batch size, from parameters, steps and batch size',
  formula: String.raw`L = \frac{A}{N^{\alpha_N}} + \frac{G}{S^{\alpha_S}} \left(1 + \frac{B_*}{B\,L^{1/\alpha_B}}\right)^{\alpha_S}`,
  // A convex function of ln L, on which Newton's method from the left never overshoots.
  equation:
    'log(A / params^alphaN + G / steps^alphaS * (1 + Bstar / (batchSize * loss^(1 / alphaB)))^alphaS) - log(loss)',
  // The loss of endless batches; Newton's method from there needs no close upper end.
  bracket: ['A / params^alphaN + G / steps^alphaS', '1e300'],
  reference: {
    title: 'Unraveling the Mystery of Scaling Laws: Part I',
    arxiv: '2403.06563',
    section: 'prediction of loss trajectories',
  },
  inputs: [params, steps, batchSize],
  params: [
    positive('A', 'nats/token * (parameters)^alphaN', 'amplitude of the params term', [0.5, 8]),
    positive('G', 'nats/token * (steps)^alphaS', 'amplitude of the steps term', [0.02, 5]),
    positive(
      'Bstar',
      'tokens * (nats/token)^(1/alphaB)',
      'critical batch size at a loss of 1 nat per token',
      [1e6, 1e11],
    ),
    exponent('alphaN', 'exponent of params', [0.02, 0.5]),
    exponent('alphaS', 'exponent of steps', [0.2, 1.5]),
    {
      name: 'alphaB',
      unit: '1',
      description: 'the critical batch size falls as the loss to the power 1/alphaB',
      transform: 'identity',
      // The formula divides by it.
      bounds: [1e-3, 20],
      search: [0.1, 1],
    },
  ],
  shears: [
    { amplitude: 'A', exponent: 'alphaN', input: 'params' },
    { amplitude: 'G', exponent: 'alphaS', input: 'steps' },
  ],
  guess: guessTrajectory,
  guessSuffices: true,
  published: [],
});
