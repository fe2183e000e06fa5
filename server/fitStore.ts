import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { IsoflopError } from '../src/core/errors.ts';
import { fitIdPattern, listFits, loadFit } from '../src/node/savedFits.ts';
import type { ListedFit } from '../src/node/savedFits.ts';
import type { SavedFit } from '../src/report/savedFit.ts';

/** The folder of fits, each file parsed once until it changes. */
export interface FitStore {
  /**
   * The fit of that id.
   *
   * @throws {@link IsoflopError} `FIT_UNKNOWN`, or what {@link loadFit} throws for a broken file
   */
  readonly get: (id: string) => Promise<SavedFit>;
  /** Every fit in the folder; none when there is no folder yet. */
  readonly list: () => Promise<ListedFit[]>;
}

interface Entry {
  readonly stamp: string;
  readonly fit: Promise<SavedFit>;
}

/**
 * Opens a folder of saved fits.
 *
 * @param folder - read on every call, so that files may come and go while the server runs
 */
export function createFitStore(folder: string): FitStore {
  const entries = new Map<string, Entry>();

  const load = async (path: string): Promise<SavedFit> => {
    const stamp = await stampOf(path);
    const known = entries.get(path);
    if (stamp !== undefined && known?.stamp === stamp) return known.fit;
    const fit = loadFit(path);
    if (stamp === undefined) entries.delete(path);
    // The promise is kept, so that requests which arrive together parse the file once, and a broken file once as well.
    else entries.set(path, { stamp, fit });
    return fit;
  };

  return {
    get: async (id) => {
      // Routes check ids too; nothing that could leave the folder may reach a path, whoever calls.
      if (!fitIdPattern.test(id)) throw new IsoflopError('FIT_UNKNOWN', { id });
      try {
        return await load(join(folder, `${id}.json`));
      } catch (error) {
        if (error instanceof IsoflopError && error.code === 'FILE_NOT_FOUND')
          throw new IsoflopError('FIT_UNKNOWN', { id });
        throw error;
      }
    },
    list: async () => {
      try {
        return await listFits(folder, load);
      } catch (error) {
        if (error instanceof IsoflopError && error.code === 'FILE_NOT_FOUND') return [];
        throw error;
      }
    },
  };
}

/** Changes when the file does: a saved fit is replaced by renaming, which gives a new inode even within a millisecond. */
async function stampOf(path: string): Promise<string | undefined> {
  try {
    const { mtimeMs, size, ino } = await stat(path);
    return `${String(mtimeMs)} ${String(size)} ${String(ino)}`;
  } catch {
    // What is wrong with the file is for the reader to say.
    return undefined;
  }
}
