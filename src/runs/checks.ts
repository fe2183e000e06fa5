import { IsoflopError } from '../core/errors.ts';
import { formatQuantity } from '../core/quantity.ts';
import { createWarning, type Warning } from '../core/warnings.ts';
import type { Conventions, Dropped } from './runs.ts';

/** Relative difference between C and k N D that rounding and small differences in counting explain. */
const flopsTolerance = 0.03;

/** Share of the rows beyond the tolerance from which the convention, and not a few rows, is in doubt. */
const manyRows = 0.1;

/** No run has fewer parameters, tokens or FLOP than this; smaller numbers are logarithms or counted in billions. */
export const smallestCredible = 1000;

/**
 * Warnings about numbers that are valid, but probably not what they are taken for.
 *
 * @param allGiven - whether params, tokens and flops were all read, so that they can disagree
 * @example
 * ```ts
 * const quantities = { tokens: Float64Array.of(9, 9.5) };
 * checkQuantities(quantities, { columns: { tokens: 'num_token' }, derived: {}, flopsPerParamToken: 6 }, [], false)[0].code; // 'SUSPECT_UNITS'
 * ```
 */
export function checkQuantities(
  quantities: Readonly<Record<string, Float64Array | undefined>>,
  conventions: Conventions,
  dropped: readonly Dropped[],
  allGiven: boolean,
): Warning[] {
  const warnings: Warning[] = [];
  for (const { rows, why } of dropped) {
    if (!why.startsWith('--'))
      warnings.push(createWarning('ROWS_DROPPED', `${rows} ${rows === 1 ? 'row was' : 'rows were'} left out: ${why}.`));
  }
  for (const name of ['params', 'tokens', 'flops']) {
    // What is derived is not even looked at: that would make the column.
    if (!Object.hasOwn(conventions.columns, name)) continue;
    const column = quantities[name];
    const source = conventions.columns[name];
    if (column === undefined) continue;
    let largest = 0;
    for (const value of column) if (value > largest) largest = value;
    warnings.push(...suspectUnits(name, source, largest));
  }
  const mismatch = allGiven ? flopsMismatch(quantities, conventions.flopsPerParamToken) : undefined;
  if (mismatch !== undefined) warnings.push(mismatch);
  return warnings;
}

/** A warning where the largest value of a quantity is too small to be what it is taken for. */
export function suspectUnits(name: string, source: string, largest: number): Warning[] {
  if (!(largest > 0 && largest < smallestCredible)) return [];
  const message = `The largest ${name} (column "${source}") is ${formatQuantity(largest, 4)}: these look like logarithms or billions.`;
  const remedy = `Convert them, for example with --columns '${name}=10^${source}' or '${name}=1e9*${source}', or choose another column.`;
  return [createWarning('SUSPECT_UNITS', message, /^[a-z]\w*$/i.test(source) ? { remedy } : {})];
}

function flopsMismatch(
  { params, tokens, flops }: Readonly<Record<string, Float64Array | undefined>>,
  k: number,
): Warning | undefined {
  if (params === undefined || tokens === undefined || flops === undefined) return undefined;
  const ratio = (i: number): number => flops[i] / (k * params[i] * tokens[i]);
  let far = 0;
  let rows = 0;
  for (let i = 0; i < flops.length; i++) {
    if (Number.isNaN(ratio(i))) continue;
    rows++;
    if (Math.abs(ratio(i) - 1) > flopsTolerance) far++;
  }
  if (far <= manyRows * rows) return undefined;
  // NaN sorts to the end, so the median of the others is where it would be without them.
  const median = Float64Array.from(flops, (_, i) => ratio(i)).sort()[Math.floor(rows / 2)];
  return createWarning(
    'FLOPS_MISMATCH',
    `flops differs from ${formatQuantity(k)} params tokens by more than ${100 * flopsTolerance}% in ${far} of ${rows} rows; the median ratio is ${median.toPrecision(4)}.`,
  );
}

/**
 * The factor k of C = k N D, once it is known to be usable.
 *
 * @throws {@link IsoflopError} `QUANTITY_NOT_POSITIVE`
 * @example
 * ```ts
 * checkedFactor(6); // 6
 * ```
 */
export function checkedFactor(value: number): number {
  if (value > 0 && value < Infinity) return value;
  throw new IsoflopError('QUANTITY_NOT_POSITIVE', { what: 'FLOP per parameter and token', value });
}
