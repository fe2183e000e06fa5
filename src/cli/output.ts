import type { Warning } from '../core/warnings.ts';

/** Writes the result to stdout. */
export function writeResult(text: string): void {
  process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
}

/** Writes exactly one JSON document to stdout. */
export function writeJson(document: unknown): void {
  writeResult(JSON.stringify(document, null, 2));
}

/** Writes a line to stderr. */
export function writeError(line: string): void {
  process.stderr.write(`${line}\n`);
}

/**
 * Writes warnings to stderr. A report carries its own; where it goes to the same terminal they are not said twice.
 *
 * @param inReport - whether the result on stdout holds the warnings in words
 */
export function writeWarnings(warnings: readonly Warning[], inReport: boolean): void {
  if (inReport && process.stdout.isTTY) return;
  for (const { level, code, message, remedy } of warnings)
    if (level !== 'info') writeError(`${level}: ${message} ${remedy} [${code}]`);
}

/** Whether to colour stdout: on a terminal, unless NO_COLOR is set (https://no-color.org). */
export function useColor(): boolean {
  return process.stdout.isTTY && (process.env.NO_COLOR ?? '') === '' && process.env.TERM !== 'dumb';
}

/** Columns of the terminal, or 100 where the output goes to a file or the terminal does not tell (0 columns). */
export function outputWidth(): number {
  const columns = process.stdout.isTTY ? process.stdout.columns : 0;
  return columns > 0 ? Math.min(Math.max(columns, 40), 120) : 100;
}
