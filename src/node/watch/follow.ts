import { setTimeout as sleep } from 'node:timers/promises';
import type { RunRows, RunSource } from './runSource.ts';

/** A look may take this share of the time at most; after one that took long the next one waits. */
const busyShare = 0.2;

/**
 * A run now and after each change, until it has ended or the signal.
 *
 * @param options - `intervalMs` between two looks, more where a look takes long; `isOver` says by the rows that nothing more
 *   is to come
 * @throws what the source throws
 * @example
 * ```ts
 * const source = fileSource('runs.csv');
 * const { signal } = new AbortController();
 * const seen = [];
 * for await (const { rows } of followRun(source, { intervalMs: 2000, signal, isOver: () => true })) seen.push(rows.length);
 * seen; // [245]
 * ```
 */
export async function* followRun(
  source: RunSource,
  options: {
    readonly intervalMs: number;
    readonly signal: AbortSignal;
    readonly isOver: (rows: RunRows) => boolean;
  },
): AsyncGenerator<RunRows> {
  const { intervalMs, signal, isOver } = options;
  while (!signal.aborted) {
    const began = performance.now();
    const rows = await source.poll();
    if (rows !== undefined) {
      yield rows;
      if (isOver(rows)) return;
    }
    const busy = performance.now() - began;
    // An abort ends the wait, and so the loop.
    await sleep(Math.max(intervalMs, busy / busyShare), undefined, { signal }).catch(() => undefined);
  }
}
