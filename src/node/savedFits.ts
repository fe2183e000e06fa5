import { readFile, readdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Fit } from '../fit/result.ts';
import { decodeFit, encodeFit } from '../report/savedFit.ts';
import type { SavedFit } from '../report/savedFit.ts';
import { atomicWrite } from './atomicWrite.ts';
import { makeFolder } from './makeFolder.ts';
import { readFailure } from './readFailure.ts';

/** Names that a fit in a folder of fits may have: nothing that could lead out of the folder. */
export const fitIdPattern = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}$/;

/**
 * Saves a fit as JSON. A crash at any moment leaves the old file or the new one whole; the folder is made if need be.
 *
 * @throws {@link IsoflopError} `FILE_UNWRITABLE`, `DISK_FULL`
 * @example
 * ```ts
 * await saveFit('fits/mine.json', fit, { command: 'isoflop fit runs.csv --out fits/mine.json' });
 * ```
 */
export async function saveFit(
  path: string,
  fit: Fit,
  { command = null }: { readonly command?: string | null } = {},
): Promise<void> {
  const text = encodeFit(fit, { command });
  await makeFolder(dirname(path), path);
  await atomicWrite(path, text);
}

/**
 * Reads a saved fit.
 *
 * @throws {@link IsoflopError} `FILE_NOT_FOUND`, `FILE_UNREADABLE`, `FIT_NOT_JSON`, `FIT_INVALID`, `FIT_VERSION`
 * @example
 * ```ts
 * (await loadFit('fits/chinchilla.json')).law; // 'chinchilla'
 * ```
 */
export async function loadFit(path: string): Promise<SavedFit> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw readFailure(path, error);
  }
  return decodeFit(text, path);
}

/**
 * The ids of the fits in a folder, sorted: names of `.json` files without the ending. Files with other names, and those
 * whose names could not be addresses, are passed over.
 *
 * @throws {@link IsoflopError} `FILE_NOT_FOUND` when there is no such folder, `FILE_UNREADABLE`
 */
export async function listFitIds(folder: string): Promise<string[]> {
  try {
    const names = await readdir(folder);
    return names
      .filter((name) => name.endsWith('.json'))
      .map((name) => name.slice(0, -'.json'.length))
      .filter((id) => fitIdPattern.test(id))
      .sort();
  } catch (error) {
    throw readFailure(folder, error);
  }
}
