import { fork, type ChildProcess } from 'node:child_process';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { IsoflopError } from '../../core/errors.ts';
import { atomicWrite } from '../../node/atomicWrite.ts';
import { metricsCsv, type MetricsRow } from '../train/metrics.ts';
import { readResult, readRows, type RunProgress, type RunResult } from '../train/run.ts';
import { sweepFiles } from './files.ts';
import { takeLock } from './lock.ts';
import type { SweepPlan } from './plan.ts';
import type { Order, Report } from './worker.ts';
import { workerFile } from './workerFile.ts';

/** A run that could not be trained. */
export interface FailedRun {
  readonly name: string;
  readonly error: string;
}

/** What a sweep came to. */
export interface SweepResult {
  readonly name: string;
  readonly folder: string;
  /** The rows of all runs, for `isoflop fit`. */
  readonly csv: string;
  readonly runs: readonly RunResult[];
  readonly failed: readonly FailedRun[];
}

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
 * @throws {@link IsoflopError} `RUN_EXISTS` for a folder with another or an unfinished sweep; `SWEEP_RUNNING`
 */
export async function runSweep(plan: SweepPlan, folder: string, options: SweepOptions): Promise<SweepResult> {
  const { jobs = 1, resume = false, worker = workerFile(), onProgress, onResult } = options;
  await mkdir(folder, { recursive: true });
  const giveBack = await takeLock(join(folder, sweepFiles.lock), folder);
  const children: ChildProcess[] = [];
  try {
    const text = `${JSON.stringify(plan, null, 2)}\n`;
    await checkPlan(folder, text, resume);
    await atomicWrite(join(folder, sweepFiles.plan), text);

    const rows = new Map<string, readonly MetricsRow[]>();
    const results = new Map<string, RunResult>();
    const failed: FailedRun[] = [];
    for (const { name } of plan.runs) {
      rows.set(name, await readRows(join(folder, name)));
      const ended = await readResult(join(folder, name));
      if (ended !== undefined) results.set(name, ended);
    }
    let writing = Promise.resolve();
    const write = (): Promise<void> => {
      const all = plan.runs.flatMap(({ name }) => rows.get(name) ?? []);
      writing = writing.then(() => atomicWrite(join(folder, sweepFiles.csv), metricsCsv(all)));
      return writing;
    };
    await write();

    const waiting = plan.runs.filter(({ name }) => !results.has(name));
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
            results.set(name, message.result);
            onResult?.(message.result);
            void readRows(join(folder, name))
              .then((all) => rows.set(name, all))
              .then(write)
              .then(resolve, reject);
            return;
          }
          // A full disk ends the sweep, and so does what is wrong with all of its runs.
          if (message.code === 'DISK_FULL' || message.code === 'FILE_UNWRITABLE')
            reject(new IsoflopError(message.code, message.details as never));
          else {
            failed.push({ name, error: message.message });
            resolve();
          }
        };
        const onExit = (code: number | null, signal: string | null): void => {
          stop();
          failed.push({ name, error: `its process ended with ${signal ?? String(code)}` });
          resolve();
        };
        const stop = (): void => {
          child.off('message', onMessage).off('exit', onExit);
        };
        child.on('message', onMessage).on('exit', onExit);
        child.send(order);
      });
    const work = async (): Promise<void> => {
      let child: ChildProcess | undefined;
      for (let config = waiting.shift(); config !== undefined; config = waiting.shift()) {
        if (child?.connected !== true)
          children.push((child = fork(worker, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })));
        await trainOne(child, { config, folder: join(folder, config.name), resume: true });
      }
      child?.disconnect();
    };
    await Promise.all(Array.from({ length: Math.max(1, Math.min(jobs, waiting.length)) }, work));
    await write();
    const found = plan.runs.flatMap(({ name }) => results.get(name) ?? []);
    const result: SweepResult = { name: plan.name, folder, csv: join(folder, sweepFiles.csv), runs: found, failed };
    await atomicWrite(join(folder, sweepFiles.result), `${JSON.stringify({ runs: found, failed }, null, 2)}\n`);
    return result;
  } finally {
    for (const child of children) if (child.connected) child.disconnect();
    await giveBack();
  }
}

/** A folder goes on only with the sweep that it holds. */
async function checkPlan(folder: string, text: string, resume: boolean): Promise<void> {
  const known = await readFile(join(folder, sweepFiles.plan), 'utf8').catch(() => undefined);
  if (known === undefined) return;
  if (known !== text) throw new IsoflopError('RUN_EXISTS', { folder, why: 'another sweep' });
  if (!resume) throw new IsoflopError('RUN_EXISTS', { folder, why: 'this sweep' });
}
