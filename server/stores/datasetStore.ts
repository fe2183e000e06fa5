import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { IsoflopError } from '../../src/core/errors.ts';
import { removeAbandoned, syncFolder, writeFailure } from '../../src/node/atomicWrite.ts';
import type { RunsFile } from '../../src/node/request/read.ts';
import type { Limits } from '../limits.ts';
import { createLru } from '../lru.ts';
import type { DatasetSummary } from '../schemas/dataset.ts';
import type { Pool } from '../work/pool.ts';
import type { Description } from './description.ts';
import { receiveUpload, safeName, type Upload } from './receiveUpload.ts';
import { lookAtAll, shareScans } from './scan.ts';
import { stampOf } from './stamp.ts';

/** A data set and its file. */
export interface StoredDataset extends DatasetSummary {
  readonly path: string;
}

/** The folder of data sets: files that lie there, and those uploaded, each once whatever its name. */
export interface DatasetStore {
  /** Every data set, newest first; none when there is no folder yet. */
  readonly list: () => Promise<readonly StoredDataset[]>;
  /** @throws {@link IsoflopError} `DATASET_UNKNOWN` */
  readonly get: (id: string) => Promise<StoredDataset>;
  /** What is in it. @throws {@link IsoflopError} as `readCsv` */
  readonly describe: (dataset: StoredDataset) => Promise<Description>;
  /** The files of data sets, for reading. @throws {@link IsoflopError} `DATASET_UNKNOWN` */
  readonly files: (ids: readonly string[]) => Promise<RunsFile[]>;
  /**
   * Keeps an upload once it is known to be a CSV within the limits; whatever fails, nothing of it stays.
   *
   * @returns `isNew` is false where these bytes were there already
   * @throws {@link IsoflopError} `UPLOAD_TOO_LARGE`, `DISK_FULL`, and as `readCsv`
   */
  readonly add: (upload: Upload) => Promise<{ readonly dataset: StoredDataset; readonly isNew: boolean }>;
  /** @throws {@link IsoflopError} `DATASET_UNKNOWN`, `DATASET_FIXED` */
  readonly remove: (id: string) => Promise<void>;
}

const uploadPattern = /^([0-9a-f]{64})\.(.+)$/;
const csvEnding = /\.(csv|tsv)$/i;

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new IsoflopError('FILE_UNREADABLE', { file: folder, reason: (error as Error).message });
  }
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path) as AsyncIterable<Buffer>) hash.update(piece);
  return hash.digest('hex');
}

/**
 * Opens a folder of data sets.
 *
 * @param folder - CSV files; uploads go to `uploads` in it
 * @param pool - reads the files
 */
export function createDatasetStore(folder: string, pool: Pool, limits: Limits): DatasetStore {
  const uploads = join(folder, 'uploads');
  /** What was last seen at a path; a digest is worked out once for each content of a file. */
  const seen = new Map<string, { readonly stamp: string; readonly id: string }>();
  const places = new Map<string, StoredDataset>();
  const descriptions = createLru<string, Promise<Description>>(500);
  const ready = mkdir(uploads, { recursive: true })
    .then(() => removeAbandoned(uploads))
    // A folder that cannot be made is told when an upload has to be saved there.
    .catch(() => 0);

  const look = async (path: string, name: string, uploaded: string | undefined): Promise<StoredDataset | undefined> => {
    const found = await stampOf(path);
    if (found === undefined) return undefined;
    const known = seen.get(path);
    const id = uploaded ?? (known?.stamp === found.stamp ? known.id : await digestOf(path).catch(() => undefined));
    // A file that cannot be read is nobody's data set.
    if (id === undefined) return undefined;
    seen.set(path, { stamp: found.stamp, id });
    const origin = uploaded === undefined ? 'folder' : 'uploaded';
    return { id, name, bytes: found.bytes, origin, created: found.written, path };
  };

  /** The files of the folder, which were not uploaded. */
  const lying = async (): Promise<StoredDataset[]> => {
    const names = (await namesIn(folder)).filter((name) => csvEnding.test(name) && !name.startsWith('.'));
    return lookAtAll(names, (name) => look(join(folder, name), name, undefined));
  };

  const uploaded = async (): Promise<StoredDataset[]> =>
    lookAtAll(await namesIn(uploads), async (file) => {
      const match = uploadPattern.exec(file);
      return match === null ? undefined : look(join(uploads, file), match[2], match[1]);
    });

  const scan = async (): Promise<StoredDataset[]> => {
    const found = new Map<string, StoredDataset>();
    // The same bytes may lie in the folder and have been uploaded besides, under several names.
    for (const one of [...(await lying()), ...(await uploaded())]) if (!found.has(one.id)) found.set(one.id, one);
    places.clear();
    for (const [id, one] of found) places.set(id, one);
    const paths = new Set([...found.values()].map(({ path }) => path));
    for (const path of seen.keys()) if (!paths.has(path)) seen.delete(path);
    return [...found.values()].sort((a, b) => b.created.localeCompare(a.created) || a.name.localeCompare(b.name));
  };

  /** Files that were uploaded with these bytes: two servers, or two requests at once, may have given them two names. */
  const uploadedAs = async (id: string): Promise<string[]> =>
    (await namesIn(uploads)).filter((file) => uploadPattern.exec(file)?.[1] === id);

  const find = async (id: string): Promise<StoredDataset | undefined> => {
    const known = places.get(id);
    if (known !== undefined) {
      const again = await look(known.path, known.name, known.origin === 'uploaded' ? id : undefined);
      if (again?.id === id) return again;
    }
    const there = (await lying()).find((one) => one.id === id);
    if (there !== undefined) return there;
    // Names tell what was uploaded: with thousands of files a look at each would take its time.
    for (const file of await uploadedAs(id)) {
      const one = await look(join(uploads, file), file.slice(id.length + 1), id);
      if (one !== undefined) return one;
    }
    return undefined;
  };

  const get = async (id: string): Promise<StoredDataset> => {
    const found = await find(id);
    if (found === undefined) {
      places.delete(id);
      throw new IsoflopError('DATASET_UNKNOWN', { id });
    }
    places.set(id, found);
    return found;
  };

  const describe = (dataset: StoredDataset): Promise<Description> => {
    const known = descriptions.get(dataset.id);
    if (known !== undefined) return known;
    const description = pool.run('describe', { file: dataset, limits });
    descriptions.set(dataset.id, description);
    description.catch(() => {
      descriptions.delete(dataset.id);
    });
    return description;
  };

  return {
    list: shareScans(scan),
    get,
    describe,
    files: async (ids) => {
      const files: RunsFile[] = [];
      for (const id of ids) {
        const { name, path } = await get(id);
        files.push({ name, path });
      }
      return files;
    },

    add: async (upload) => {
      await ready;
      await mkdir(uploads, { recursive: true }).catch(() => undefined);
      const received = await receiveUpload(upload, uploads, limits);
      try {
        const name = safeName(upload.name);
        const known = await find(received.sha256);
        if (known !== undefined) return { dataset: known, isNew: false };
        const description = await pool.run('describe', { file: { name, path: received.path }, limits });
        const path = join(uploads, `${received.sha256}.${name}`);
        await rename(received.path, path).catch((error: unknown) => {
          throw writeFailure(path, error);
        });
        await syncFolder(uploads);
        const dataset = await look(path, name, received.sha256);
        if (dataset === undefined) throw new IsoflopError('DATASET_UNKNOWN', { id: received.sha256 });
        places.set(dataset.id, dataset);
        descriptions.set(dataset.id, Promise.resolve(description));
        return { dataset, isNew: true };
      } finally {
        await rm(received.path, { force: true });
      }
    },

    remove: async (id) => {
      const { origin, path, name } = await get(id);
      if (origin === 'folder') throw new IsoflopError('DATASET_FIXED', { name });
      for (const file of await uploadedAs(id))
        await rm(join(uploads, file), { force: true }).catch((error: unknown) => {
          throw writeFailure(name, error);
        });
      await syncFolder(uploads);
      places.delete(id);
      seen.delete(path);
      descriptions.delete(id);
    },
  };
}
