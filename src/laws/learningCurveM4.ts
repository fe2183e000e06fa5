import { choleskyInPlace, choleskySolve } from '../core/linalg.ts';
import { defineImplicit } from './formula/defineImplicit.ts';
import { x } from './inputs.ts';
import { irreducibleLoss } from './lawParams.ts';
import type { Law } from './law.ts';

/** Limits that are tried, as shares of the least response, and heights of the plateau, as multiples of the largest. */
const limits = [0.01, 0.3, 0.6, 0.8, 0.9, 0.96, 0.99] as const;
const plateaus = [1.003, 1.02, 1.06, 1.15, 1.4, 2, 4] as const;
/** Starting points that are given. */
const kept = 4;

/**
 * Starting points by the procedure of the paper: with the two limits held,
 * ln(L - E) = ln beta - c ln x + alpha ln(E0 - L) is linear in the rest. So the limits go over a grid. Residuals are weighted
 * to be relative errors of L.
 */
const guess: NonNullable<Law['guess']> = (columns, observed) => {
  const logX = columns.x.map(Math.log);
  const [least, largest] = [Math.min(...observed), Math.max(...observed)];
  if (!(least > 0 && largest > least)) return [];
  const found = limits.flatMap((share) =>
    plateaus.flatMap((multiple) => regress(logX, observed, share * least, multiple * largest)),
  );
  return found
    .sort((a, b) => a.left - b.left)
    .slice(0, kept)
    .map(({ params }) => params);
};

function regress(
  logX: Float64Array,
  y: Float64Array,
  E: number,
  E0: number,
): { readonly left: number; readonly params: Record<string, number> }[] {
  let alpha = 1;
  let left = Infinity;
  let solution = new Float64Array(3);
  // The weights depend on alpha, which the first round finds.
  for (let round = 0; round < 3; round++) {
    const gram = new Float64Array(9);
    const right = new Float64Array(3);
    let total = 0;
    for (let i = 0; i < y.length; i++) {
      const weight = 1 / (y[i] / (y[i] - E) + (alpha * y[i]) / (E0 - y[i]));
      const row = [weight, -weight * logX[i], weight * Math.log(E0 - y[i])];
      const target = weight * Math.log(y[i] - E);
      for (let j = 0; j < 3; j++) {
        right[j] += row[j] * target;
        for (let k = 0; k <= j; k++) gram[j * 3 + k] += row[j] * row[k];
      }
      total += target ** 2;
    }
    if (!choleskyInPlace(gram, 3)) return [];
    solution = right.slice();
    choleskySolve(gram, 3, solution);
    left = total - solution.reduce((sum, value, k) => sum + value * right[k], 0);
    alpha = Math.max(0.01, solution[2]);
  }
  const [logBeta, c] = solution;
  return c > 0 ? [{ left, params: { E, E0, beta: Math.exp(logBeta), c, alpha } }] : [];
}

/**
 * Estimator M4 of learning curves, a power law with a plateau before it: (L - E) / (E0 - L)^alpha = beta / x^c. L starts at
 * E0 (the response of guessing, the paper's eps_0) and ends at E (eps_inf); alpha says how abruptly it leaves the plateau,
 * as it goes to 0 this becomes M2. Fix E0 where the response of guessing is known.
 *
 * The equation is solved for L in every row, so a fit minimises errors of L; the code of the paper minimises those of the
 * equation, with L measured on both sides.
 *
 * @see arXiv 2209.06640 (Alabdulmohsin et al. 2022), and `methods/m4.py` of its code
 * @example
 * ```ts
 * evaluateLaw(m4, { E: 0.1, E0: 0.9, beta: 500, c: 0.45, alpha: 1 }, { x: [1, 1e6, 1e12] }); // [0.8984, 0.4995, 0.1016]
 * ```
 */
export const m4 = defineImplicit({
  id: 'm4',
  title: 'Learning curve M4: a power law after a plateau',
  formula: String.raw`\frac{L - E}{(E_0 - L)^{\alpha}} = \frac{\beta}{x^c}`,
  // In the odds (L - E) / (E0 - L), whose logarithm the equation makes nearly linear, since on the plateau and near its end
  // the loss is a limit to rounding.
  unknown: { name: 'odds', response: 'E + (E0 - E) * exp(-log(1 + 1 / odds))' },
  equation: 'log(beta) - c * log(x) + (alpha - 1) * log(E0 - E) + log(1 + 1 / odds) - alpha * log(1 + odds)',
  bracket: ['1e-300', '1e300'],
  reference: {
    title: 'Revisiting Neural Scaling Laws in Language and Vision',
    arxiv: '2209.06640',
    section: 'M4',
  },
  inputs: [x],
  params: [
    irreducibleLoss,
    {
      name: 'E0',
      unit: 'nats/token',
      description: 'loss of guessing, where the curve starts',
      transform: 'log',
      bounds: [0, Infinity],
      search: [0.5, 12],
    },
    {
      name: 'beta',
      unit: '(nats/token)^(1 - alpha) * x^c',
      description: 'amplitude',
      transform: 'log',
      bounds: [0, Infinity],
      search: [1e-2, 1e6],
    },
    { name: 'c', unit: '1', description: 'exponent', transform: 'identity', bounds: [0, 20], search: [0.05, 1.5] },
    {
      name: 'alpha',
      unit: '1',
      description: 'abruptness of the start',
      transform: 'identity',
      bounds: [0, 20],
      search: [0.2, 3],
    },
  ],
  shears: [{ amplitude: 'beta', exponent: 'c', input: 'x' }],
  guess,
  guessSuffices: true,
  published: [],
});
