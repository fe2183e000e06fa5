import { formatQuantity } from '../core/quantity.ts';
import { createWarning, type Warning } from '../core/warnings.ts';
import { smallestCredible } from './checks.ts';
import type { Source } from './runs.ts';

/** No model is trained on fewer tokens than this share of its parameters, whatever the table. */
const leastTokensPerParam = 0.01;

/** Files whose names are listed in a message. */
const mostListed = 3;

type Quantities = Readonly<Record<string, Float64Array | undefined>>;

/**
 * Warnings about files that seem to count a quantity in other units than the other files of the same call, such as tokens
 * in billions.
 *
 * @param files - index into `sources` of each row
 * @example
 * ```ts
 * const sources = ['a.csv', 'b.csv'].map((name) => ({ name, sha256: '', rows: 1 }));
 * mixedUnits({ tokens: Float64Array.of(3e11, 300) }, Uint16Array.of(0, 1), sources)[0].code; // 'MIXED_UNITS'
 * ```
 */
export function mixedUnits(quantities: Quantities, files: Uint16Array, sources: readonly Source[]): Warning[] {
  if (sources.length < 2) return [];
  const warnings: Warning[] = [];
  for (const name of ['params', 'tokens', 'flops']) {
    const column = quantities[name];
    if (column === undefined) continue;
    const largest = largestOf(column, files, sources.length);
    const isSmall = largest.map((value) => value > 0 && value < smallestCredible);
    const warning = describe(name, largest, isSmall, sources);
    if (warning !== undefined) warnings.push(warning);
  }
  const { params, tokens } = quantities;
  if (params === undefined || tokens === undefined || warnings.length > 0) return warnings;
  const ratios = largestOf(
    tokens.map((value, i) => value / params[i]),
    files,
    sources.length,
  );
  if (!ratios.some((ratio) => ratio >= 1)) return warnings;
  const isSmall = ratios.map((ratio) => ratio > 0 && ratio < leastTokensPerParam);
  const warning = describe('tokens', largestOf(tokens, files, sources.length), isSmall, sources);
  return warning === undefined ? [] : [warning];
}

/** The largest value of each source; -Infinity where it has none. */
function largestOf(column: Float64Array, files: Uint16Array, count: number): number[] {
  const largest = new Array<number>(count).fill(-Infinity);
  for (let i = 0; i < column.length; i++) if (column[i] > largest[files[i]]) largest[files[i]] = column[i];
  return largest;
}

function describe(
  name: string,
  largest: readonly number[],
  isSmall: readonly boolean[],
  sources: readonly Source[],
): Warning | undefined {
  const small = sources.filter((_, k) => isSmall[k]);
  const other = largest.findIndex((value, k) => value > 0 && !isSmall[k]);
  if (small.length === 0 || other === -1) return undefined;
  const listed = small.slice(0, mostListed).map((source) => source.name);
  const rest = small.length - listed.length;
  const where = listed.join(', ') + (rest > 0 ? ` and ${String(rest)} more files` : '');
  const most = Math.max(...largest.filter((_, k) => isSmall[k]));
  return createWarning(
    'MIXED_UNITS',
    `The largest ${name} in ${where} is ${formatQuantity(most, 4)}, and ${formatQuantity(largest[other], 4)} in ${sources[other].name}: the files seem to count ${name} in different units.`,
  );
}
