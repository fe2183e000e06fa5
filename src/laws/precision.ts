import { defineFormula } from './formula/defineFormula.ts';
import { activationBits, cacheBits, params, tokens, weightBits } from './inputs.ts';
import type { LawParam } from './law.ts';
import { exponent, irreducibleLoss, positive } from './lawParams.ts';

/** Bits per number of what is held in low precision; what is left out has full precision. */
export interface Bits {
  readonly weightBits?: number;
  readonly activationBits?: number;
  readonly cacheBits?: number;
}

/** How many bits each part of a model needs: gamma bits lose a share 1/e of the parameters. */
export interface Sensitivities {
  readonly gammaW: number;
  readonly gammaA: number;
  readonly gammaKV: number;
}

/** The sensitivities of arXiv 2411.04330, appendix K, table 2, for integer types. */
export const publishedSensitivities: Sensitivities = { gammaW: 2.6745, gammaA: 2.2102, gammaKV: 0.9578 };

/**
 * Parameters N_eff of a model in full precision that is as good as one of `params` parameters trained in low precision:
 * N prod_x (1 - exp(-P_x / gamma_x)) over weights, activations and KV cache.
 *
 * @param params - N, parameters
 * @param bits - P_x, bits per number; parts that are not named have full precision
 * @see arXiv 2411.04330 (Kumar et al. 2024)
 * @example
 * ```ts
 * effectiveParams(1e9, { weightBits: 4 }); // 0.7759e9
 * effectiveParams(1e9, { weightBits: 8 }); // 0.9498e9
 * ```
 */
export function effectiveParams(
  params: number,
  bits: Bits,
  { gammaW, gammaA, gammaKV }: Sensitivities = publishedSensitivities,
): number {
  const { weightBits: w = Infinity, activationBits: a = Infinity, cacheBits: kv = Infinity } = bits;
  return params * -Math.expm1(-w / gammaW) * -Math.expm1(-a / gammaA) * -Math.expm1(-kv / gammaKV);
}

const sensitivity = (name: string, of: string): LawParam => ({
  name,
  unit: 'bits',
  description: `bits that ${of} need`,
  transform: 'log',
  bounds: [0, 1e3],
  search: [2, 2],
});

/**
 * Loss of models trained in low precision: L = E + A / N_eff^alpha + B / D^beta, where N_eff counts the parameters that low
 * precision leaves, see {@link effectiveParams}. Bits are those during training; 16 or 32 stand for full precision.
 *
 * The bits have to vary. With the same bits in every run, A and the gammas only enter as one product, and nothing tells
 * them apart; then fix the gammas. The paper's gammas are 2.6745 (weights), 2.2102 (activations) and 0.9578 (KV cache)
 * bits, with A = 4299 and alpha = 0.4965. Its other coefficients could not be checked, so no published fit is listed.
 *
 * @see arXiv 2411.04330, appendix K, table 2 (Kumar et al. 2024)
 * @example
 * ```ts
 * const values = { E: 2.7, A: 4299, B: 18000, alpha: 0.4965, beta: 0.4965, ...publishedSensitivities };
 * const runs = { params: [1e8, 1e8], tokens: [1e10, 1e10], weightBits: [16, 4], activationBits: [16, 4], cacheBits: [16, 4] };
 * evaluateLaw(precision, values, runs); // [3.355, 3.467]
 * ```
 */
export const precision = defineFormula({
  id: 'precision',
  title: 'Loss from parameters, tokens and bits in training',
  formula: [
    'L = E + \\frac{A}{N_{\\mathrm{eff}}^{\\alpha}} + \\frac{B}{D^{\\beta}}',
    'N_{\\mathrm{eff}} = N \\prod_{x \\in \\{w, a, kv\\}} \\left(1 - e^{-P_x / \\gamma_x}\\right)',
  ].join(',\\quad '),
  text: [
    'E + A / (params * (1 - exp(-weightBits / gammaW))',
    '(1 - exp(-activationBits / gammaA))',
    '(1 - exp(-cacheBits / gammaKV)))^alpha + B / tokens^beta',
  ].join(' * '),
  reference: { title: 'Scaling Laws for Precision', arxiv: '2411.04330', section: 'appendix K' },
  inputs: [params, tokens, weightBits, activationBits, cacheBits],
  params: [
    irreducibleLoss,
    positive('A', 'nats/token * parameters^alpha', 'amplitude of the params term'),
    positive('B', 'nats/token * tokens^beta', 'amplitude of the tokens term'),
    exponent('alpha', 'exponent of params', [0.1, 0.8]),
    exponent('beta', 'exponent of tokens', [0.1, 0.8]),
    sensitivity('gammaW', 'weights'),
    sensitivity('gammaA', 'activations'),
    sensitivity('gammaKV', 'keys and values in the cache'),
  ],
  shears: [
    { amplitude: 'A', exponent: 'alpha', input: 'params' },
    { amplitude: 'B', exponent: 'beta', input: 'tokens' },
  ],
  published: [],
});
