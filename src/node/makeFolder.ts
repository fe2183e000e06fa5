import { mkdir } from 'node:fs/promises';
import { writeFailure } from './atomicWrite.ts';

/**
 * Makes a folder, and those above it, where there is none.
 *
 * @param named - what the error names: the file that is to lie in it, or the folder itself unless given
 * @throws {@link IsoflopError} `FILE_UNWRITABLE`, `DISK_FULL`
 */
export async function makeFolder(folder: string, named = folder): Promise<void> {
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw writeFailure(named, error);
  });
}
