import { EventEmitter, on } from 'node:events';

/** Things that are looked at while somebody follows them, each by one timer however many follow it. */
export interface Watches {
  /**
   * What a thing is now, and again after each change until the signal or until looking at it fails.
   *
   * @throws what the first look throws
   */
  readonly follow: (id: string, signal: AbortSignal) => AsyncGenerator<string>;
  /** Ends all that is followed. */
  readonly close: () => void;
}

/** How long between two looks: little beside the time from one evaluation of a run to the next. */
const periodMs = 1000;

interface Watch {
  followers: number;
  /** What was seen last. */
  stamp: string;
  readonly changes: EventEmitter;
  timer: NodeJS.Timeout | undefined;
}

/**
 * Watches things by looking at them about once a second. Being told by the operating system instead would fail on network
 * file systems, and where folders come and go.
 *
 * @param look - gives what changes when the thing does, and throws when the thing is gone
 */
export function createWatches(look: (id: string) => Promise<string>): Watches {
  const watches = new Map<string, Watch>();
  const closing = new AbortController();

  const wait = (id: string, watch: Watch): void => {
    watch.timer = setTimeout(() => void lookAgain(id, watch), periodMs).unref();
  };
  const lookAgain = async (id: string, watch: Watch): Promise<void> => {
    try {
      const stamp = await look(id);
      if (stamp !== watch.stamp) watch.changes.emit('change', (watch.stamp = stamp));
      if (watch.followers > 0) wait(id, watch);
    } catch {
      // Whoever follows it asks anew, and is told why it is gone.
      watches.delete(id);
      watch.changes.emit('gone');
    }
  };

  const join = (id: string, stamp: string): Watch => {
    let watch = watches.get(id);
    if (watch === undefined) {
      watch = { followers: 0, stamp, changes: new EventEmitter().setMaxListeners(0), timer: undefined };
      watches.set(id, watch);
      wait(id, watch);
    }
    watch.followers++;
    return watch;
  };
  const leave = (id: string, watch: Watch): void => {
    if (--watch.followers > 0) return;
    clearTimeout(watch.timer);
    if (watches.get(id) === watch) watches.delete(id);
  };

  async function* follow(id: string, gone: AbortSignal): AsyncGenerator<string> {
    const signal = AbortSignal.any([gone, closing.signal]);
    const first = await look(id);
    const watch = join(id, first);
    try {
      // Listening begins before the first is told, so that no change falls between the two.
      const changed = on(watch.changes, 'change', { signal, close: ['gone'] });
      yield first;
      if (watch.stamp !== first) yield watch.stamp;
      for await (const [stamp] of changed) yield stamp as string;
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      leave(id, watch);
    }
  }

  return {
    follow,
    close: () => {
      closing.abort();
    },
  };
}
