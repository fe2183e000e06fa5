import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { IsoflopError } from '../../core/errors.ts';
import { headOf, headSize, type Head } from '../head.ts';
import type { InputFile } from '../input.ts';

/** Told the bytes that are read of a file for the first time. */
export type OnBytes = (bytes: number) => void;

/** A file of this machine. No file stays open between two calls, so thousands of them can be read in turn. */
export class DiskFile implements InputFile {
  readonly name: string;
  readonly path: readonly string[];
  readonly size: number;
  readonly #path: string;
  readonly #onBytes: OnBytes | undefined;
  #told = 0;

  /**
   * @param path - where it lies
   * @param size - bytes of it
   */
  constructor(path: string, name: string, size: number, onBytes?: OnBytes) {
    this.#path = path;
    this.name = name;
    this.path = resolve(path)
      .split(sep)
      .filter((part) => part !== '');
    this.size = size;
    this.#onBytes = onBytes;
  }

  async *open(): AsyncGenerator<Uint8Array> {
    for await (const piece of readBytes(this.#path, this.name)) {
      yield piece;
      this.#tell(piece.length);
    }
  }

  async slice(start: number, end: number): Promise<ArrayBuffer> {
    const bytes = await this.#read(start, end);
    this.#tell(bytes.byteLength);
    return bytes;
  }

  async #read(start: number, end: number): Promise<ArrayBuffer> {
    const file = await open(this.#path).catch((error: unknown) => {
      throw fileError(error, this.name);
    });
    try {
      const bytes = new Uint8Array(Math.max(0, end - start));
      let at = 0;
      while (at < bytes.length) {
        const { bytesRead } = await file.read(bytes, at, bytes.length - at, start + at);
        if (bytesRead === 0) break;
        at += bytesRead;
      }
      return at === bytes.length ? bytes.buffer : bytes.buffer.slice(0, at);
    } catch (error) {
      throw fileError(error, this.name);
    } finally {
      await file.close();
    }
  }

  async beside(path: string): Promise<InputFile | undefined> {
    const there = join(dirname(this.#path), path);
    const found = await stat(there).catch(() => undefined);
    if (found?.isFile() !== true) return undefined;
    return new DiskFile(there, join(dirname(this.name), path), found.size);
  }

  async sha256(): Promise<string> {
    const hash = createHash('sha256');
    for await (const piece of readBytes(this.#path, this.name)) hash.update(piece);
    return hash.digest('hex');
  }

  async head(): Promise<Head> {
    const bytes = new Uint8Array(await this.#read(0, Math.min(headSize, this.size)));
    return headOf(this.name, bytes, this.size);
  }

  /** A file may be read twice, which is progress once. */
  #tell(bytes: number): void {
    const fresh = Math.min(bytes, this.size - this.#told);
    this.#told += fresh;
    if (fresh > 0) this.#onBytes?.(fresh);
  }
}

/** The bytes of a file. Only errors of the file system are translated; those of the consumer never pass through here. */
export async function* readBytes(path: string, name = path): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(path, { highWaterMark: 2 ** 16 }) as AsyncIterable<Buffer>;
  } catch (error) {
    throw fileError(error, name);
  }
}

/** The error of the table for one of the file system. */
export function fileError(error: unknown, file: string): IsoflopError {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return new IsoflopError('FILE_NOT_FOUND', { file });
  const reason = code === 'EISDIR' ? 'it is a folder' : code === 'EACCES' ? 'permission denied' : message;
  return new IsoflopError('FILE_UNREADABLE', { file, reason });
}
