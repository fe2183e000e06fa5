import { IsoflopError } from '../core/errors.ts';
import type { Warning } from '../core/warnings.ts';

/** Exit statuses that scripts may rely on. */
export const exitStatus = { done: 0, failed: 1, badUsage: 2, strict: 3 } as const;

/**
 * Tells an error on stderr and returns the exit status for it. Errors of the table say what to do; anything else is a
 * defect of isoflop and keeps its stack.
 */
export function failed(error: unknown, write: (line: string) => void): number {
  if (error instanceof IsoflopError) {
    write(`error: ${error.message}`);
    return error.exit;
  }
  write(
    `error: this is a defect of isoflop; please report it\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
  );
  return exitStatus.failed;
}

/** Under `--strict` a warning of level `error` turns success into status 3. */
export function strictStatus(warnings: readonly Warning[], strict: boolean | undefined): number {
  return strict === true && warnings.some((warning) => warning.level === 'error') ? exitStatus.strict : exitStatus.done;
}
