import { defineLaw, type Law, type LawInput, type LawParam, type PublishedFit } from './law.ts';

/** One term A / x^alpha of a sum of power laws. */
interface PowerTerm {
  readonly amplitude: string;
  readonly exponent: string;
  readonly input: LawInput;
}

/** What differs between the laws of the form L = E + sum_j A_j / x_j^alpha_j. */
export interface PowerSum {
  readonly id: string;
  readonly title: string;
  readonly formula: string;
  readonly reference: Law['reference'];
  /** Whether the constant term E is present; it is then the first parameter. */
  readonly irreducible: boolean;
  readonly terms: readonly PowerTerm[];
  readonly allocation?: Law['allocation'];
  readonly published: readonly PublishedFit[];
}

const irreducible: LawParam = {
  name: 'E',
  unit: 'nats/token',
  description: 'irreducible loss',
  transform: 'log',
  bounds: [0, Infinity],
};

/**
 * Builds a law L = E + sum_j A_j / x_j^alpha_j with its exact derivatives.
 *
 * With z = (ln E, ln A_j - alpha_j ln x_j) the logarithm is ln L = logsumexp(z). Its gradient in z are the shares
 * s_j = exp(z_j) / L, its Hessian diag(s) - s s', and z is linear in the coordinates. The parameters are E (if present),
 * the amplitudes, then the exponents.
 */
export function definePowerSum(spec: PowerSum): Law {
  const constant = spec.irreducible ? 1 : 0;
  const terms = spec.terms.length;
  const inputs = [...new Map(spec.terms.map((t) => [t.input.name, t.input])).values()];
  const inputOf = spec.terms.map((t) => inputs.findIndex((i) => i.name === t.input.name));
  const params: LawParam[] = [
    ...(spec.irreducible ? [irreducible] : []),
    ...spec.terms.map((t): LawParam => ({
      name: t.amplitude,
      unit: `nats/token * (${t.input.unit})^${t.exponent}`,
      description: `amplitude of the ${t.input.name} term`,
      transform: 'log',
      bounds: [0, Infinity],
    })),
    ...spec.terms.map((t): LawParam => ({
      name: t.exponent,
      unit: '1',
      description: `exponent of ${t.input.name}`,
      transform: 'identity',
      bounds: [0, 20],
    })),
  ];
  const p = params.length;
  const two = spec.irreducible && terms === 2;
  return defineLaw({
    id: spec.id,
    title: spec.title,
    formula: spec.formula,
    reference: spec.reference,
    inputs,
    params,
    shears: spec.terms.map((t) => ({ amplitude: t.amplitude, exponent: t.exponent, input: t.input.name })),
    evaluate: two
      ? evaluateTwoTerms
      : (theta, x, rows, out, jacobian) => {
          for (let i = 0; i < rows; i++) {
            let top = constant === 1 ? theta[0] : -Infinity;
            for (let t = 0; t < terms; t++)
              top = Math.max(top, theta[constant + t] - theta[constant + terms + t] * x[inputOf[t]][i]);
            let sum = constant === 1 ? Math.exp(theta[0] - top) : 0;
            for (let t = 0; t < terms; t++)
              sum += Math.exp(theta[constant + t] - theta[constant + terms + t] * x[inputOf[t]][i] - top);
            out[i] = top + Math.log(sum);
            if (jacobian === undefined) continue;
            const row = i * p;
            if (constant === 1) jacobian[row] = Math.exp(theta[0] - out[i]);
            for (let t = 0; t < terms; t++) {
              const input = x[inputOf[t]][i];
              const share = Math.exp(theta[constant + t] - theta[constant + terms + t] * input - out[i]);
              jacobian[row + constant + t] = share;
              jacobian[row + constant + terms + t] = -share * input;
            }
          }
        },
    curvature: (_theta, x, rows, jacobian, coefficient, hessian) => {
      for (let i = 0; i < rows; i++) {
        const c = coefficient[i];
        if (c === 0) continue;
        const row = i * p;
        // - c g g' for the gradient g, the second half of the Hessian of logsumexp ...
        for (let j = 0; j < p; j++) {
          const cj = c * jacobian[row + j];
          for (let k = 0; k <= j; k++) hessian[j * p + k] -= cj * jacobian[row + k];
        }
        // ... and + c s_j (dz_j)(dz_j)' for each term, the first.
        if (constant === 1) hessian[0] += c * jacobian[row];
        for (let t = 0; t < terms; t++) {
          const a = constant + t;
          const e = a + terms;
          const share = c * jacobian[row + a];
          const input = x[inputOf[t]][i];
          hessian[a * p + a] += share;
          hessian[e * p + a] -= share * input;
          hessian[e * p + e] += share * input * input;
        }
      }
    },
    separable: [
      ...(spec.irreducible ? [{ amplitude: 'E', power: undefined }] : []),
      ...spec.terms.map((t) => ({ amplitude: t.amplitude, power: { exponent: t.exponent, input: t.input.name } })),
    ],
    ...(spec.allocation === undefined ? {} : { allocation: spec.allocation }),
    published: spec.published,
  });
}

/** The general loop above written out for E + A/x^alpha + B/y^beta, the inner loop of nearly every fit. */
const evaluateTwoTerms: Law['evaluate'] = (theta, inputs, rows, out, jacobian) => {
  const [e, a, b, alpha, beta] = theta;
  const [x, y] = inputs;
  for (let i = 0; i < rows; i++) {
    const za = a - alpha * x[i];
    const zb = b - beta * y[i];
    // The largest exponent is taken out of the sum, so neither overflow nor underflow can reach the logarithm.
    const top = za > zb ? (za > e ? za : e) : zb > e ? zb : e;
    const ee = Math.exp(e - top);
    const ea = Math.exp(za - top);
    const eb = Math.exp(zb - top);
    const sum = ee + ea + eb;
    out[i] = top + Math.log(sum);
    if (jacobian === undefined) continue;
    const row = 5 * i;
    const sa = ea / sum;
    const sb = eb / sum;
    jacobian[row] = ee / sum;
    jacobian[row + 1] = sa;
    jacobian[row + 2] = sb;
    jacobian[row + 3] = -sa * x[i];
    jacobian[row + 4] = -sb * y[i];
  }
};
