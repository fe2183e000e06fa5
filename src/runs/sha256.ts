import { createHash } from 'node:crypto';

/** Takes the bytes of a file as they come. */
export interface Sha256 {
  update(bytes: Uint8Array): unknown;
  hex(): string | Promise<string>;
}

/** SHA-256 by Node; the browser has `src/browser/standIns/sha256.ts` in place of this file. */
export function sha256(): Sha256 {
  const hash = createHash('sha256');
  return { update: (bytes) => hash.update(bytes), hex: () => hash.digest('hex') };
}
