/** The process of one job of a sweep: it trains the runs that it is sent, one after the other, on one engine. */
import { IsoflopError } from '../../core/errors.ts';
import { openEngine } from '../engines/index.ts';
import type { Engine } from '../engines/engine.ts';
import type { RunConfig } from '../runConfig.ts';
import { trainRun, type RunProgress } from '../train/run.ts';
import type { RunResult } from '../train/runFolder.ts';

/** What the process is sent. */
export interface Order {
  readonly config: RunConfig;
  readonly folder: string;
  readonly resume: boolean;
}

/** What it sends. */
export type Report =
  | { readonly kind: 'progress'; readonly progress: RunProgress }
  | { readonly kind: 'result'; readonly result: RunResult }
  | { readonly kind: 'error'; readonly code: string | null; readonly details: unknown; readonly message: string };

const engines = new Map<string, Promise<Engine>>();

function engineOf(id: string): Promise<Engine> {
  let engine = engines.get(id);
  if (engine === undefined) engines.set(id, (engine = openEngine(id).then((opened) => opened.engine)));
  return engine;
}

const report = (message: Report): void => {
  process.send?.(message);
};

process.on('message', (order: Order) => {
  void (async () => {
    try {
      const engine = await engineOf(order.config.engine);
      const result = await trainRun(order.config, order.folder, engine, {
        resume: order.resume,
        onProgress: (progress) => {
          report({ kind: 'progress', progress });
        },
      });
      report({ kind: 'result', result });
    } catch (error) {
      const known = error instanceof IsoflopError ? (error as IsoflopError) : undefined;
      report({
        kind: 'error',
        code: known?.code ?? null,
        details: known?.details ?? null,
        message: known?.message ?? (error as Error).stack ?? String(error),
      });
    }
  })();
});
// Its parent may be killed; nobody would collect what it does then.
process.on('disconnect', () => process.exit(0));
