import { createHash, randomBytes } from 'node:crypto';
import { link, open, readdir, realpath, rename, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { IsoflopError } from '../core/errors.ts';
import { reasonOf } from './reasonOf.ts';

/**
 * Writes a file so that a reader, or a crash at any moment, finds the old content or the new and never a part: the text
 * goes to a temporary name in the same folder, reaches the disk, and is renamed.
 *
 * @param path - the file; a symbolic link is followed
 * @param text - the whole content, text as UTF-8 or bytes
 * @throws {@link IsoflopError} `FILE_UNWRITABLE`, `DISK_FULL`; the old file is then as it was and no temporary file is left
 * @example
 * ```ts
 * await atomicWrite('fits/mine.json', text);
 * ```
 */
export async function atomicWrite(path: string, text: string | Uint8Array): Promise<void> {
  try {
    const target = await resolveTarget(path);
    await publish(dirname(target), text, (temporary) => rename(temporary, target));
  } catch (error) {
    throw writeFailure(path, error);
  }
}

/**
 * The same for a file that must not exist yet, whoever else is making one of that name at this moment.
 *
 * @returns false when there is a file of that name already, which stays as it is
 * @throws {@link IsoflopError} `FILE_UNWRITABLE`, `DISK_FULL`
 * @example
 * ```ts
 * if (!(await atomicCreate('fits/mine.json', text))) console.log('the name is taken');
 * ```
 */
export async function atomicCreate(path: string, text: string | Uint8Array): Promise<boolean> {
  try {
    // A link to an existing name fails, where a rename would replace it.
    await publish(dirname(path), text, (temporary) => link(temporary, path));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw writeFailure(path, error);
  }
}

/** Writes a temporary file, gives it its name, and waits until both have reached the disk. */
async function publish(
  folder: string,
  text: string | Uint8Array,
  name: (temporary: string) => Promise<void>,
): Promise<void> {
  const temporary = temporaryName(folder);
  try {
    const file = await open(temporary, 'wx');
    try {
      await file.writeFile(text);
      // Without this the name can reach the disk before the content does, and a power cut leaves an empty file.
      await file.sync();
    } finally {
      await file.close();
    }
    await name(temporary);
  } finally {
    await rm(temporary, { force: true });
  }
  await syncFolder(folder);
}

/** Waits until the names in a folder have reached the disk. */
export async function syncFolder(folder: string): Promise<void> {
  // Windows cannot open folders; there the names are in the journal with the content.
  const handle = await open(folder, 'r').catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

/** Two servers may share a folder, each on its own machine: a temporary name tells whose it is. */
const machine = createHash('sha256').update(hostname()).digest('hex').slice(0, 16);
const temporaryPattern = /^\.([0-9a-f]*)-(\d+)-[0-9a-f]+\.tmp$/;
/** A temporary file that is older is nobody's any more, even where another process has the number of its writer by now. */
const abandonedMs = 24 * 3600 * 1000;

/** A name in the folder that no other write uses. */
export const temporaryName = (folder: string): string =>
  join(folder, `.${machine}-${String(process.pid)}-${randomBytes(6).toString('hex')}.tmp`);

/**
 * Removes the temporary files that writers left in a folder when they were killed. Those of writers that still live stay.
 *
 * @returns how many were removed; 0 when there is no such folder
 */
export async function removeAbandoned(folder: string): Promise<number> {
  const names = await readdir(folder).catch((): string[] => []);
  let removed = 0;
  for (const name of names) {
    const match = temporaryPattern.exec(name);
    if (match === null) continue;
    const [, where, process] = match;
    const path = join(folder, name);
    const age = Date.now() - ((await stat(path).catch(() => null))?.mtimeMs ?? Date.now());
    if (age < abandonedMs && (where !== machine || isAlive(Number(process)))) continue;
    await rm(path, { force: true });
    removed++;
  }
  return removed;
}

function isAlive(pid: number): boolean {
  // After a restart in a container the same number is this process itself, which has written nothing yet.
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

const full = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** The error of the table for a file that could not be written. */
export function writeFailure(file: string, error: unknown): IsoflopError {
  const isFull = full.has((error as NodeJS.ErrnoException).code ?? '');
  return new IsoflopError(isFull ? 'DISK_FULL' : 'FILE_UNWRITABLE', { file, reason: reasonOf(error) });
}

/** The file behind a symbolic link. Renaming onto a device such as /dev/null would replace it, so only files pass. */
async function resolveTarget(path: string): Promise<string> {
  try {
    const target = await realpath(path);
    if (!(await stat(target)).isFile()) throw new Error('it is not a regular file');
    return target;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return path;
    throw error;
  }
}
