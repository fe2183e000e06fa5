/**
 * A share as a percentage with a fixed number of decimals, or `unknown` where there is none.
 *
 * @example
 * ```ts
 * fixedPercent(0.0123, 1); // '1.2%'
 * ```
 */
export function fixedPercent(share: number | null, decimals: number, unknown = '-'): string {
  return share === null ? unknown : `${(100 * share).toFixed(decimals)}%`;
}

/**
 * A share as a percentage with a number of significant digits and no trailing zeros.
 *
 * @example
 * ```ts
 * roundPercent(0.95, 3); // '95%'
 * ```
 */
export function roundPercent(share: number, digits: number): string {
  return `${String(Number((100 * share).toPrecision(digits)))}%`;
}
