import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { Outcome } from './run.ts';

const root = join(import.meta.dirname, '../..');

/** What is run: a command of isoflop with its arguments, or a module. */
export type Work = { readonly folder: string } & ({ readonly args: readonly string[] } | { readonly module: string });

/** A process that runs commands of the built package, one at a time. */
export interface Commands {
  readonly run: (work: Work) => Promise<Outcome>;
  readonly stop: () => void;
}

/** Environment of commands: Vitest asks its children for colours; whoever runs the tests may have asked for none. */
export function plainEnvironment(): Record<string, string | undefined> {
  const asked = new Set(['FORCE_COLOR', 'NO_COLOR', 'NODE_OPTIONS']);
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !asked.has(name)));
}

/** Starts the process; it ends with the one that started it. */
export function startCommands(): Commands {
  const host: ChildProcess = fork(join(import.meta.dirname, 'commandHost.mjs'), {
    env: { ...plainEnvironment(), ISOFLOP_MAIN: join(root, 'dist/cli/main.js') },
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const runNext = (work: Work): Promise<Outcome> =>
    new Promise((resolve, reject) => {
      const ended = (status: number | null): void => {
        reject(new Error(`the process of the commands ended with ${String(status)}`));
      };
      host.once('exit', ended);
      host.once('message', (outcome) => {
        host.off('exit', ended);
        resolve(outcome as Outcome);
      });
      host.send(work);
    });
  let last: Promise<unknown> = Promise.resolve();
  return {
    run: (work) => {
      const outcome = last.then(() => runNext(work));
      last = outcome.catch(() => undefined);
      return outcome;
    },
    stop: () => {
      host.kill();
    },
  };
}
