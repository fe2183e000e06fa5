import type { AllocationTerms, Law } from './law.ts';

/** Why terms have no compute-optimal point between all model and all data, or `undefined` when they have one. */
export function allocationFault(terms: AllocationTerms): string | undefined {
  if (!(terms.paramsAmplitude > 0)) return 'the loss does not fall with params';
  if (!(terms.tokensAmplitude > 0)) return 'the loss does not fall with tokens';
  if (!(terms.paramsExponent > 0)) return 'the exponent of params is not positive';
  if (!(terms.tokensExponent > 0)) return 'the exponent of tokens is not positive';
  return undefined;
}

/** Whether a law is one of model size and training tokens and of nothing else, so that compute can be split between them. */
export function takesParamsAndTokens(law: Pick<Law, 'inputs'>): boolean {
  const names = law.inputs.map((input) => input.name);
  return names.length === 2 && names.includes('params') && names.includes('tokens');
}

/**
 * The exponents of N* ~ C^a and D* ~ C^b, or `null` for laws without an allocation.
 *
 * @example
 * ```ts
 * allocationExponents(chinchilla, { E: 1.69, A: 406.4, B: 410.7, alpha: 0.34, beta: 0.28 })?.paramsExponent; // 0.4516...
 * ```
 */
export function allocationExponents(
  law: Law,
  params: Readonly<Record<string, number>>,
): { paramsExponent: number; tokensExponent: number } | null {
  const terms = law.allocation?.(params);
  if (terms === undefined || allocationFault(terms) !== undefined) return null;
  const sum = terms.paramsExponent + terms.tokensExponent;
  return { paramsExponent: terms.tokensExponent / sum, tokensExponent: terms.paramsExponent / sum };
}
