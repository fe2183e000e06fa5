/**
 * Runs the latest of many requests, one at a time: a slider asks more often than a server answers. What arrives while one
 * is under way waits, the newest replacing the older; one that takes longer than `patienceMs` is given up for it.
 */
export class Latest<Asked> {
  private readonly run: (asked: Asked, signal: AbortSignal) => Promise<void>;
  private readonly patienceMs: number;
  private waiting: { readonly asked: Asked } | undefined;
  private running: { readonly controller: AbortController; readonly since: number } | undefined;

  constructor(run: (asked: Asked, signal: AbortSignal) => Promise<void>, patienceMs = 1500) {
    this.run = run;
    this.patienceMs = patienceMs;
  }

  ask(asked: Asked): void {
    this.waiting = { asked };
    if (this.running === undefined) void this.next();
    else if (performance.now() - this.running.since > this.patienceMs) this.running.controller.abort();
  }

  /** Gives up what is under way and what waits. */
  stop(): void {
    this.waiting = undefined;
    this.running?.controller.abort();
  }

  private async next(): Promise<void> {
    while (this.waiting !== undefined) {
      const { asked } = this.waiting;
      this.waiting = undefined;
      const controller = new AbortController();
      this.running = { controller, since: performance.now() };
      const timer = setTimeout(() => {
        if (this.waiting !== undefined) controller.abort();
      }, this.patienceMs);
      try {
        await this.run(asked, controller.signal);
      } finally {
        clearTimeout(timer);
        this.running = undefined;
      }
    }
  }
}
