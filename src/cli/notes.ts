import { readFile } from 'node:fs/promises';
import { IsoflopError } from '../core/errors.ts';
import { readFailure } from '../node/readFailure.ts';
import { reasonOf } from '../node/reasonOf.ts';

/**
 * Reads a file of notes for a card: one JSON object of texts.
 *
 * @throws {@link IsoflopError} `FILE_NOT_FOUND`, `FILE_UNREADABLE`, `OPTION_INVALID`
 */
export async function readNotes(file: string): Promise<Record<string, string>> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw readFailure(file, error);
  });
  const refuse = (expected: string): never => {
    throw new IsoflopError('OPTION_INVALID', { option: '--notes', value: file, expected });
  };
  let notes: unknown;
  try {
    notes = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    return refuse(`a JSON object of texts, such as { "schedule": "cosine" } (${reasonOf(error)})`);
  }
  if (typeof notes !== 'object' || notes === null || Array.isArray(notes))
    return refuse('a JSON object of texts, such as { "schedule": "cosine" }');
  const wrong = Object.entries(notes).find(([, value]) => typeof value !== 'string');
  if (wrong !== undefined) return refuse(`texts only: "${wrong[0]}" is none`);
  return notes as Record<string, string>;
}
