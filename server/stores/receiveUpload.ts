import { createHash } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { IsoflopError } from '../../src/core/errors.ts';
import { formatBytes } from '../../src/core/sizes.ts';
import { temporaryName, writeFailure } from '../../src/node/atomicWrite.ts';
import { recordLimit } from '../../src/runs/csv.ts';
import type { Limits } from '../limits.ts';

/** A file on its way. */
export interface Upload {
  /** Its name as the client gave it. */
  readonly name: string;
  readonly pieces: AsyncIterable<Uint8Array>;
}

/** A file that has arrived, under a temporary name. */
export interface Received {
  readonly path: string;
  readonly sha256: string;
}

const newline = 10;

/**
 * A name that a file may have: the last part of the path that a client gave, in plain characters.
 *
 * @example
 * ```ts
 * safeName('C:\\runs\\my runs.csv'); // 'my-runs.csv'
 * ```
 */
export function safeName(name: string): string {
  const last = name.split(/[/\\]/).at(-1) ?? '';
  const plain = last
    .normalize('NFKD')
    .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[.-]+/, '')
    .slice(-100);
  return plain === '' ? 'runs.csv' : plain;
}

/**
 * Writes a file to a temporary name as it arrives. What cannot be a CSV of runs is given up at once, not when the disk is
 * full of it.
 *
 * @throws {@link IsoflopError} `UPLOAD_TOO_LARGE`, `CSV_LINE_TOO_LONG`, `FILE_BINARY`, `DISK_FULL`; then
 * nothing of the file is left
 */
export async function receiveUpload(upload: Upload, folder: string, limits: Limits): Promise<Received> {
  const { name } = upload;
  const pieces = upload.pieces[Symbol.asyncIterator]();
  const path = temporaryName(folder);
  const hash = createHash('sha256');
  const check = checker(name, limits);
  let file;
  try {
    file = await open(path, 'wx');
  } catch (error) {
    drop(pieces);
    throw writeFailure(name, error);
  }
  try {
    for (let next = await pieces.next(); next.done !== true; next = await pieces.next()) {
      const piece = next.value;
      check(piece);
      hash.update(piece);
      // A single write may take but a part, above all on a disk that is nearly full.
      await file.appendFile(piece).catch((error: unknown) => {
        throw writeFailure(name, error);
      });
    }
    await file.sync().catch((error: unknown) => {
      throw writeFailure(name, error);
    });
    await file.close();
    return { path, sha256: hash.digest('hex') };
  } catch (error) {
    await file.close().catch(() => undefined);
    await rm(path, { force: true });
    drop(pieces);
    throw error;
  }
}

/**
 * Lets the rest of a file go by that is given up. To end its iteration would destroy it, and the form around it would wait
 * for ever to be read to its end, and the next request on the connection for the form.
 */
function drop(pieces: AsyncIterator<Uint8Array>): void {
  const goOn = async (): Promise<void> => {
    while ((await pieces.next()).done !== true);
  };
  // It may end early with the connection.
  goOn().catch(() => undefined);
}

/** Looks at the pieces in passing: their number, and how far apart the line ends are. */
function checker(name: string, { uploadBytes }: Limits): (piece: Uint8Array) => void {
  let bytes = 0;
  let line = 1;
  let sinceLineEnd = 0;
  return (piece) => {
    bytes += piece.length;
    if (bytes > uploadBytes) throw new IsoflopError('UPLOAD_TOO_LARGE', { name, limit: formatBytes(uploadBytes) });
    if (piece.includes(0)) throw new IsoflopError('FILE_BINARY', { file: name });
    const last = piece.lastIndexOf(newline);
    if (last < 0) sinceLineEnd += piece.length;
    else {
      sinceLineEnd = piece.length - last - 1;
      line++;
    }
    // A record between quotes may hold line ends, so this is where none is near; the reader counts them exactly.
    if (sinceLineEnd > recordLimit)
      throw new IsoflopError('CSV_LINE_TOO_LONG', { file: name, line, limit: recordLimit });
  };
}
