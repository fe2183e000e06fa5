import { availableParallelism } from 'node:os';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Piscina } from 'piscina';
import type { BacktestExecutor } from '../backtest/backtest.ts';
import type { MatrixExecutor } from '../backtest/matrix.ts';
import { inThisThread, joinParts, type BootstrapExecutor } from '../uncertainty/bootstrap.ts';
import { prepare, type Kind, type Part, type PartOf, type TaskOf } from './work.ts';

/** Most resamples that one thread refits at a time: long enough to cost little to hand out, short enough to show progress. */
const mostInPart = 125;
/** Work (resamples times rows) below which starting threads takes longer than doing it here. */
const worthThreads = 100_000;

let nextTask = 0;
let pool: Promise<Piscina> | undefined;

/** The worker's built file: next to this module, or one folder up from a chunk that the bundler shared. */
function workerFile(): string | undefined {
  const candidates = ['./worker.js', './node/worker.js', '../node/worker.js', '../../dist/node/worker.js'];
  return candidates.map((name) => fileURLToPath(new URL(name, import.meta.url))).find((path) => existsSync(path));
}

async function startPool(filename: string, threads: number): Promise<Piscina> {
  const { Piscina } = await import('piscina');
  return new Piscina({ filename, minThreads: 0, maxThreads: threads, idleTimeout: 1000 });
}

/**
 * Does the pieces 0 to `count` - 1 of a task in worker threads, one for each processor (the calling thread only waits), or
 * here where there is one processor or no built worker. The parts come back in order.
 *
 * @param size - pieces that a thread does at a time
 * @param onProgress - told how many pieces are done
 */
async function doParts<K extends Kind>(
  kind: K,
  task: TaskOf<K>,
  { count, size }: { readonly count: number; readonly size: number },
  onProgress?: (done: number) => void,
): Promise<PartOf<K>[]> {
  const starts = Array.from({ length: Math.ceil(count / size) }, (_, k) => k * size);
  const filename = workerFile();
  let done = 0;
  const finish = (from: number, to: number): void => {
    done += to - from;
    onProgress?.(done);
  };
  if (availableParallelism() < 2 || starts.length < 2 || filename === undefined) {
    const run = prepare(kind, task);
    const parts: PartOf<K>[] = [];
    for (const from of starts) {
      const to = Math.min(count, from + size);
      parts.push(run(from, to));
      finish(from, to);
      // A pause, so that a progress bar is drawn and a server answers.
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
    return parts;
  }
  pool ??= startPool(filename, availableParallelism());
  const workers = await pool;
  const id = nextTask++;
  return Promise.all(
    starts.map(async (from): Promise<PartOf<K>> => {
      const part: Part<K> = { id, kind, task, from, to: Math.min(count, from + size) };
      const result = (await workers.run(part)) as PartOf<K>;
      finish(part.from, part.to);
      return result;
    }),
  );
}

/**
 * Refits resamples in worker threads, one for each processor (the calling thread only waits). The result is the same
 * for any number of threads, because resample b always uses stream b of the seed.
 */
export const inThreads: BootstrapExecutor = async (task, resamples, onProgress) => {
  const threads = Math.min(availableParallelism(), resamples);
  if (threads < 2 || resamples * task.data.rows < worthThreads || workerFile() === undefined)
    return inThisThread(task, resamples, onProgress);
  // Few resamples of very many rows have to be spread as well; which thread refits what changes nothing.
  const size = Math.min(mostInPart, Math.max(1, Math.ceil(resamples / (4 * threads))));
  return joinParts(await doParts('bootstrap', task, { count: resamples, size }, onProgress));
};

/** Backtests laws in worker threads, one law at one cut at a time in each; the result is the same for any number of them. */
export const backtestInThreads: BacktestExecutor = async (task, count, onProgress) =>
  (await doParts('backtest', task, { count, size: 1 }, onProgress)).flat();

/** Fills the cells of a matrix in worker threads, one at a time in each; the result is the same for any number of them. */
export const matrixInThreads: MatrixExecutor = async (task, count, onProgress) =>
  (await doParts('matrix', task, { count, size: 1 }, onProgress)).flat();

/** Stops the worker threads, if any were started; they also stop by themselves when idle. */
export async function stopThreads(): Promise<void> {
  const started = pool;
  pool = undefined;
  await (await started)?.destroy();
}
