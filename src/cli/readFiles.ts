import type { readRequested } from '../node/request/read.ts';
import { createProgress } from './progress.ts';

/**
 * Reads the files and keeps the rows that the options ask for, with a progress bar on stderr.
 *
 * @throws {@link IsoflopError} as `readRuns`
 */
export const readFiles: typeof readRequested = async (files, flags, options) => {
  const { readRequested: read } = await import('../node/request/read.ts');
  const reading = createProgress('reading', await totalBytes(files.map(({ path }) => path)));
  const onProgress = (bytes: number): void => {
    reading.update(bytes);
  };
  return await read(files, flags, { ...options, onProgress }).finally(() => {
    reading.stop();
  });
};

/** Bytes of the files that exist; missing ones get their message from the reader. */
async function totalBytes(files: readonly string[]): Promise<number> {
  const { stat } = await import('node:fs/promises');
  const sizes = await Promise.all(
    files.map((file) =>
      stat(file).then(
        (s) => s.size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
