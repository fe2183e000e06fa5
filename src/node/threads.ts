import { availableParallelism } from 'node:os';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Piscina } from 'piscina';
import { inThisThread, joinParts, type BootstrapExecutor, type BootstrapPart } from '../uncertainty/bootstrap.ts';

/** Most resamples that one thread refits at a time: long enough to cost little to hand out, short enough to show progress. */
const mostInPart = 125;
/** Work (resamples times rows) below which starting threads takes longer than doing it here. */
const worthThreads = 100_000;

let nextTask = 0;
let pool: Promise<Piscina> | undefined;

/** The worker's built file: next to this module, or one folder up from a chunk that the bundler shared. */
function workerFile(): string | undefined {
  const candidates = [
    './bootstrapWorker.js',
    './node/bootstrapWorker.js',
    '../node/bootstrapWorker.js',
    '../../dist/node/bootstrapWorker.js',
  ];
  return candidates.map((name) => fileURLToPath(new URL(name, import.meta.url))).find((path) => existsSync(path));
}

async function startPool(filename: string, threads: number): Promise<Piscina> {
  const { Piscina } = await import('piscina');
  return new Piscina({ filename, minThreads: 0, maxThreads: threads, idleTimeout: 1000 });
}

/**
 * Refits resamples in worker threads, one for each processor (the calling thread only waits). The result is the same
 * for any number of threads, because resample b always uses stream b of the seed.
 */
export const inThreads: BootstrapExecutor = async (task, resamples, onProgress) => {
  const threads = Math.min(availableParallelism(), resamples);
  // Few resamples of very many rows have to be spread as well; which thread refits what changes nothing.
  const partSize = Math.min(mostInPart, Math.max(1, Math.ceil(resamples / (4 * threads))));
  const filename = workerFile();
  if (threads < 2 || resamples * task.data.rows < worthThreads || filename === undefined)
    return inThisThread(task, resamples, onProgress);
  pool ??= startPool(filename, availableParallelism());
  const workers = await pool;
  const id = nextTask++;
  let done = 0;
  const parts: Promise<BootstrapPart>[] = [];
  for (let from = 0; from < resamples; from += partSize) {
    const to = Math.min(resamples, from + partSize);
    const part = workers.run({ id, task, from, to }) as Promise<BootstrapPart>;
    parts.push(
      part.then((result) => {
        done += to - from;
        onProgress?.(done);
        return result;
      }),
    );
  }
  return joinParts(await Promise.all(parts));
};

/** Stops the worker threads, if any were started; they also stop by themselves when idle. */
export async function stopThreads(): Promise<void> {
  const started = pool;
  pool = undefined;
  await (await started)?.destroy();
}
