import { IsoflopError } from '../core/errors.ts';
import { sha256 } from '../runs/sha256.ts';
import type { CheckedRegistration, Registration } from '../watch/registration.ts';
import { registrationSchema } from './registrationSchema.ts';
import { findViolation } from './savedFitValidator.ts';

/** JSON without spaces and with the names of every object in alphabetical order, so that one content has one text. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`);
  return `{${members.join(',')}}`;
}

/** Hex SHA-256 of what a registration says. */
async function digestOf(content: Registration): Promise<string> {
  const hash = sha256();
  hash.update(new TextEncoder().encode(canonical(content)));
  return await hash.hex();
}

/**
 * The text of the file of a registration: its content, and the SHA-256 of that.
 *
 * @example
 * ```ts
 * const registration = registrationOf({ fit, file: 'fit.json', sha256: '0'.repeat(64), name: 'big', params: 1.4e9, tokens: 30e9, confidence: 0.9, now: 0 });
 * const text = await encodeRegistration(registration);
 * (await decodeRegistration(text, 'band.json')).run.tokens === registration.run.tokens; // true
 * ```
 */
export async function encodeRegistration(content: Registration): Promise<string> {
  return `${JSON.stringify({ ...content, sha256: await digestOf(content) }, null, 2)}\n`;
}

/**
 * Reads the text of a registration and holds its content against its hash.
 *
 * @param file - its name, for messages
 * @throws {@link IsoflopError} `REGISTRATION_INVALID`, `REGISTRATION_TAMPERED`
 * @example
 * ```ts
 * const registration = registrationOf({ fit, file: 'fit.json', sha256: '0'.repeat(64), name: 'big', params: 1.4e9, tokens: 30e9, confidence: 0.9, now: 0 });
 * const { sha256 } = await decodeRegistration(await encodeRegistration(registration), 'band.json');
 * sha256.length; // 64
 * ```
 */
export async function decodeRegistration(text: string, file: string): Promise<CheckedRegistration> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new IsoflopError('REGISTRATION_INVALID', { file, reason: (error as Error).message });
  }
  const violation = findViolation(registrationSchema, value);
  if (violation !== undefined)
    throw new IsoflopError('REGISTRATION_INVALID', { file, reason: `${violation.place} ${violation.reason}` });
  const { sha256: stated, ...content } = value as CheckedRegistration;
  const found = await digestOf(content);
  if (found !== stated) throw new IsoflopError('REGISTRATION_TAMPERED', { file, found, stated });
  return { ...content, sha256: stated };
}
