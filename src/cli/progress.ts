import type { SingleBar } from 'cli-progress';

/** Work shorter than this shows no bar. */
const patienceMs = 1000;

/** A progress bar on stderr. */
export interface Progress {
  update(done: number, total?: number): void;
  stop(): void;
}

/**
 * A progress bar that appears on stderr once the work has taken over a second; on anything but a terminal it stays away.
 */
export function createProgress(label: string, total: number): Progress {
  let bar: SingleBar | undefined;
  let stopped = false;
  let last = 0;
  const start = async (): Promise<void> => {
    const { default: progress } = await import('cli-progress');
    if (stopped) return;
    bar = new progress.SingleBar(
      {
        format: `${label} {bar} {percentage}% | {eta_formatted}`,
        stream: process.stderr,
        clearOnComplete: true,
        // Left alone: after Ctrl+C a terminal whose wrapping was switched off would stay so.
        linewrap: true,
      },
      progress.Presets.shades_classic,
    );
    bar.start(total, last);
  };
  // A timer and not a look at the clock in update: the first part of the work may take long.
  const timer = process.stderr.isTTY && total > 0 ? setTimeout(() => void start(), patienceMs) : undefined;
  return {
    update: (done, newTotal) => {
      last = done;
      if (newTotal !== undefined) {
        total = newTotal;
        bar?.setTotal(newTotal);
      }
      bar?.update(done);
    },
    stop: () => {
      stopped = true;
      clearTimeout(timer);
      bar?.stop();
    },
  };
}
