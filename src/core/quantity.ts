import { IsoflopError } from './errors.ts';

/** Decimal exponents of the suffixes people write after a count: `125M`, `70B`, `1.4T`. */
const suffixExponents: Readonly<Record<string, number>> = { k: 3, m: 6, b: 9, g: 9, t: 12 };

const pattern = /^([+-]?)(\d+(?:[_,]\d{3})*|\d*)(?:\.(\d*))?(?:e([+-]?\d+))?\s*([kmbgt])?$/i;

/**
 * Reads a quantity as people write it, or returns `undefined` when the text is not a finite number.
 *
 * Accepts plain and scientific numbers (`300e9`, `5.76e23`), suffixes in either case (`70B`, `1.3b`, `125m`), and digits
 * grouped by thousands (`1_000_000`, `1,000,000`).
 *
 * @example
 * ```ts
 * tryParseQuantity('1.4T'); // 1.4e12
 * tryParseQuantity('many'); // undefined
 * ```
 */
export function tryParseQuantity(text: string): number | undefined {
  const match = pattern.exec(text.trim());
  if (match === null) return undefined;
  const [, sign = '', whole = '', fraction = '', exponent = '0', suffix = ''] = match;
  if (whole === '' && fraction === '') return undefined;
  const shift = Number(exponent) + (suffix === '' ? 0 : suffixExponents[suffix.toLowerCase()]);
  // One conversion from decimal text keeps "1.3B" exactly equal to 1.3e9, where a multiplication could round twice.
  const value = Number(`${sign}${whole.replaceAll(/[_,]/g, '')}.${fraction}e${String(shift)}`);
  return Number.isFinite(value) ? value : undefined;
}

/**
 * Reads a quantity as people write it (`70B`, `1.4T`, `5.76e23`, `300e9`).
 *
 * @param text - what the user wrote
 * @param what - what it stands for, named in the error
 * @throws {@link IsoflopError} `QUANTITY_INVALID` when the text is not a finite number
 * @example
 * ```ts
 * parseQuantity('70B'); // 7e10
 * ```
 */
export function parseQuantity(text: string, what = 'the quantity'): number {
  const value = tryParseQuantity(text);
  if (value === undefined) throw new IsoflopError('QUANTITY_INVALID', { what, value: text });
  return value;
}

/**
 * Prints a quantity the way people read it: `70B`, `1.4T`, and powers of ten beyond thousands of T: `5.76e23`.
 *
 * @param value - any number
 * @param digits - significant digits kept (trailing zeros are dropped)
 * @example
 * ```ts
 * formatQuantity(7.32e10); // '73.2B'
 * formatQuantity(5.76e23); // '5.76e23'
 * ```
 */
export function formatQuantity(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return String(value);
  // Rounding first decides the suffix, so that 999.96e9 prints as 1T and not as 1000B.
  const rounded = Number(value.toPrecision(digits));
  const size = Math.abs(rounded);
  if (size === 0) return '0';
  if (size >= 1e15 || size < 1e-3) return rounded.toExponential().replace('e+', 'e');
  for (const [suffix, exponent] of [
    ['T', 12],
    ['B', 9],
    ['M', 6],
    ['K', 3],
  ] as const) {
    if (size < 10 ** exponent) continue;
    // Of two whole numbers the quotient is the nearest number to the decimal; otherwise only its text is.
    const scaled = Number.isInteger(rounded)
      ? rounded / 10 ** exponent
      : Number(`${String(rounded)}e-${String(exponent)}`);
    return `${String(scaled)}${suffix}`;
  }
  return String(rounded);
}
