import { randomUUID } from 'node:crypto';
import { EventEmitter, on } from 'node:events';
import { IsoflopError } from '../../src/core/errors.ts';
import { formatDuration } from '../../src/core/sizes.ts';
import type { Limits } from '../limits.ts';
import type { Job } from '../schemas/job.ts';
import type { OnProgress } from '../work/tasks.ts';

/** What a job gives in the end. */
export interface Outcome {
  /** Id of the fit that was saved. */
  readonly fit?: string;
  /** The body of the answer, JSON. */
  readonly result?: Uint8Array;
}

/** Work that may take longer than a request. */
export interface Work {
  readonly kind: Job['kind'];
  readonly title: string;
  /** Does it; the signal says that it is not wanted any more. */
  readonly run: (signal: AbortSignal, onProgress: OnProgress) => Promise<Outcome>;
}

/** A queue of jobs with a bounded length; the jobs run in threads, so many at once. */
export interface Jobs {
  /** @throws {@link IsoflopError} `QUEUE_FULL`, `JOB_CANCELLED` when the server stops */
  readonly add: (work: Work) => Job;
  /** Jobs that wait, run, or ended not long ago, newest first. */
  readonly list: () => Job[];
  /** @throws {@link IsoflopError} `JOB_UNKNOWN` */
  readonly get: (id: string) => Job;
  /** What a job gave. @throws {@link IsoflopError} `JOB_UNKNOWN`, `JOB_UNFINISHED`, and what the job failed with */
  readonly outcome: (id: string) => Outcome;
  /** Waits until a job has ended, for so many milliseconds at most. */
  readonly settled: (id: string, patienceMs: number) => Promise<Job>;
  /** A job now and after each change until it has ended. @throws {@link IsoflopError} `JOB_UNKNOWN` */
  readonly follow: (id: string, signal: AbortSignal) => AsyncGenerator<Job>;
  /** Ends a job that waits or runs; one that has ended stays as it is. @throws {@link IsoflopError} `JOB_UNKNOWN` */
  readonly cancel: (id: string) => Job;
  readonly counts: () => { readonly queued: number; readonly running: number };
  /** Cancels every job and takes no more; resolves when none runs any more. */
  readonly close: () => Promise<void>;
}

interface Entry {
  job: Job;
  readonly work: Work;
  readonly stop: AbortController;
  outcome: Outcome | undefined;
  failure: IsoflopError | undefined;
}

const ended = (job: Job): boolean => job.state !== 'queued' && job.state !== 'running';

const now = (): string => new Date().toISOString();

/**
 * A queue of jobs.
 *
 * @param threads - jobs that run at once
 * @param onDefect - told of errors that are not of the table: mistakes of ours
 */
export function createJobs(
  threads: number,
  { queue: longest, results, jobMs }: Limits,
  onDefect: (error: unknown) => void,
): Jobs {
  const entries = new Map<string, Entry>();
  const queued: Entry[] = [];
  const running = new Map<Entry, Promise<void>>();
  /** Jobs that have ended, and those of them whose results are kept, oldest first. */
  const finished: Entry[] = [];
  const withResult: Entry[] = [];
  const changes = new EventEmitter().setMaxListeners(0);
  let closed = false;

  const find = (id: string): Entry => {
    const entry = entries.get(id);
    if (entry === undefined) throw new IsoflopError('JOB_UNKNOWN', { id });
    return entry;
  };

  const placed = (entry: Entry): Job =>
    entry.job.state === 'queued' ? { ...entry.job, position: queued.indexOf(entry) + 1 } : entry.job;

  const change = (entry: Entry, values: Partial<Job>): void => {
    entry.job = { ...entry.job, ...values };
    changes.emit(entry.job.id);
  };

  const forget = (entry: Entry | undefined): void => {
    if (entry !== undefined) entries.delete(entry.job.id);
  };

  const finish = (entry: Entry, state: 'done' | 'failed' | 'cancelled', values: Partial<Job>): void => {
    change(entry, { ...values, state, finished: now(), position: null, progress: null });
    finished.push(entry);
    if (entry.outcome?.result !== undefined) withResult.push(entry);
    // Results are large, how a job ended is not: whoever queued as many jobs as may wait can still ask about each.
    if (withResult.length > results) forget(withResult.shift());
    if (finished.length > results + longest) forget(finished.shift());
  };

  const fail = (entry: Entry, error: unknown): void => {
    const known = error instanceof IsoflopError;
    if (!known) onDefect(error);
    const failure: IsoflopError = known
      ? (error as IsoflopError)
      : new IsoflopError('WORKER_FAILED', { reason: `of a defect, reported as job ${entry.job.id}` });
    entry.failure = failure;
    const { code, message, remedy } = failure;
    finish(entry, code === 'JOB_CANCELLED' ? 'cancelled' : 'failed', { error: { code, message, remedy } });
  };

  const run = async (entry: Entry): Promise<void> => {
    const { stop, work } = entry;
    const timer = setTimeout(() => {
      stop.abort(new IsoflopError('JOB_TIMEOUT', { limit: formatDuration(jobMs) }));
    }, jobMs);
    change(entry, { state: 'running', started: now(), position: null });
    try {
      const outcome = await work.run(stop.signal, ({ stage, done, total }) => {
        if (entry.job.state === 'running')
          change(entry, { progress: { stage, done, total: Number.isFinite(total) ? total : null } });
      });
      entry.outcome = outcome;
      finish(entry, 'done', {
        fit: outcome.fit ?? null,
        result: outcome.result === undefined ? null : `/api/jobs/${entry.job.id}/result`,
      });
    } catch (error) {
      fail(entry, stop.signal.aborted ? stop.signal.reason : error);
    } finally {
      clearTimeout(timer);
    }
  };

  /** Tells those who follow jobs that wait that these have moved up. */
  const tellPlaces = (from: number): void => {
    for (const { job } of queued.slice(from)) changes.emit(job.id);
  };

  const startNext = (): void => {
    while (running.size < threads) {
      const entry = queued.shift();
      if (entry === undefined) return;
      tellPlaces(0);
      const work = run(entry).finally(() => {
        running.delete(entry);
        startNext();
      });
      running.set(entry, work);
    }
  };

  const cancel = (entry: Entry, reason: string): void => {
    if (ended(entry.job)) return;
    const error = new IsoflopError('JOB_CANCELLED', { reason });
    entry.stop.abort(error);
    const place = queued.indexOf(entry);
    if (place >= 0) {
      queued.splice(place, 1);
      tellPlaces(place);
      fail(entry, error);
    }
  };

  async function* follow(id: string, signal: AbortSignal): AsyncGenerator<Job> {
    const entry = find(id);
    // Listening begins before the first look, so that no change falls between the two.
    const changed = on(changes, id, { signal });
    let told = placed(entry);
    yield told;
    try {
      // What is told is judged, not what is: the job may change while its follower is busy.
      for (const change = changed[Symbol.asyncIterator](); !ended(told);) {
        await change.next();
        told = placed(entry);
        yield told;
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      await changed.return?.();
    }
  }

  return {
    add: (work) => {
      if (closed) throw new IsoflopError('JOB_CANCELLED', { reason: 'the server stops' });
      if (queued.length >= longest) throw new IsoflopError('QUEUE_FULL', { limit: longest, retryAfter: 10 });
      const { kind, title } = work;
      const nothing = { started: null, finished: null, position: null, progress: null, fit: null, result: null };
      const job: Job = { id: randomUUID(), kind, title, state: 'queued', created: now(), ...nothing, error: null };
      const entry: Entry = { job, work, stop: new AbortController(), outcome: undefined, failure: undefined };
      entries.set(job.id, entry);
      queued.push(entry);
      startNext();
      return placed(entry);
    },
    list: () => {
      const old = new Set(finished.slice(0, Math.max(0, finished.length - results)));
      return [...entries.values()]
        .filter((entry) => !old.has(entry))
        .map(placed)
        .reverse();
    },
    get: (id) => placed(find(id)),
    outcome: (id) => {
      const { job, outcome, failure } = find(id);
      if (failure !== undefined) throw failure;
      if (outcome === undefined) throw new IsoflopError('JOB_UNFINISHED', { id, state: job.state });
      return outcome;
    },
    settled: async (id, patienceMs) => {
      const patience = AbortSignal.timeout(Math.max(1, patienceMs));
      let last = placed(find(id));
      if (patienceMs > 0) for await (const job of follow(id, patience)) last = job;
      return last;
    },
    follow,
    cancel: (id) => {
      const entry = find(id);
      cancel(entry, 'it was asked to');
      return placed(entry);
    },
    counts: () => ({ queued: queued.length, running: running.size }),
    close: async () => {
      closed = true;
      for (const entry of entries.values()) cancel(entry, 'the server stops');
      await Promise.all(running.values());
    },
  };
}
