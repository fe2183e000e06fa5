import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { sweepFiles } from '../sweep/files.ts';
import { lockHolder } from '../sweep/lock.ts';

/** A single run has no lock; it saves a checkpoint every minute unless told otherwise, and counts as going on so long after. */
const quietMs = 180_000;

const changedAt = (path: string): Promise<number | undefined> =>
  stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => undefined,
  );

/** Whether a process of this machine works on a folder of runs, and since when, ms since 1970. */
export async function workingOn(folder: string): Promise<{ readonly isWorking: boolean; readonly since: number }> {
  if ((await changedAt(join(folder, sweepFiles.plan))) === undefined) {
    const changed = (await changedAt(folder)) ?? 0;
    return { isWorking: Date.now() - changed < quietMs, since: 0 };
  }
  const lock = join(folder, sweepFiles.lock);
  const [holder, since = 0] = await Promise.all([lockHolder(lock), changedAt(lock)]);
  return { isWorking: holder !== undefined, since };
}
