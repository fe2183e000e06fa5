import type { Sha256 } from '../../runs/sha256.ts';

/** SHA-256 by the browser, or by a package that is loaded where the page came without https and the browser refuses. */
export function sha256(): Sha256 {
  const pieces: Uint8Array[] = [];
  return {
    update: (bytes) => pieces.push(Uint8Array.from(bytes)),
    hex: async () =>
      hexOf(await digest(new Uint8Array(await new Blob(pieces as Uint8Array<ArrayBuffer>[]).arrayBuffer()))),
  };
}

async function digest(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  // The type says that it is always there.
  const { subtle } = crypto as { subtle?: SubtleCrypto };
  if (subtle !== undefined) return new Uint8Array(await subtle.digest('SHA-256', bytes));
  const { sha256: noble } = await import('@noble/hashes/sha2.js');
  return noble(bytes);
}

const hexOf = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
