import { fillGrowth } from './boxCox.ts';
import { farseerGuess } from './farseerGuess.ts';
import { params, tokens } from './inputs.ts';
import { defineLaw, type Law, type LawParam } from './law.ts';

/** ln N0, the size at which the parameters describe the three curves. */
const logSize = Math.log(1e9);

const level = (name: string, unit: string, description: string, usual: number): LawParam => ({
  name,
  unit,
  description: `${description} of a model of 1e9 parameters`,
  transform: 'log',
  bounds: [0, Infinity],
  // Nine parameters drawn at random would hardly ever be near a fit: the starts are those of the guess.
  search: [usual, usual],
});

const slope = (of: string, usual: number): LawParam => ({
  name: `slope${of}`,
  unit: '1',
  description: `d ln ${of} / d ln N at 1e9 parameters`,
  transform: 'identity',
  bounds: [-20, 20],
  search: [usual, usual],
});

const bend = (name: string, of: string): LawParam => ({
  name,
  unit: '1',
  description: `exponent of N in ln ${of}(N); 0 for a power law`,
  transform: 'identity',
  // At 1 the logarithm is a line in N itself.
  bounds: [-1, 1],
  search: [0, 0],
});

/** The law's curves in the order of its parameters: levels at 0 to 2, slopes from 3, bends from 6. */
const [U, B, A] = [0, 1, 2];
const size = 9;

/** ln of one curve at a size with its derivatives in level, slope and bend. */
function createCurve(c: number) {
  const growth = new Float64Array(3);
  const curve = {
    value: 0,
    /** First derivatives: level, slope, bend. */
    first: new Float64Array([1, 0, 0]),
    /** The second derivatives that are not zero: slope and bend, bend and bend. */
    mixed: 0,
    bent: 0,
    at: (theta: Float64Array, x: number): void => {
      const steepness = theta[3 + c];
      fillGrowth(x, theta[6 + c], growth);
      curve.value = theta[c] + steepness * growth[0];
      curve.first[1] = growth[0];
      curve.first[2] = steepness * growth[1];
      curve.mixed = growth[1];
      curve.bent = steepness * growth[2];
    },
  };
  return curve;
}
const curves = [U, B, A].map(createCurve);

const evaluate: Law['evaluate'] = (theta, [logN, logD], rows, out, jacobian) => {
  const [u, b, a] = curves;
  for (let i = 0; i < rows; i++) {
    for (const curve of curves) curve.at(theta, logN[i] - logSize);
    const decay = Math.exp(a.value) * logD[i];
    const rest = Math.exp(u.value);
    const term = Math.exp(b.value - decay);
    out[i] = rest + term;
    if (jacobian === undefined) continue;
    for (let k = 0; k < 3; k++) {
      const at = i * size + 3 * k;
      jacobian[at + U] = rest * u.first[k];
      jacobian[at + B] = term * b.first[k];
      jacobian[at + A] = -term * decay * a.first[k];
    }
  }
};

const curvature: Law['curvature'] = (theta, [logN, logD], rows, _jacobian, coefficient, hessian) => {
  const [u, b, a] = curves;
  // Adds `weight` times the second derivatives of a curve's logarithm.
  const bendTo = (c: number, weight: number): void => {
    hessian[(6 + c) * size + 3 + c] += weight * curves[c].mixed;
    hessian[(6 + c) * size + 6 + c] += weight * curves[c].bent;
  };
  for (let i = 0; i < rows; i++) {
    if (coefficient[i] === 0) continue;
    for (const curve of curves) curve.at(theta, logN[i] - logSize);
    const decay = Math.exp(a.value) * logD[i];
    const rest = coefficient[i] * Math.exp(u.value);
    const term = coefficient[i] * Math.exp(b.value - decay);
    // exp(f)'' = exp(f) (f'' + f' f''): of the level, and of the term, whose f is ln B - A ln D with (A ln D)'' like exp.
    for (let k = 0; k < 3; k++)
      for (let l = 0; l < 3; l++) {
        const row = 3 * k * size + 3 * l;
        if (l <= k) {
          hessian[row + U * size + U] += rest * u.first[k] * u.first[l];
          hessian[row + B * size + B] += term * b.first[k] * b.first[l];
          hessian[row + A * size + A] += term * decay * (decay - 1) * a.first[k] * a.first[l];
          hessian[row + A * size + B] -= term * decay * a.first[k] * b.first[l];
        }
        if (l < k) hessian[row + B * size + A] -= term * decay * b.first[k] * a.first[l];
      }
    bendTo(U, rest);
    bendTo(B, term);
    bendTo(A, -term * decay);
  }
};

/**
 * Loss as a power law of tokens whose level, amplitude and exponent all depend on the model:
 * L(N, D) = U(N) + B(N) D^-A(N), with ln A(N) = ln A + slopeA ((N / N0)^alpha - 1) / alpha at N0 = 1e9 parameters, and
 * likewise ln B(N) with beta and ln U(N) with gamma.
 *
 * The paper writes A(N) = exp(a1 N^alpha + b1), B(N) = exp(a2 N^beta + b2) and U(N) = exp(a3 N^gamma + b3), which are the
 * same curves: a1 = slopeA / (alpha N0^alpha) and b1 = ln A - slopeA / alpha, and so on. But where a curve is nearly a power
 * law, as most are, its exponent of N is near 0, a and b are huge and of opposite sign, and no data tell them apart. Here
 * the exponent may be 0 and the other two say what the curve is at N0. With all three at 0 the law has power laws of N
 * throughout; with slopeA = 0 as well it is a power law of D with the same exponent for all models.
 *
 * The starting points are those of the paper's procedure: a power law of D for each size, then its exponents, amplitudes
 * and levels smoothed over the sizes one after the other.
 *
 * @see arXiv 2506.10972 (Farseer)
 * @example
 * ```ts
 * const curves = { slopeU: -0.2, slopeB: -0.9, slopeA: -0.2, gamma: 0.2, beta: 0, alpha: 0.2 };
 * evaluateLaw(farseer, { U: 1.8, B: 90, A: 0.25, ...curves }, { params: [1e9], tokens: [1e10] }); // [2.0846]
 * ```
 */
export const farseer = defineLaw({
  id: 'farseer',
  title: 'Farseer: a power law of tokens that changes with the model',
  formula: 'L(N, D) = U(N) + B(N) D^{-A(N)}',
  reference: { title: 'Predictable Scale: Part II, Farseer', arxiv: '2506.10972' },
  inputs: [params, tokens],
  params: [
    level('U', 'nats/token', 'loss with endless data', 2),
    level('B', 'nats/token * tokens^A', 'amplitude of the tokens term', 100),
    level('A', '1', 'exponent of tokens', 0.3),
    slope('U', -0.1),
    slope('B', -0.5),
    slope('A', -0.1),
    bend('gamma', 'U'),
    bend('beta', 'B'),
    bend('alpha', 'A'),
  ],
  scale: 'raw',
  shears: [],
  guess: farseerGuess(logSize),
  evaluate,
  curvature,
  published: [],
});
