import { readFile, rm } from 'node:fs/promises';
import { IsoflopError } from '../../core/errors.ts';
import { atomicCreate } from '../../node/atomicWrite.ts';

/** Whether a process of this machine lives. */
export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // A process of somebody else is one nevertheless.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

/** The process that works in a folder, by its lock; undefined where none does, or none that still lives. */
export async function lockHolder(path: string): Promise<number | undefined> {
  const pid = Number(await readFile(path, 'utf8').catch(() => 'NaN'));
  return Number.isInteger(pid) && pid > 0 && isAlive(pid) ? pid : undefined;
}

/**
 * Keeps a second process from working in the same folder. What a killed process left is taken over.
 *
 * @param path - of the lock
 * @returns a function that gives it back
 * @throws {@link IsoflopError} `SWEEP_RUNNING`
 */
export async function takeLock(path: string, folder: string): Promise<() => Promise<void>> {
  for (let attempt = 0; attempt < 3; attempt++) {
    if (await atomicCreate(path, String(process.pid))) return () => rm(path, { force: true });
    const pid = await lockHolder(path);
    if (pid !== undefined && pid !== process.pid) throw new IsoflopError('SWEEP_RUNNING', { folder, pid });
    await rm(path, { force: true });
  }
  throw new IsoflopError('SWEEP_RUNNING', { folder, pid: 0 });
}
