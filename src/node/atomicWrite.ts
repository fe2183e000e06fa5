import { randomBytes } from 'node:crypto';
import { open, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { IsoflopError } from '../core/errors.ts';
import { reasonOf } from './reasonOf.ts';

/**
 * Writes a file so that a reader, or a crash at any moment, finds the old content or the new and never a part: the text
 * goes to a temporary name in the same folder, reaches the disk, and is renamed.
 *
 * @param path - the file; a symbolic link is followed
 * @param text - the whole content, written as UTF-8
 * @throws {@link IsoflopError} `FILE_UNWRITABLE`; the old file is then as it was and no temporary file is left
 * @example
 * ```ts
 * await atomicWrite('fits/mine.json', text);
 * ```
 */
export async function atomicWrite(path: string, text: string): Promise<void> {
  let temporary: string | undefined;
  try {
    const target = await resolveTarget(path);
    temporary = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString('hex')}.tmp`);
    const file = await open(temporary, 'wx');
    try {
      await file.writeFile(text);
      // Without this the rename can reach the disk before the content does, and a power cut leaves an empty file.
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, target);
  } catch (error) {
    if (temporary !== undefined) await rm(temporary, { force: true });
    throw new IsoflopError('FILE_UNWRITABLE', { file: path, reason: reasonOf(error) });
  }
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
