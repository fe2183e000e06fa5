import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { workingOn } from '../../src/proxy/live/working.ts';
import { sweepFiles } from '../../src/proxy/sweep/files.ts';
import { runFiles } from '../../src/proxy/train/runFolder.ts';
import { lookAtAll } from './scan.ts';

/** A folder of runs as it is now. */
export interface SweepFolder {
  readonly path: string;
  /** Changes when anything in it does, and when the process that works on it ends. */
  readonly stamp: string;
  /** When something of it last changed, ISO 8601. */
  readonly updated: string;
}

/** When a folder itself (no link to one) last changed; every file in it is replaced by renaming, which changes the folder. */
async function changedAt(path: string): Promise<number | undefined> {
  try {
    const found = await lstat(path);
    return found.isDirectory() ? found.mtimeMs : undefined;
  } catch {
    return undefined;
  }
}

/** What a folder of runs is now; undefined where it is none, or a link to one. */
export async function lookAtFolder(path: string): Promise<SweepFolder | undefined> {
  const own = await changedAt(path);
  if (own === undefined) return undefined;
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  const holdsRuns = entries.some(
    (entry) => entry.isFile() && (entry.name === sweepFiles.plan || entry.name === runFiles.config),
  );
  if (!holdsRuns) return undefined;
  const runs = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const [{ isWorking }, changes] = await Promise.all([
    workingOn(path),
    lookAtAll(runs.sort(), (name) => changedAt(join(path, name))),
  ]);
  return {
    path,
    stamp: [isWorking ? 'working' : 'idle', own, runs.length, ...changes].join(' '),
    updated: new Date(changes.reduce((latest, at) => Math.max(latest, at), own)).toISOString(),
  };
}
