import { exponent, irreducibleLoss, positive } from './lawParams.ts';
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
    ...(spec.irreducible ? [irreducibleLoss] : []),
    ...spec.terms.map(({ amplitude, exponent: raised, input }) =>
      positive(amplitude, `nats/token * (${input.unit})^${raised}`, `amplitude of the ${input.name} term`),
    ),
    ...spec.terms.map((t) => exponent(t.exponent, `exponent of ${t.input.name}`)),
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
    curvature: two
      ? curvatureTwoTerms
      : (_theta, x, rows, jacobian, coefficient, hessian) => {
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
    linear: () => [...(spec.irreducible ? ['E'] : []), ...spec.terms.map((t) => t.amplitude)],
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
  // Indexed, not destructured: destructuring a typed array runs an iterator, which costs as much as ten rows.
  const e = theta[0];
  const a = theta[1];
  const b = theta[2];
  const alpha = theta[3];
  const beta = theta[4];
  const x = inputs[0];
  const y = inputs[1];
  // In centred coordinates the terms are of the size of the loss, so they can be added as they are; only where the sum
  // leaves the range of doubles (trial points far away) is the largest exponent taken out first.
  const constant = Math.exp(e);
  for (let i = 0; i < rows; i++) {
    const xi = x[i];
    const yi = y[i];
    const za = a - alpha * xi;
    const zb = b - beta * yi;
    let top = 0;
    let ee = constant;
    let ea = Math.exp(za);
    let eb = Math.exp(zb);
    let sum = ee + ea + eb;
    if (!(sum > 1e-280 && sum < 1e280)) {
      top = Math.max(e, za, zb);
      ee = Math.exp(e - top);
      ea = Math.exp(za - top);
      eb = Math.exp(zb - top);
      sum = ee + ea + eb;
    }
    out[i] = top + Math.log(sum);
    if (jacobian === undefined) continue;
    const row = 5 * i;
    const sa = ea / sum;
    const sb = eb / sum;
    jacobian[row] = ee / sum;
    jacobian[row + 1] = sa;
    jacobian[row + 2] = sb;
    jacobian[row + 3] = -sa * xi;
    jacobian[row + 4] = -sb * yi;
  }
};

/** The Hessian for E + A/x^alpha + B/y^beta, with its fifteen sums in local variables. */
const curvatureTwoTerms: Law['curvature'] = (_theta, inputs, rows, jacobian, coefficient, hessian) => {
  const x = inputs[0];
  const y = inputs[1];
  let h0 = 0;
  let h1 = 0;
  let h2 = 0;
  let h3 = 0;
  let h4 = 0;
  let h5 = 0;
  let h6 = 0;
  let h7 = 0;
  let h8 = 0;
  let h9 = 0;
  let h10 = 0;
  let h11 = 0;
  let h12 = 0;
  let h13 = 0;
  let h14 = 0;
  for (let i = 0; i < rows; i++) {
    const c = coefficient[i];
    if (c === 0) continue;
    const row = 5 * i;
    const e = jacobian[row];
    const a = jacobian[row + 1];
    const b = jacobian[row + 2];
    const p = jacobian[row + 3];
    const q = jacobian[row + 4];
    const ca = c * a;
    const cb = c * b;
    const cp = c * p;
    const cq = c * q;
    h0 += c * e * (1 - e);
    h1 -= ca * e;
    h2 += ca * (1 - a);
    h3 -= cb * e;
    h4 -= cb * a;
    h5 += cb * (1 - b);
    h6 -= cp * e;
    h7 += cp * (1 - a);
    h8 -= cp * b;
    h9 -= cp * (x[i] + p);
    h10 -= cq * e;
    h11 -= cq * a;
    h12 += cq * (1 - b);
    h13 -= cq * p;
    h14 -= cq * (y[i] + q);
  }
  hessian[0] += h0;
  hessian[5] += h1;
  hessian[6] += h2;
  hessian[10] += h3;
  hessian[11] += h4;
  hessian[12] += h5;
  hessian[15] += h6;
  hessian[16] += h7;
  hessian[17] += h8;
  hessian[18] += h9;
  hessian[20] += h10;
  hessian[21] += h11;
  hessian[22] += h12;
  hessian[23] += h13;
  hessian[24] += h14;
};
