import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { IsoflopError, type ErrorCode } from '../../src/core/errors.ts';
import { packageRoot } from '../../src/node/packageRoot.ts';
import type { InputOf, OnProgress, OutputOf, TaskName } from './tasks.ts';
import type { Assignment, Outcome } from './worker.ts';

/** Memory of JavaScript objects that one thread may use, in MiB; numbers in typed arrays come on top. */
const threadMiB = 2048;

/** Threads that do the tasks of the server, so that it answers meanwhile. */
export interface Pool {
  /**
   * Does a task in a thread; those that find no free thread wait in line.
   *
   * @param options - `signal` ends the thread, whatever it is doing; `onProgress` is told how far it is
   * @throws {@link IsoflopError} what the task throws, `WORKER_FAILED` when the thread ends early
   */
  readonly run: <Name extends TaskName>(
    name: Name,
    input: InputOf<Name>,
    options?: { readonly signal?: AbortSignal; readonly onProgress?: OnProgress },
  ) => Promise<OutputOf<Name>>;
  /** Starts the first thread, so that the first task does not wait for it. */
  readonly warm: () => void;
  /** Ends all threads. */
  readonly close: () => Promise<void>;
}

/**
 * Threads for the server's work. None is started before there is something to do.
 *
 * @param threads - tasks that are done at once
 * @param least - threads that stay when there is nothing to do
 */
export function createPool(threads: number, least: number): Pool {
  let started: Piscina | undefined;
  const start = (): Piscina => {
    const filename = join(packageRoot(), 'dist/server/worker.js');
    if (!existsSync(filename)) throw new Error(`${filename} is missing: npm run build makes it`);
    started ??= new Piscina({
      filename,
      minThreads: least,
      maxThreads: threads,
      idleTimeout: 10_000,
      resourceLimits: { maxOldGenerationSizeMb: threadMiB },
    });
    return started;
  };
  return {
    warm: () => void start(),
    run: async (name, input, { signal, onProgress } = {}) => {
      const channel = onProgress === undefined ? undefined : new MessageChannel();
      channel?.port1.on('message', onProgress as (value: unknown) => void);
      const assignment: Assignment = { name, input, ...(channel === undefined ? {} : { port: channel.port2 }) };
      try {
        const outcome = (await start().run(assignment, {
          ...(channel === undefined ? {} : { transferList: [channel.port2] }),
          ...(signal === undefined ? {} : { signal }),
        })) as Outcome<typeof name>;
        if ('output' in outcome) return outcome.output;
        throw new IsoflopError(outcome.error.code as ErrorCode, outcome.error.details as never);
      } catch (error) {
        if (error instanceof IsoflopError || signal?.aborted === true) throw error;
        throw failureOf(error);
      } finally {
        channel?.port1.close();
      }
    },
    close: async () => {
      await started?.destroy();
    },
  };
}

/** A defect inside a task stays what it is; a thread that died is an error of the table. */
function failureOf(error: unknown): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ERR_WORKER_OUT_OF_MEMORY') return new IsoflopError('WORKER_FAILED', { reason: 'it ran out of memory' });
  if (message.includes('worker')) return new IsoflopError('WORKER_FAILED', { reason: message });
  return error;
}
