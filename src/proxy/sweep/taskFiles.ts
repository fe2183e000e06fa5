import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sweepFiles } from './files.ts';

/** With which status a task ends that was told to stop, wrote a checkpoint, and wants to go on: EX_TEMPFAIL. */
export const interruptedStatus = 75;

/** Files of a task, in the folder of its sweep, by the name of its run. */
export const taskFiles = {
  lock: (folder: string, name: string): string => join(folder, sweepFiles.tasks, `${name}.lock`),
  failure: (folder: string, name: string): string => join(folder, sweepFiles.tasks, `${name}.failed`),
};

/** Why the last task of a run failed, if it could say so. */
export const readFailureOf = (folder: string, name: string): Promise<string | undefined> =>
  readFile(taskFiles.failure(folder, name), 'utf8').then(
    (text) => text.trim(),
    () => undefined,
  );
