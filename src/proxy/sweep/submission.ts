import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { atomicWrite } from '../../node/atomicWrite.ts';
import { readFailure } from '../../node/readFailure.ts';
import { sweepFiles } from './files.ts';
import { lockHolder } from './lock.ts';

/** A job that has the runs of a sweep, `sweep.job.json` in its folder. */
export interface Submission {
  readonly executor: string;
  /** How the scheduler calls the job. */
  readonly id: string;
  /** Where the scheduler keeps it, such as a namespace. */
  readonly place: string | null;
  /** Numbers of the runs that it was given, from 0. */
  readonly indexes: readonly number[];
  /** When, in ISO 8601. */
  readonly submitted: string;
  /** When somebody ended it by `isoflop sweep cancel`. */
  readonly cancelled?: string;
}

/** Records a job: the file is there whole, or not at all. */
export const writeSubmission = (folder: string, submission: Submission): Promise<void> =>
  atomicWrite(join(folder, sweepFiles.submission), `${JSON.stringify(submission, null, 2)}\n`);

/**
 * Who has the runs of a sweep: a process of this machine that trains them, else the job that they were last handed to.
 *
 * @throws {@link IsoflopError} `FILE_UNREADABLE`
 */
export async function readSubmission(folder: string): Promise<Submission | undefined> {
  const pid = await lockHolder(join(folder, sweepFiles.lock));
  if (pid !== undefined) return { executor: 'local', id: String(pid), place: null, indexes: [], submitted: '' };
  const path = join(folder, sweepFiles.submission);
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Submission;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw readFailure(path, error);
  }
}
