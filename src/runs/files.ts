import { IsoflopError } from '../core/errors.ts';
import { openInputs, passedOverWarnings, sourceOf } from './disk/openInputs.ts';
import type { ReadOptions } from './options.ts';
import { readSources } from './read.ts';
import type { Runs } from './runs.ts';

/**
 * Reads files of the same quantities into one table, row by row and in memory that depends on the columns read only. Their
 * formats, which may differ, are recognised by their content; a folder stands for the files in it that hold runs, and so
 * does a pattern such as `runs/**`.
 *
 * Columns are recognised by their names (see {@link normaliseName}) or named in `columns`. Rows with a blank or NaN loss
 * are left out and counted in `dropped`; any two of params, tokens and flops give the third.
 *
 * @throws {@link IsoflopError} `FILE_NOT_FOUND`, `FILE_UNREADABLE`, `RUNS_NOT_FOUND`, and what {@link parseRuns} throws
 * @example
 * ```ts
 * const runs = await readRuns('data/chinchilla.csv', { where: 'loss < 4' });
 * runs.quantities.params; // Float64Array, one number a row
 * ```
 */
export async function readRuns(paths: string | readonly string[], options: ReadOptions = {}): Promise<Runs> {
  const names = typeof paths === 'string' ? [paths] : paths;
  if (names.length === 0) {
    throw new IsoflopError('USAGE', { message: 'No file is named.', remedy: 'Name at least one file or folder.' });
  }
  let bytes = 0;
  const { inputs, passedOver } = await openInputs(names, (fresh) => options.onProgress?.((bytes += fresh)));
  const runs = await readSources(inputs.map(sourceOf), options);
  return { ...runs, warnings: [...runs.warnings, ...passedOverWarnings(passedOver)] };
}
