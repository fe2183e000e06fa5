import { IsoflopError } from '../../core/errors.ts';
import { readWhole, type InputFile } from '../input.ts';

/** Longest JSON document that is parsed at once, in bytes. */
const documentLimit = 2 ** 28;

/** Text in quotes, or a number as Python writes it where JSON has none. */
const pythonNumbers = /"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g;

/** A JSON object. */
export type JsonObject = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Parses JSON as Python's json module writes it: with NaN (here `null`) and Infinity, as logs of runs that diverged have.
 *
 * @throws {@link SyntaxError}
 */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!/NaN|Infinity/.test(text)) throw error;
    const numbers: Readonly<Record<string, string>> = { NaN: 'null', Infinity: '1e999', '-Infinity': '-1e999' };
    return JSON.parse(text.replace(pythonNumbers, (found) => numbers[found] ?? found));
  }
}

/**
 * A file as one JSON document.
 *
 * @param format - what messages call the format
 * @throws {@link IsoflopError} `FILE_TOO_LONG`, `FILE_DAMAGED`
 */
export async function readJson(file: InputFile, format: string): Promise<unknown> {
  if (file.size > documentLimit)
    throw new IsoflopError('FILE_TOO_LONG', { file: file.name, format, limit: documentLimit });
  const text = new TextDecoder().decode(await readWhole(file));
  try {
    return parseJson(text);
  } catch (error) {
    throw new IsoflopError('FILE_DAMAGED', { file: file.name, format, reason: reasonOf(error, text) });
  }
}

/** What is wrong with a document, and in which line. */
function reasonOf(error: unknown, text: string): string {
  const { message } = error as Error;
  const position = /position (\d+)/.exec(message)?.[1];
  const end = text.trimEnd().length;
  const isCut = /end of JSON|Unterminated/.test(message) || Number(position ?? 0) >= end;
  if (isCut) return `it ends in line ${String(text.slice(0, end).split('\n').length)} before it is complete`;
  // V8 tells the position of some faults only.
  const line = position === undefined ? '' : ` in line ${String(text.slice(0, Number(position)).split('\n').length)}`;
  return `it is no JSON${line}`;
}
