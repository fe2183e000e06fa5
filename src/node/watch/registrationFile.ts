import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { IsoflopError } from '../../core/errors.ts';
import { decodeRegistration, encodeRegistration } from '../../report/savedRegistration.ts';
import type { CheckedRegistration, Registration } from '../../watch/registration.ts';
import { atomicCreate, atomicWrite } from '../atomicWrite.ts';
import { makeFolder } from '../makeFolder.ts';
import { readFailure } from '../readFailure.ts';

/**
 * Where the registration of a run is looked for, and written to, unless said otherwise: beside the run.
 *
 * @example
 * ```ts
 * registrationPath('runs/big/'); // 'runs/big.band.json'
 * ```
 */
export const registrationPath = (run: string): string => `${run.replace(/[/\\]+$/, '')}.band.json`;

/** Hex SHA-256 of the bytes of a file. @throws {@link IsoflopError} `FILE_NOT_FOUND`, `FILE_UNREADABLE` */
export async function digestOfFile(path: string): Promise<string> {
  try {
    return createHash('sha256')
      .update(await readFile(path))
      .digest('hex');
  } catch (error) {
    throw readFailure(path, error);
  }
}

/**
 * Writes a registration, whole or not at all. One that is there already is left as it is, unless it is to be replaced.
 *
 * @param options - `replace`: whether a file of that name may go
 * @returns what was written, with its hash
 * @throws {@link IsoflopError} `REGISTRATION_EXISTS`, `FILE_UNWRITABLE`, `DISK_FULL`
 * @example
 * ```ts
 * const registration = registrationOf({ fit, file: 'fit.json', sha256: '0'.repeat(64), name: 'big', params: 1.4e9, tokens: 30e9, confidence: 0.9, now: 0 });
 * const { sha256 } = await saveRegistration('big.csv.band.json', registration, { replace: true });
 * sha256.length; // 64
 * ```
 */
export async function saveRegistration(
  path: string,
  registration: Registration,
  { replace = false }: { readonly replace?: boolean } = {},
): Promise<CheckedRegistration> {
  const text = await encodeRegistration(registration);
  await makeFolder(dirname(path), path);
  if (replace) await atomicWrite(path, text);
  else if (!(await atomicCreate(path, text))) throw new IsoflopError('REGISTRATION_EXISTS', { file: path });
  return await decodeRegistration(text, path);
}

/**
 * Reads a registration and holds its content against its hash.
 *
 * @throws {@link IsoflopError} `FILE_NOT_FOUND`, `FILE_UNREADABLE`, `REGISTRATION_INVALID`, `REGISTRATION_TAMPERED`
 * @example
 * ```ts
 * const registration = registrationOf({ fit, file: 'fit.json', sha256: '0'.repeat(64), name: 'big', params: 1.4e9, tokens: 30e9, confidence: 0.9, now: 0 });
 * await saveRegistration('mine.band.json', registration, { replace: true });
 * (await loadRegistration('mine.band.json')).band.length; // 10
 * ```
 */
export async function loadRegistration(path: string): Promise<CheckedRegistration> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw readFailure(path, error);
  }
  return await decodeRegistration(text, path);
}

/** The registration beside a run; undefined where there is none. */
export async function findRegistration(run: string): Promise<CheckedRegistration | undefined> {
  try {
    return await loadRegistration(registrationPath(run));
  } catch (error) {
    if (error instanceof IsoflopError && error.code === 'FILE_NOT_FOUND') return undefined;
    throw error;
  }
}
