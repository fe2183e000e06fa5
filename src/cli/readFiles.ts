import type { Runs } from '../runs/runs.ts';
import { checkpointsOf, type DataFlags } from './dataOptions.ts';
import { createProgress } from './progress.ts';

/** What --near-optimal needs besides the inputs of the law. */
const compared = ['params', 'tokens', 'loss'];

/**
 * Reads the files and keeps the rows that the options ask for, with a progress bar on stderr.
 *
 * @param needs - quantities that every row has to have
 * @param extra - further columns to keep
 * @throws {@link IsoflopError} as `readRuns`
 */
export async function readFiles(
  files: readonly string[],
  flags: DataFlags,
  needs: readonly string[],
  extra: readonly string[] = [],
): Promise<Runs> {
  const { readRuns, nearOptimal } = await import('../runs/index.ts');
  const reading = createProgress('reading', await totalBytes(files));
  const all = await readRuns([...files], {
    columns: flags.columns,
    where: flags.where,
    checkpoints: checkpointsOf(flags),
    flopsPerParamToken: flags.flopsPerToken,
    needs: [...new Set([...needs, ...(flags.nearOptimal === undefined ? [] : compared)])],
    extra: [...extra, ...(flags.group === undefined || flags.group === 'row' ? [] : [flags.group])],
    onProgress: (bytes) => {
      reading.update(bytes);
    },
  }).finally(() => {
    reading.stop();
  });
  return flags.nearOptimal === undefined ? all : nearOptimal(all, { within: flags.nearOptimal });
}

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
