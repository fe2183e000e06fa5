import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { IsoflopError } from '../../src/core/errors.ts';
import { createLru } from '../lru.ts';
import { sweepIdPattern, type SweepSummary } from '../schemas/sweep.ts';
import type { WatchQuery } from '../schemas/watch.ts';
import type { Pool } from '../work/pool.ts';
import type { JsonBytes, OutputOf } from '../work/tasks.ts';
import { lookAtAll, shareScans } from './scan.ts';
import { lookAtFolder, type SweepFolder } from './sweepFolder.ts';
import { createWatches } from './watches.ts';

/** A folder of runs: what the list shows of it, or why it cannot be read. */
export type ListedSweep = SweepSummary | { readonly id: string; readonly error: IsoflopError };

/** A sweep as it stands. */
export interface StoredSweep {
  /** Changes when the sweep does. */
  readonly stamp: string;
  /** Both as JSON. */
  readonly detail: JsonBytes;
  readonly figures: JsonBytes;
}

/** A run as it stands, and drawn, both as JSON. */
export interface StoredWatch {
  /** Changes when the sweep does, or the question. */
  readonly stamp: string;
  readonly state: JsonBytes;
  readonly figure: JsonBytes;
}

/** The folder in which runs are trained, by other processes; this one only looks. */
export interface SweepStore {
  /** Every sweep and single run, those that run first, then the one that changed last; none when there is no folder. */
  readonly list: () => Promise<readonly ListedSweep[]>;
  /** @throws {@link IsoflopError} `SWEEP_UNKNOWN`, and as `readLive` for a folder that is broken */
  readonly get: (id: string) => Promise<StoredSweep>;
  /** A run of a sweep as it stands. @throws {@link IsoflopError} `RUNS_MISSING` where there is no such run, and as `get` */
  readonly watch: (id: string, run: string, query: WatchQuery) => Promise<StoredWatch>;
  /** A sweep now and after each change, until the signal or the end of its folder. @throws {@link IsoflopError} as `get` */
  readonly follow: (id: string, signal: AbortSignal) => AsyncGenerator<StoredSweep>;
  /** Ends all that is followed. */
  readonly close: () => void;
}

/** Sweeps that are kept as they were last read. */
const mostKept = 200;

/**
 * Opens a folder of sweeps.
 *
 * @param folder - looked at on every call; it need not exist
 * @param pool - reads, fits and draws
 */
export function createSweepStore(folder: string, pool: Pool): SweepStore {
  type Look = OutputOf<'sweep'>;
  const kept = createLru<string, { readonly stamp: string; readonly look: Promise<Look> }>(mostKept);

  const judged = createLru<string, { readonly stamp: string; readonly judged: Promise<OutputOf<'watch'>> }>(mostKept);

  const find = async (id: string): Promise<SweepFolder> => {
    // Routes check ids too; nothing that could leave the folder may reach a path, whoever calls.
    const found = sweepIdPattern.test(id) ? await lookAtFolder(join(folder, id)) : undefined;
    if (found === undefined) throw new IsoflopError('SWEEP_UNKNOWN', { id });
    return found;
  };

  /** What a folder holds, read once until it changes, however many ask. */
  const lookInto = (id: string, { path, stamp, updated }: SweepFolder): Promise<Look> => {
    const known = kept.get(id);
    if (known?.stamp === stamp) return known.look;
    const look = pool.run('sweep', { id, path, updated });
    kept.set(id, { stamp, look });
    return look;
  };

  const watch: SweepStore['watch'] = async (id, run, query) => {
    const found = await find(id);
    const key = `${id} ${run} ${JSON.stringify(query)}`;
    const stamp = `${found.stamp} ${key}`;
    let look = judged.get(key);
    if (look?.stamp !== stamp) {
      look = { stamp, judged: pool.run('watch', { path: found.path, run, query }) };
      judged.set(key, look);
    }
    return { stamp, ...(await look.judged) };
  };

  const get = async (id: string): Promise<StoredSweep> => {
    const found = await find(id);
    const { detail, figures } = await lookInto(id, found);
    return { stamp: found.stamp, detail, figures };
  };

  const listOne = async (id: string): Promise<ListedSweep | undefined> => {
    const found = await lookAtFolder(join(folder, id));
    if (found === undefined) return undefined;
    return lookInto(id, found).then(
      ({ summary }): ListedSweep => summary,
      (error: unknown): ListedSweep => {
        if (error instanceof IsoflopError) return { id, error: error as IsoflopError };
        throw error;
      },
    );
  };

  const scan = async (): Promise<ListedSweep[]> => {
    const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw new IsoflopError('FILE_UNREADABLE', { file: folder, reason: (error as Error).message });
    });
    const ids = entries.flatMap((entry) => (entry.isDirectory() && sweepIdPattern.test(entry.name) ? entry.name : []));
    const listed = await lookAtAll(ids, listOne);
    // What runs comes first, and what cannot be read last.
    const rank = (one: ListedSweep): string =>
      'error' in one ? '' : `${one.state === 'running' ? '1' : '0'} ${one.updated}`;
    return listed.sort((a, b) => rank(b).localeCompare(rank(a)) || a.id.localeCompare(b.id));
  };

  const watches = createWatches(async (id) => (await find(id)).stamp);

  async function* follow(id: string, signal: AbortSignal): AsyncGenerator<StoredSweep> {
    let told: string | undefined;
    for await (const stamp of watches.follow(id, signal)) {
      if (stamp === told) continue;
      const now = await get(id);
      if (now.stamp === told) continue;
      told = now.stamp;
      yield now;
    }
  }

  return { list: shareScans(scan), get, watch, follow, close: watches.close };
}
