import { randomBytes } from 'node:crypto';
import { link, readFile, rename, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { IsoflopError } from '../../core/errors.ts';
import { atomicCreate, writeFailure } from '../../node/atomicWrite.ts';
import { makeFolder } from '../../node/makeFolder.ts';
import { isAlive } from './lock.ts';

/** Who trains a run: a process of some machine that shares the folder. */
interface Holder {
  readonly host: string;
  readonly pid: number;
  /** Tells two locks of one process number apart. */
  readonly token: string;
}

/** How often a holder touches its lock. */
const beatMs = 2000;
/** A lock that nobody has touched for so long is of a process, or a machine, that is no more. */
const quietMs = 30_000;

/** Touches the lock from a thread of its own: one step of a large model may take longer than a lock may be quiet. */
const beat = `
const { workerData } = require('node:worker_threads');
const { utimesSync } = require('node:fs');
setInterval(() => { try { const now = new Date(); utimesSync(workerData.path, now, now); } catch {} }, workerData.every);`;

const changedAt = (path: string): Promise<number | undefined> =>
  stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => undefined,
  );

/** Whether a lock has been touched lately, as far as the clocks of the machines agree. */
export async function isBeating(path: string): Promise<boolean> {
  const at = await changedAt(path);
  return at !== undefined && Date.now() - at < quietMs;
}

/** Waits until a lock is touched, given back, or quiet for too long; whether nobody lives behind it. */
async function isQuiet(path: string, holder: Holder, quiet: number): Promise<boolean> {
  if (holder.host === hostname() && !isAlive(holder.pid)) return true;
  // The times of two machines' clocks cannot be compared, but a change can be seen.
  const first = await changedAt(path);
  const began = performance.now();
  while (performance.now() - began < quiet) {
    await setTimeout(Math.min(500, quiet));
    const now = await changedAt(path);
    if (now === undefined) return true;
    if (now !== first) return false;
  }
  return true;
}

/**
 * Keeps two tasks, of whatever machines, from training the same run. What a killed task left is taken over: at once on its own
 * machine, elsewhere after it has been quiet for half a minute.
 *
 * @returns a function that gives it back
 * @throws {@link IsoflopError} `RUN_RUNNING`
 */
export async function takeRunLock(path: string, name: string, quiet = quietMs): Promise<() => Promise<void>> {
  await makeFolder(dirname(path));
  const own = JSON.stringify({ host: hostname(), pid: process.pid, token: randomBytes(8).toString('hex') });
  let other = '';
  for (let attempt = 0; attempt < 3; attempt++) {
    if (await atomicCreate(path, own)) {
      const heart = new Worker(beat, { eval: true, workerData: { path, every: beatMs } });
      heart.unref();
      return async () => {
        await heart.terminate();
        if ((await readFile(path, 'utf8').catch(() => '')) === own) await rm(path, { force: true });
      };
    }
    other = await readFile(path, 'utf8').catch(() => '');
    if (other === '') continue;
    const holder = JSON.parse(other) as Holder;
    if (!(await isQuiet(path, holder, quiet))) break;
    await removeLock(path, other);
  }
  const { host, pid } = (other === '' ? { host: 'another machine', pid: 0 } : JSON.parse(other)) as Holder;
  throw new IsoflopError('RUN_RUNNING', { name, holder: `process ${String(pid)} on ${host}` });
}

/** Removes a lock that is nobody's, unless another task has just taken its place. */
async function removeLock(path: string, content: string): Promise<void> {
  const aside = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await rename(path, aside);
    // Between the look and the removal another task may have taken it over: its lock goes back.
    if ((await readFile(aside, 'utf8')) !== content) await link(aside, path).catch(() => undefined);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw writeFailure(path, error);
  } finally {
    await rm(aside, { force: true });
  }
}
