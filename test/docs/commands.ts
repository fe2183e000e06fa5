import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { Outcome } from '../cli/run.ts';

const root = join(import.meta.dirname, '../..');

/** What is run: a command of isoflop with its arguments, or a module. */
export type Work = { readonly folder: string } & ({ readonly args: readonly string[] } | { readonly module: string });

/** A process that runs commands of the built package, one at a time. */
export interface Commands {
  readonly run: (work: Work) => Promise<Outcome>;
  readonly stop: () => void;
}

/** Starts the process. */
export function startCommands(): Commands {
  // Vitest asks its children for colours; whoever runs the tests may have asked for none.
  const asked = new Set(['FORCE_COLOR', 'NO_COLOR', 'NODE_OPTIONS']);
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !asked.has(name)));
  const host: ChildProcess = fork(join(import.meta.dirname, 'commandHost.mjs'), {
    env: { ...inherited, ISOFLOP_MAIN: join(root, 'dist/cli/main.js') },
    execArgv: [],
  });
  return {
    run: (work) =>
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
      }),
    stop: () => {
      host.kill();
    },
  };
}

/**
 * The words of a line of shell as the pages write them: quotes, a comment at the end, and no expansion of anything. What
 * would need a shell is refused, so that no page can say what this does not do.
 */
export function wordsOf(line: string): string[] {
  const words: string[] = [];
  for (const match of line.matchAll(/\s*(?:(#.*)|((?:'[^']*'|"[^"$`]*"|[^\s'"#|<>;&$`*?])+)|(\S))/gy)) {
    const [, comment, word, other] = match as unknown as (string | undefined)[];
    if (other !== undefined) throw new Error(`a shell would be needed for "${other}" in: ${line}`);
    if (comment === undefined && word !== undefined)
      words.push(
        word.replaceAll(/'([^']*)'|"([^"]*)"/g, (_, single?: string, double?: string) => single ?? double ?? ''),
      );
  }
  return words;
}
