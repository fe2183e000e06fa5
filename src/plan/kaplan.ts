import { IsoflopError } from '../core/errors.ts';

/**
 * Constants of the laws L(N, S_min) = (Nc / N)^alphaN + (Sc / S_min)^alphaS and B_crit(L) = Bstar / L^(1 / alphaB), which the
 * laws `kaplan-steps`, `critical-batch` and `trajectory` fit. They hold for the data, tokenizer, context and counting of
 * parameters that they were fitted on.
 */
export interface KaplanConstants {
  readonly alphaN: number;
  readonly alphaS: number;
  readonly alphaB: number;
  /** Parameters. */
  readonly Nc: number;
  /** Steps. */
  readonly Sc: number;
  /** Tokens, at a loss of 1 nat per token. */
  readonly Bstar: number;
}

/** Training to the lowest loss that a least compute C_min can reach. */
export interface EfficientRun {
  /** Best model size N. */
  readonly params: number;
  /** Nats per token. */
  readonly loss: number;
  /** Critical batch size at that loss, in tokens. */
  readonly criticalBatch: number;
  /** Steps of very large batches. */
  readonly minSteps: number;
  /** Tokens of very small batches. */
  readonly minTokens: number;
  /** What training at the critical batch size really takes: twice the fewest steps, tokens and FLOP. */
  readonly atCriticalBatch: { readonly steps: number; readonly tokens: number; readonly flops: number };
}

/**
 * Constants of Kaplan et al. 2020 for WebText2, with N counted without embeddings: table 3 and figure 10, as published and
 * rounded.
 *
 * @see arXiv 2001.08361, section 5
 */
export const kaplanConstants: KaplanConstants = {
  alphaN: 0.077,
  alphaS: 0.76,
  alphaB: 0.21,
  Nc: 6.5e13,
  Sc: 2.1e3,
  Bstar: 2.1e8,
};

/** FLOP per parameter and token. */
const k = 6;

/**
 * The constants in a fit of the law `trajectory`, whose amplitudes are A = Nc^alphaN and G = Sc^alphaS.
 *
 * @param params - A, G, Bstar, alphaN, alphaS and alphaB
 * @throws {@link IsoflopError} `QUANTITY_NOT_POSITIVE`
 * @example
 * ```ts
 * kaplanConstantsOf({ A: 11.97, G: 194, Bstar: 1.7e8, alphaN: 0.076, alphaS: 0.67, alphaB: 0.205 }).Sc; // 2598
 * ```
 */
export function kaplanConstantsOf(params: Readonly<Record<string, number | undefined>>): KaplanConstants {
  const { A = NaN, G = NaN, Bstar = NaN, alphaN = NaN, alphaS = NaN, alphaB = NaN } = params;
  for (const [what, value] of Object.entries({ A, G, Bstar, alphaN, alphaS, alphaB })) requirePositive(what, value);
  return { alphaN, alphaS, alphaB, Nc: A ** (1 / alphaN), Sc: G ** (1 / alphaS), Bstar };
}

/**
 * Critical batch size at a loss, in tokens: Bstar / L^(1 / alphaB).
 *
 * @param loss - nats per token
 * @throws {@link IsoflopError} `QUANTITY_NOT_POSITIVE`
 * @see arXiv 2001.08361, section 5.1, equation 5.3
 * @example
 * ```ts
 * criticalBatchAt(kaplanConstants, 3); // 1.12e6
 * ```
 */
export function criticalBatchAt({ Bstar, alphaB }: Pick<KaplanConstants, 'Bstar' | 'alphaB'>, loss: number): number {
  requirePositive('loss', loss);
  return Bstar / loss ** (1 / alphaB);
}

/**
 * Steps that very large batches would have taken to the same loss: S_min = S / (1 + B_crit / B).
 *
 * @param batchSize - B in tokens
 * @param criticalBatch - critical batch size at the loss reached, in tokens
 * @throws {@link IsoflopError} `QUANTITY_NOT_POSITIVE`
 * @see arXiv 2001.08361, section 5.1, equation 5.4
 * @example
 * ```ts
 * toMinSteps(1e5, 5e5, 1.5e6); // 25000
 * ```
 */
export function toMinSteps(steps: number, batchSize: number, criticalBatch: number): number {
  for (const [what, value] of Object.entries({ steps, batchSize, criticalBatch })) requirePositive(what, value);
  return steps / (1 + criticalBatch / batchSize);
}

/**
 * FLOP that very small batches would have taken to the same loss: C_min = C / (1 + B / B_crit).
 *
 * @param batchSize - B in tokens
 * @param criticalBatch - critical batch size at the loss reached, in tokens
 * @throws {@link IsoflopError} `QUANTITY_NOT_POSITIVE`
 * @see arXiv 2001.08361, section 5.1, equation 5.5
 * @example
 * ```ts
 * toMinFlops(4e20, 5e5, 1.5e6); // 3e20
 * ```
 */
export function toMinFlops(flops: number, batchSize: number, criticalBatch: number): number {
  for (const [what, value] of Object.entries({ flops, batchSize, criticalBatch })) requirePositive(what, value);
  return flops / (1 + batchSize / criticalBatch);
}

/**
 * Exponent alphaC of the lowest loss that a compute can reach, L ~ C_min^-alphaC: 1 / (1/alphaS + 1/alphaB + 1/alphaN).
 *
 * @see arXiv 2001.08361, section 6
 * @example
 * ```ts
 * computeExponent(kaplanConstants); // 0.05245
 * ```
 */
export function computeExponent({
  alphaN,
  alphaS,
  alphaB,
}: Pick<KaplanConstants, 'alphaN' | 'alphaS' | 'alphaB'>): number {
  return 1 / (1 / alphaS + 1 / alphaB + 1 / alphaN);
}

/**
 * Compute scale Cc of the lowest loss that a compute can reach, L = (Cc / C_min)^alphaC, in FLOP.
 *
 * @see arXiv 2001.08361, appendix B
 * @example
 * ```ts
 * computeScale(kaplanConstants) / 8.64e19; // 1.61e8, petaflop/s-days
 * ```
 */
export function computeScale({ alphaN, alphaS, Nc, Sc, Bstar }: KaplanConstants): number {
  const f = alphaN / alphaS;
  return k * Nc * Bstar * Sc * (1 + f) ** (1 / alphaS + 1 / alphaN) * f ** (-1 / alphaS);
}

/**
 * The best model size and training for a least compute C_min, in closed form. The best model is stopped while its loss is
 * still alphaN / alphaS (about 10%) above its converged loss.
 *
 * @param minFlops - C_min in FLOP; training at the critical batch size takes twice as many
 * @throws {@link IsoflopError} `QUANTITY_NOT_POSITIVE`
 * @see arXiv 2001.08361, appendix B
 * @example
 * ```ts
 * efficientRun(kaplanConstants, 1e23).params; // 7.14e10
 * ```
 */
export function efficientRun(constants: KaplanConstants, minFlops: number): EfficientRun {
  requirePositive('minFlops', minFlops);
  const { alphaN, alphaS, Nc, Bstar } = constants;
  const alphaC = computeExponent(constants);
  const Cc = computeScale(constants);
  const f = alphaN / alphaS;
  const budget = minFlops / Cc;
  const params = Nc * budget ** (alphaC / alphaN) * (1 + f) ** (1 / alphaN);
  const minSteps = (Cc / (k * Nc * Bstar)) * (1 + f) ** (-1 / alphaN) * budget ** (alphaC / alphaS);
  const loss = budget ** -alphaC;
  const criticalBatch = criticalBatchAt(constants, loss);
  const minTokens = minSteps * criticalBatch;
  const atCriticalBatch = { steps: 2 * minSteps, tokens: 2 * minTokens, flops: 2 * minFlops };
  return { params, loss, criticalBatch, minSteps, minTokens, atCriticalBatch };
}

/**
 * Least compute that a model of some size takes to a loss, in FLOP; infinite where even endless training stays above it.
 *
 * @param params - N
 * @param loss - nats per token
 * @throws {@link IsoflopError} `QUANTITY_NOT_POSITIVE`
 * @see arXiv 2001.08361, appendix B
 * @example
 * ```ts
 * minFlopsToLoss(kaplanConstants, 1e9, 2.6); // 1.71e20
 * minFlopsToLoss(kaplanConstants, 1e6, 2.6); // Infinity
 * ```
 */
export function minFlopsToLoss(constants: KaplanConstants, params: number, loss: number): number {
  requirePositive('params', params);
  const { alphaN, alphaS, Nc, Sc } = constants;
  const left = loss - (Nc / params) ** alphaN;
  const tokensPerStep = criticalBatchAt(constants, loss);
  return left > 0 ? k * params * tokensPerStep * Sc * left ** (-1 / alphaS) : Infinity;
}

/**
 * Compute of a model r times the best size, as a multiple of that of the best size, at the same loss:
 * r (1 + (alphaS / alphaN) (1 - r^-alphaN))^(-1 / alphaS). Infinite where a model so small never reaches the loss.
 *
 * @param ratio - r
 * @throws {@link IsoflopError} `QUANTITY_NOT_POSITIVE`
 * @see arXiv 2001.08361, appendix B
 * @example
 * ```ts
 * excessCompute(kaplanConstants, 0.6); // 1.165
 * excessCompute(kaplanConstants, 2.2); // 1.204
 * ```
 */
export function excessCompute(constants: Pick<KaplanConstants, 'alphaN' | 'alphaS'>, ratio: number): number {
  return ratio * stepsRatio(constants, ratio);
}

/**
 * Steps of a model r times the best size, as a multiple of those of the best size, at the same loss.
 *
 * @param ratio - r
 * @throws {@link IsoflopError} `QUANTITY_NOT_POSITIVE`
 * @see arXiv 2001.08361, appendix B
 * @example
 * ```ts
 * stepsRatio(kaplanConstants, 2.2); // 0.547
 * ```
 */
export function stepsRatio({ alphaN, alphaS }: Pick<KaplanConstants, 'alphaN' | 'alphaS'>, ratio: number): number {
  requirePositive('ratio', ratio);
  const left = 1 + (alphaS / alphaN) * (1 - ratio ** -alphaN);
  return left > 0 ? left ** (-1 / alphaS) : Infinity;
}

/**
 * Two ways to the same loss: the model that is stopped at a share `gap` above its converged loss, against the model that is
 * stopped at `otherGap`. Gives N(gap) / N(otherGap) and S_min(gap) / S_min(otherGap). The best gap is alphaN / alphaS.
 *
 * @throws {@link IsoflopError} `QUANTITY_NOT_POSITIVE`
 * @see arXiv 2001.08361, appendix B
 * @example
 * ```ts
 * compareGaps(kaplanConstants, 0.077 / 0.76, 0.02); // { params: 2.708, steps: 0.131 }
 * ```
 */
export function compareGaps(
  { alphaN, alphaS }: Pick<KaplanConstants, 'alphaN' | 'alphaS'>,
  gap: number,
  otherGap: number,
): { readonly params: number; readonly steps: number } {
  for (const [what, value] of Object.entries({ gap, otherGap })) requirePositive(what, value);
  return {
    params: ((1 + gap) / (1 + otherGap)) ** (1 / alphaN),
    steps: ((1 + 1 / gap) / (1 + 1 / otherGap)) ** (1 / alphaS),
  };
}

/**
 * Steps before which early stopping on limited data can hardly be due: Sc / (L(N, D) - L(N, infinite data))^(1 / alphaS).
 *
 * @param loss - loss L(N, D) at which training on D tokens of data stops, in nats per token
 * @param lossOfEndlessData - converged loss L(N, infinite data) of the same model
 * @throws {@link IsoflopError} `QUANTITY_NOT_POSITIVE` when the first is not above the second
 * @see arXiv 2001.08361, section 5.3, equation 5.7
 * @example
 * ```ts
 * earlyStoppingSteps(kaplanConstants, 3.2, 3); // 17500
 * ```
 */
export function earlyStoppingSteps(
  { alphaS, Sc }: Pick<KaplanConstants, 'alphaS' | 'Sc'>,
  loss: number,
  lossOfEndlessData: number,
): number {
  requirePositive('the loss above that of endless data', loss - lossOfEndlessData);
  return Sc / (loss - lossOfEndlessData) ** (1 / alphaS);
}

function requirePositive(what: string, value: number): void {
  if (!(value > 0 && value < Infinity)) throw new IsoflopError('QUANTITY_NOT_POSITIVE', { what, value });
}
