import type { readRequested } from '../node/request/read.ts';
import { createProgress } from './progress.ts';

/**
 * Reads the files and keeps the rows that the options ask for, with a progress bar on stderr.
 *
 * @throws {@link IsoflopError} as `readRuns`
 */
export const readFiles: typeof readRequested = async (files, flags, options) => {
  const { readRequested: read } = await import('../node/request/read.ts');
  // How much there is to read is known once the folders and patterns are looked through.
  const reading = createProgress('reading', 1);
  const onProgress = (bytes: number, total: number): void => {
    reading.update(bytes, total);
  };
  return await read(files, flags, { ...options, onProgress }).finally(() => {
    reading.stop();
  });
};
