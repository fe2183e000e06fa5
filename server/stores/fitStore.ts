import { link, mkdir, rm, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { IsoflopError } from '../../src/core/errors.ts';
import { atomicCreate, removeAbandoned, syncFolder, writeFailure } from '../../src/node/atomicWrite.ts';
import { fitIdPattern, listFitIds, loadFit } from '../../src/node/savedFits.ts';
import type { SavedFit } from '../../src/report/savedFit.ts';
import { createLru } from '../lru.ts';
import type { FitFile } from '../work/tasks.ts';
import { summarizeSaved, type FitSummary } from './fitSummary.ts';
import { lookAtAll, shareScans } from './scan.ts';
import { stampOf, type Stamped } from './stamp.ts';

/** A saved fit, and what its file says about it. */
export interface StoredFit extends FitFile {
  readonly id: string;
  readonly created: string;
  readonly fit: SavedFit;
}

/** A file in the folder: what the list shows of it, or why it cannot be read. */
export type ListedFit = FitSummary | { readonly id: string; readonly error: IsoflopError };

/** The folder of fits, each file parsed once until it changes. Other servers and the command line may write there too. */
export interface FitStore {
  /**
   * The fit of that id.
   *
   * @throws {@link IsoflopError} `FIT_UNKNOWN`, or what `loadFit` throws for a broken file
   */
  readonly get: (id: string) => Promise<StoredFit>;
  /** What `get` would give, where that is known without waiting for the disk. */
  readonly peek: (id: string) => StoredFit | undefined;
  /** Every fit in the folder, newest first; none when there is no folder yet. */
  readonly list: () => Promise<readonly ListedFit[]>;
  /** @throws {@link IsoflopError} `FIT_EXISTS` */
  readonly checkFree: (id: string) => Promise<void>;
  /** How many files the folder has. */
  readonly count: () => Promise<number>;
  /**
   * Saves the text of a fit under a new id, whole or not at all.
   *
   * @param choose - the id where the user chose it, which must be free; else a name to which a number is added
   * @returns the id
   * @throws {@link IsoflopError} `FIT_EXISTS`, `FILE_UNWRITABLE`, `DISK_FULL`
   */
  readonly create: (text: Uint8Array, choose: { id: string } | { name: string }) => Promise<string>;
  /** @throws {@link IsoflopError} `FIT_UNKNOWN`, `FIT_EXISTS`, `FILE_UNWRITABLE` */
  readonly rename: (id: string, to: string) => Promise<void>;
  /** @throws {@link IsoflopError} `FIT_UNKNOWN`, `FILE_UNWRITABLE` */
  readonly remove: (id: string) => Promise<void>;
  /** The file of a fit, for those that read it themselves. @throws {@link IsoflopError} `FIT_UNKNOWN` */
  readonly file: (id: string) => Promise<FitFile & { readonly id: string }>;
}

/** Fits that are kept parsed. */
const mostLoaded = 200;
/** A file is looked at again after so many milliseconds: a request costs less than asking the disk about its file. */
const freshMs = 100;

interface Known {
  readonly found: Stamped;
  readonly seen: number;
}

interface Loaded {
  readonly stamp: string;
  readonly stored: Promise<StoredFit>;
  /** Once it is there. */
  settled?: StoredFit;
}

/**
 * Opens a folder of saved fits.
 *
 * @param folder - looked at on every call, so that files may come and go while the server runs
 */
export function createFitStore(folder: string): FitStore {
  const loaded = createLru<string, Loaded>(mostLoaded);
  const summaries = new Map<string, { readonly stamp: string; readonly listed: ListedFit }>();
  const stamps = createLru<string, Known>(10_000);
  const pathOf = (id: string): string => join(folder, `${id}.json`);

  const forget = (id: string): void => {
    loaded.delete(id);
    stamps.delete(id);
    summaries.delete(id);
  };

  const look = async (id: string): Promise<Stamped> => {
    // Routes check ids too; nothing that could leave the folder may reach a path, whoever calls.
    if (!fitIdPattern.test(id)) throw new IsoflopError('FIT_UNKNOWN', { id });
    const known = stamps.get(id);
    if (known !== undefined && performance.now() - known.seen < freshMs) return known.found;
    const found = await stampOf(pathOf(id));
    if (found === undefined) {
      forget(id);
      throw new IsoflopError('FIT_UNKNOWN', { id });
    }
    stamps.set(id, { found, seen: performance.now() });
    return found;
  };

  const get = async (id: string): Promise<StoredFit> => {
    const { stamp, written } = await look(id);
    const known = loaded.get(id);
    if (known?.stamp === stamp) return known.stored;
    const path = pathOf(id);
    const stored = loadFit(path).then((fit) => ({ id, path, stamp, created: written, fit }));
    // The promise is kept, so that requests which arrive together parse the file once, and a broken file once as well.
    const entry: Loaded = { stamp, stored };
    loaded.set(id, entry);
    return (entry.settled = await stored);
  };

  const peek = (id: string): StoredFit | undefined => {
    const known = stamps.get(id);
    if (known === undefined || performance.now() - known.seen >= freshMs) return undefined;
    const entry = loaded.get(id);
    return entry?.stamp === known.found.stamp ? entry.settled : undefined;
  };

  const listOne = async (id: string): Promise<ListedFit | undefined> => {
    const found = await stampOf(pathOf(id));
    if (found === undefined) return undefined;
    const known = summaries.get(id);
    if (known?.stamp === found.stamp) return known.listed;
    const listed = await loadFit(pathOf(id)).then(
      (fit): ListedFit => summarizeSaved(id, found.written, fit),
      (error: unknown): ListedFit => {
        if (error instanceof IsoflopError) return { id, error: error as IsoflopError };
        throw error;
      },
    );
    summaries.set(id, { stamp: found.stamp, listed });
    return listed;
  };

  const ids = async (): Promise<string[]> => {
    try {
      return await listFitIds(folder);
    } catch (error) {
      if (error instanceof IsoflopError && error.code === 'FILE_NOT_FOUND') return [];
      throw error;
    }
  };

  const scan = async (): Promise<ListedFit[]> => {
    const now = await ids();
    const present = new Set(now);
    for (const id of summaries.keys()) if (!present.has(id)) summaries.delete(id);
    const listed = await lookAtAll(now, listOne);
    const time = (one: ListedFit): string => ('error' in one ? '' : one.created);
    return listed.sort((a, b) => time(b).localeCompare(time(a)) || a.id.localeCompare(b.id));
  };

  const ready = mkdir(folder, { recursive: true })
    .then(() => removeAbandoned(folder))
    // A folder that cannot be made is told when something has to be saved there.
    .catch(() => 0);

  return {
    get,
    peek,
    file: async (id) => ({ id, path: pathOf(id), stamp: (await look(id)).stamp }),
    checkFree: async (id) => {
      if ((await stampOf(pathOf(id))) !== undefined) throw new IsoflopError('FIT_EXISTS', { id });
    },
    count: async () => (await ids()).length,

    list: shareScans(scan),

    create: async (text, choose) => {
      await ready;
      if ('id' in choose) {
        if (!(await atomicCreate(pathOf(choose.id), text))) throw new IsoflopError('FIT_EXISTS', choose);
        forget(choose.id);
        return choose.id;
      }
      const taken = new Set(await ids());
      for (let k = 1; ; k++) {
        const id = k === 1 ? choose.name : `${choose.name}-${String(k)}`;
        // Another server may take the name between the look and the write.
        if (taken.has(id) || !(await atomicCreate(pathOf(id), text))) continue;
        forget(id);
        return id;
      }
    },

    rename: async (id, to) => {
      await look(id);
      try {
        // The new name is there before the old one goes: a crash between the two leaves both, and loses nothing.
        await link(pathOf(id), pathOf(to));
        await unlink(pathOf(id)).catch(async (error: unknown) => {
          // Another server renamed or deleted it in the meantime; with the new name there would be two, or one again.
          await rm(pathOf(to), { force: true });
          throw error;
        });
        await syncFolder(folder);
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === 'EEXIST') throw new IsoflopError('FIT_EXISTS', { id: to });
        if (code === 'ENOENT') throw new IsoflopError('FIT_UNKNOWN', { id });
        throw writeFailure(pathOf(to), error);
      } finally {
        forget(id);
        forget(to);
      }
    },

    remove: async (id) => {
      await look(id);
      try {
        // Of two that delete it at once, one succeeds; rm would tell both that it did.
        await unlink(pathOf(id));
        await syncFolder(folder);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw new IsoflopError('FIT_UNKNOWN', { id });
        throw writeFailure(pathOf(id), error);
      } finally {
        forget(id);
      }
    },
  };
}
