import { createReadStream } from 'node:fs';
import { IsoflopError } from '../core/errors.ts';
import type { ReadOptions } from './options.ts';
import { readSources } from './read.ts';
import type { Runs } from './runs.ts';

/**
 * Reads one or more CSV files of the same quantities into one table, row by row and in memory that depends on the columns
 * read only.
 *
 * Columns are recognised by their names (see {@link normaliseName}) or named in `columns`. Rows with a blank or NaN loss
 * are left out and counted in `dropped`; any two of params, tokens and flops give the third.
 *
 * @throws {@link IsoflopError} `FILE_NOT_FOUND`, `FILE_UNREADABLE`, and what {@link parseRuns} throws
 * @example
 * ```ts
 * const runs = await readRuns('data/chinchilla.csv', { where: 'loss < 4' });
 * runs.quantities.params; // Float64Array, one number a row
 * ```
 */
export async function readRuns(paths: string | readonly string[], options: ReadOptions = {}): Promise<Runs> {
  const names = typeof paths === 'string' ? [paths] : paths;
  if (names.length === 0) {
    throw new IsoflopError('USAGE', { message: 'No file is named.', remedy: 'Name at least one CSV file.' });
  }
  return await readSources(
    names.map((name) => ({ name, open: () => readBytes(name) })),
    options,
  );
}

/** The bytes of a file. Only errors of the file system are translated; those of the consumer never pass through here. */
export async function* readBytes(path: string): AsyncGenerator<Uint8Array> {
  try {
    // Larger pieces than the default of 64 KiB, so that the reader is called less often.
    yield* createReadStream(path, { highWaterMark: 2 ** 16 }) as AsyncIterable<Buffer>;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new IsoflopError('FILE_NOT_FOUND', { file: path });
    const reason = code === 'EISDIR' ? 'it is a folder' : code === 'EACCES' ? 'permission denied' : message;
    throw new IsoflopError('FILE_UNREADABLE', { file: path, reason });
  }
}
