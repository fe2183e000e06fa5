import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readRecordedRuns } from '../record/recordedRuns.ts';
import { sweepFiles } from '../sweep/files.ts';
import type { FailedRun } from '../sweep/collect.ts';
import { runFiles } from '../train/runFolder.ts';
import type { LiveInput } from './liveInput.ts';
import { workingOn } from './working.ts';

const changedAt = (path: string): Promise<number> =>
  stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );

const isFailed = (value: unknown): value is FailedRun =>
  typeof value === 'object' &&
  value !== null &&
  typeof (value as FailedRun).name === 'string' &&
  typeof (value as FailedRun).error === 'string';

/** Runs that the last process could not train. */
async function failedRuns(folder: string): Promise<Map<string, string>> {
  try {
    const { failed } = JSON.parse(await readFile(join(folder, sweepFiles.result), 'utf8')) as { failed?: unknown };
    return new Map((Array.isArray(failed) ? failed : []).filter(isFailed).map(({ name, error }) => [name, error]));
  } catch {
    // A sweep has that file only at its end, and a single run has another one there.
    return new Map();
  }
}

/**
 * Reads what there is to know of a sweep or a run in a folder while it is trained.
 *
 * @throws {@link IsoflopError} `RUNS_MISSING`, `FILE_UNREADABLE`
 */
export async function readLive(folder: string): Promise<LiveInput> {
  const now = Date.now();
  const [working, failed, recorded] = await Promise.all([
    workingOn(folder),
    failedRuns(folder),
    readRecordedRuns(folder),
  ]);
  const open = recorded.runs.filter(({ result }) => result === undefined);
  const times = await Promise.all(
    open.map(async (run) => {
      const [changed, rows, config] = await Promise.all(
        [run.folder, join(run.folder, runFiles.rows), join(run.folder, runFiles.config)].map(changedAt),
      );
      return [run.name, { changed, rows: Math.max(rows, config) }] as const;
    }),
  );
  return {
    recorded,
    isWorking: working.isWorking,
    workingSince: working.since,
    failed,
    times: new Map(times),
    now,
  };
}
