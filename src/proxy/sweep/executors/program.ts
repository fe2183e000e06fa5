import { execFile } from 'node:child_process';
import { IsoflopError } from '../../../core/errors.ts';

/** What a scheduler's program may take to answer; those of a busy one take long. */
const timeout = 120_000;

/**
 * What a program of a scheduler prints. It is started without a shell, so that no argument is more than an argument.
 *
 * @throws {@link IsoflopError} `SCHEDULER_MISSING`, `SCHEDULER_FAILED` with what it wrote
 */
export function askProgram(program: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(program, args, { timeout, maxBuffer: 2 ** 28 }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else if (error.code === 'ENOENT') reject(new IsoflopError('SCHEDULER_MISSING', { program }));
      else {
        const said = stderr.trim() || stdout.trim() || error.message;
        reject(new IsoflopError('SCHEDULER_FAILED', { program, reason: said.split('\n').slice(0, 5).join('; ') }));
      }
    });
  });
}

/** Text as one word of a POSIX shell. */
export const shellWord = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
