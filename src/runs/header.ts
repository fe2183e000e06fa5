import { knownQuantities, parseColumnsOption, recognise } from './columns.ts';
import { readBytes } from './disk/diskFile.ts';
import { openInputs, sourceOf } from './disk/openInputs.ts';
import { linkedQuantities } from './plan.ts';
import { csvSource } from './read.ts';
import type { TableSource } from './table.ts';

/** Ends the reading of a file whose header is known. */
class HeaderRead extends Error {}

/**
 * Names of the columns of a file, or of the first file that a folder or a pattern stands for, without reading its rows.
 *
 * @param name - what messages call a CSV file that is kept under another name
 * @throws {@link IsoflopError} as {@link readRuns} for files that cannot be read
 * @example
 * ```ts
 * (await readHeader('data/chinchilla.csv')).includes('loss'); // true
 * ```
 */
export async function readHeader(path: string, name = path): Promise<string[]> {
  return await headerOf(
    name === path ? sourceOf((await openInputs([path])).inputs[0]) : csvSource(name, readBytes(path)),
  );
}

/** Names of the columns of a source, without reading its rows. */
export async function headerOf(source: TableSource): Promise<string[]> {
  let header: string[] = [];
  const stop = (names: readonly string[]): never => {
    header = [...names];
    throw new HeaderRead();
  };
  try {
    await source.read({ header: stop, row: () => undefined, warn: () => undefined });
  } catch (error) {
    if (!(error instanceof HeaderRead)) throw error;
  }
  return header;
}

/**
 * Names that a formula may use for the columns of a file: the quantities that are recognised or named in `columns`, the
 * third of params, tokens and flops, and every column by its own name.
 *
 * @param columns - the `--columns` option
 * @param names - names in the formula, which `columns` may define
 * @example
 * ```ts
 * quantityNames(['N', 'D', 'loss'], undefined, []); // ['params', 'tokens', 'loss', 'flops', 'N', 'D']
 * ```
 */
export function quantityNames(
  header: readonly string[],
  columns: string | Readonly<Record<string, string>> | undefined,
  names: readonly string[],
): string[] {
  const named = Object.keys(parseColumnsOption(columns ?? {}, names));
  const found = knownQuantities.filter((name) => named.includes(name) || recognise(name, header).length > 0);
  const isLinked = linkedQuantities.filter((name) => [...found, ...named].includes(name)).length >= 2;
  return [...new Set([...found, ...(isLinked ? linkedQuantities : []), ...named, ...header])].filter(
    (name) => name !== '',
  );
}
