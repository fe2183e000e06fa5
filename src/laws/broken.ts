import { brokenGuess } from './brokenGuess.ts';
import { defineFormula } from './formula/defineFormula.ts';
import { x } from './inputs.ts';
import type { Law, LawParam } from './law.ts';
import { positive } from './lawParams.ts';

/**
 * Range of the sharpness f of a break. Below it a break is a corner that no data resolve; above it the break is wider than
 * any data and cannot be told from a change of the other coefficients.
 */
const sharpness = [1e-3, 2] as const;

const head: readonly LawParam[] = [
  positive('a', 'nats/token', 'limit of the response'),
  positive('b', 'nats/token * x^c0', 'amplitude of the first power law'),
  {
    name: 'c0',
    unit: '1',
    description: 'exponent before the first break; negative where the response rises',
    transform: 'identity',
    bounds: [-20, 20],
    search: [-0.5, 2],
  },
];

const ofBreak = (i: number): LawParam[] => [
  {
    name: `c${String(i)}`,
    unit: '1',
    description: `change of the exponent at break ${String(i)}`,
    transform: 'identity',
    bounds: [-50, 50],
    search: [-2, 4],
  },
  positive(`d${String(i)}`, 'units of x', `where break ${String(i)} is`, [1, 1e13]),
  {
    name: `f${String(i)}`,
    unit: '1',
    description: `width of break ${String(i)} in ln x`,
    transform: 'log',
    bounds: sharpness,
    search: [0.01, 1.5],
  },
];

const exchanged = { c1: 'c2', c2: 'c1', d1: 'd2', d2: 'd1', f1: 'f2', f2: 'f1' } as const;

/** The broken law with some number of breaks. */
function defineBroken(breaks: 0 | 1 | 2): Law {
  const every = Array.from({ length: breaks }, (_, k) => k + 1);
  const factors = every.map((i) => `(1 + (x / d${String(i)})^(1 / f${String(i)}))^(-c${String(i)} * f${String(i)})`);
  const names = ['no break', 'one break', 'two breaks'];
  return defineFormula({
    id: `broken-${String(breaks)}`,
    title: `Broken power law with ${names[breaks]}`,
    formula: [
      'L(x) = a + b\\,x^{-c_0}',
      ...every.map((i) => {
        const k = String(i);
        return `\\left(1 + (x/d_${k})^{1/f_${k}}\\right)^{-c_${k} f_${k}}`;
      }),
    ].join(' '),
    text: ['a + b * x^(-c0)', ...factors].join(' * '),
    reference: { title: 'Broken Neural Scaling Laws', arxiv: '2210.14891', section: '2, equation 1' },
    inputs: [x],
    params: [...head, ...every.flatMap(ofBreak)],
    guess: brokenGuess(breaks, sharpness),
    guessSuffices: true,
    // Two breaks can change places; a start says which is which.
    ...(breaks === 2 ? { exchanges: () => [{}, exchanged] } : {}),
    published: [],
  });
}

/**
 * Broken neural scaling laws: L(x) = a + b x^-c0 * prod_i (1 + (x / d_i)^(1 / f_i))^(-c_i f_i). On a log-log plot of L - a
 * these are straight lines with the slopes -c0, -(c0 + c1), -(c0 + c1 + c2), joined smoothly at the d_i; f_i says how
 * wide the bend is in ln x. They describe sudden improvement, double descent (a c of the other sign) and delayed scaling.
 *
 * `x` is what was scaled: training examples or tokens, parameters, FLOP or steps; `--columns x=tokens` says which column
 * that is. The response is any positive error, named `loss`. Starting points have the breaks in the order of x.
 *
 * Each break has three coefficients, so with few points per break they are hardly determined: look at the errors before
 * reading a meaning into a break.
 *
 * The authors minimise squares of differences of ln(y + 1). That is this law fitted to y + 1, whose limit is a + 1:
 *
 *     isoflop fit runs.csv --law broken-1 --columns 'x=size,loss=y+1' --objective log-mse
 *
 * @see arXiv 2210.14891, section 2 (Caballero et al. 2022)
 * @example
 * ```ts
 * const params = { a: 0.4139, b: 2.2773, c0: 0.05508, c1: 5.6629, d1: 612.58, f1: 0.05919 };
 * evaluateLaw(findLaw('broken-1'), params, { x: [160, 612.58, 928] }); // [2.13584, 1.68156, 0.562608]
 * ```
 */
export const brokenLaws: readonly Law[] = ([0, 1, 2] as const).map(defineBroken);
