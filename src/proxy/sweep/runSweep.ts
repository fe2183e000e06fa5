import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { IsoflopError } from '../../core/errors.ts';
import { atomicWrite, removeAbandoned } from '../../node/atomicWrite.ts';
import { makeFolder } from '../../node/makeFolder.ts';
import { metricsCsv, type MetricsRow } from '../train/metrics.ts';
import type { RunConfig } from '../runConfig.ts';
import type { RunProgress } from '../train/run.ts';
import { readResult, readRows, type RunResult } from '../train/runFolder.ts';
import { collectSweep, type FailedRun, type SweepResult } from './collect.ts';
import { sweepFiles } from './files.ts';
import { takeLock } from './lock.ts';
import type { SweepPlan } from './plan.ts';
import { writePlan } from './planFile.ts';
import type { Order, Report } from './worker.ts';
import { workerFile } from './workerFile.ts';

/** Options of {@link runSweep}. */
export interface SweepOptions {
  /** Processes at once; 1 unless given. */
  readonly jobs?: number;
  /** Whether a sweep that was interrupted goes on. */
  readonly resume?: boolean;
  /** The program of the processes; the package's own unless given. */
  readonly worker?: string;
  readonly onProgress?: (progress: RunProgress) => void;
  readonly onResult?: (result: RunResult) => void;
}

/**
 * Trains all runs of a plan into folders of their own, several processes at once, and keeps the rows of all of them in one
 * CSV. Runs that have ended are not done again, and one that was interrupted goes on from its last checkpoint.
 *
 * @throws IsoflopError `RUN_EXISTS` for a folder with another or an unfinished sweep; `SWEEP_RUNNING`
 */
export async function runSweep(plan: SweepPlan, folder: string, options: SweepOptions): Promise<SweepResult> {
  const { jobs = 1, resume = false, worker = workerFile(), onProgress, onResult } = options;
  await makeFolder(folder);
  const giveBack = await takeLock(join(folder, sweepFiles.lock), folder);
  const children: ChildProcess[] = [];
  /** Runs that processes of this sweep have worked on. */
  const begun: string[] = [];
  let isOver = false;
  try {
    await removeAbandoned(folder);
    await writePlan(folder, plan, resume);

    const rows = new Map<string, readonly MetricsRow[]>();
    const failed: FailedRun[] = [];
    const waiting: RunConfig[] = [];
    for (const config of plan.runs) {
      const run = join(folder, config.name);
      rows.set(config.name, await readRows(run));
      if ((await readResult(run)) === undefined) waiting.push(config);
    }
    let writing = Promise.resolve();
    const write = (): Promise<void> => {
      const all = plan.runs.flatMap(({ name }) => rows.get(name) ?? []);
      writing = writing.then(() => atomicWrite(join(folder, sweepFiles.csv), metricsCsv(all)));
      return writing;
    };
    await write();

    const trainOne = (child: ChildProcess, order: Order): Promise<void> =>
      new Promise((resolve, reject) => {
        const { name } = order.config;
        const onMessage = (message: Report): void => {
          if (message.kind === 'progress') {
            const { row } = message.progress;
            if (row !== undefined) {
              rows.set(name, [...(rows.get(name) ?? []).filter(({ step }) => step < row.step), row]);
              write().catch(reject);
            }
            onProgress?.(message.progress);
            return;
          }
          stop();
          if (message.kind === 'result') {
            onResult?.(message.result);
            void readRows(join(folder, name))
              .then((all) => rows.set(name, all))
              .then(write)
              .then(resolve, reject);
            return;
          }
          // A full disk ends the sweep: the other runs could not write either.
          if (message.code === 'DISK_FULL' || message.code === 'FILE_UNWRITABLE') {
            reject(new IsoflopError(message.code, message.details as never));
            return;
          }
          // What is left of the memory of that process is nothing to train the next run in.
          if (message.code === 'RUN_MEMORY') child.disconnect();
          failed.push({ name, error: message.message });
          resolve();
        };
        const lost = (how: string): void => {
          stop();
          failed.push({ name, error: `its process ${how}; --resume goes on with it` });
          resolve();
        };
        const onExit = (code: number | null, signal: string | null): void => {
          lost(`ended with ${signal ?? String(code)}`);
        };
        const onError = (error: Error): void => {
          lost(`failed: ${error.message}`);
        };
        const stop = (): void => {
          child.off('message', onMessage).off('exit', onExit).off('error', onError);
        };
        child.on('message', onMessage).on('exit', onExit).on('error', onError);
        child.send(order);
      });
    const work = async (): Promise<void> => {
      let child: ChildProcess | undefined;
      // Once the sweep has failed, processes that end with it are not followed by others.
      for (let config = waiting.shift(); config !== undefined && !isOver; config = waiting.shift()) {
        if (child?.connected !== true) {
          child = fork(worker, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
          // An error of a process that has nothing to do is none of the sweep.
          child.on('error', () => undefined);
          children.push(child);
        }
        begun.push(config.name);
        await trainOne(child, { config, folder: join(folder, config.name), resume: true });
      }
      if (child?.connected === true) child.disconnect();
    };
    await Promise.all(Array.from({ length: Math.max(1, Math.min(jobs, waiting.length)) }, work));
    await writing;
    return await collectSweep(folder, failed);
  } finally {
    isOver = true;
    // Only a sweep that has failed has processes that still work.
    for (const child of children) if (child.connected) child.kill('SIGKILL');
    await Promise.all(children.map(exitOf));
    for (const name of begun) await removeAbandoned(join(folder, name));
    await giveBack();
  }
}

/** Waits until a process has ended. */
const exitOf = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) resolve();
    else
      child.once('exit', () => {
        resolve();
      });
  });
