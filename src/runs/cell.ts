import { tryParseQuantity } from '../core/quantity.ts';

/** What people and programs write where a number is missing. */
const blanks = new Set(['', 'nan', 'null', 'none', 'na', 'n/a', '#n/a', '-']);

const infinity = /^([+-]?)inf(?:inity)?$/i;

/** Numbers of files with `;` between the fields may have a decimal comma. */
const decimalComma = /^([^.,]*),([^.,]*)$/;

/**
 * Reads the number in a field: plain or scientific notation, a suffix (`1.3B`), digits grouped by thousands, or an
 * infinity, which is a number that the caller has to refuse.
 *
 * @param text - the field
 * @param comma - whether `1,5` is 1.5, as it is in files that separate fields by `;` (so `1,000` is 1 there)
 * @returns NaN for a blank field, `undefined` for text that is not a number
 * @example
 * ```ts
 * parseCell('1.3B'); // 1.3e9
 * parseCell('NaN'); // NaN
 * parseCell('many'); // undefined
 * ```
 */
export function parseCell(text: string, comma = false): number | undefined {
  const value = +text;
  // `+text` reads blanks as 0, and 0x10 as 16, which no program writes as a number of runs.
  if (value !== 0 && value === value && !(text.charCodeAt(0) === 48 && text.charCodeAt(1) > 57)) return value;
  return parseUnusual(text.trim(), comma);
}

function parseUnusual(text: string, comma: boolean): number | undefined {
  if (blanks.has(text.toLowerCase())) return NaN;
  const infinite = infinity.exec(text);
  if (infinite !== null) return infinite[1] === '-' ? -Infinity : Infinity;
  return tryParseQuantity(comma ? text.replace(decimalComma, '$1.$2') : text);
}
