import { createHash } from 'node:crypto';
import { open, readdir, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { IsoflopError } from '../../core/errors.ts';
import { createRandom } from '../../core/random.ts';
import { readFailure } from '../../node/readFailure.ts';
import type { Corpus } from './corpus.ts';

interface Part {
  readonly path: string;
  /** First symbol of the file in the row of all files. */
  readonly from: number;
  readonly symbols: number;
  readonly handle: FileHandle;
}

/** Files one after the other, read where they are asked for: nothing is held in memory. */
interface Sequence {
  readonly symbols: number;
  /** Symbols `from` to `from + count`. */
  readonly read: (from: number, count: number) => Promise<Int32Array>;
  /** SHA-256 of all bytes, or of the sizes, beginnings and ends where they are more than a gigabyte. */
  readonly digest: () => Promise<string>;
  readonly close: () => Promise<void>;
}

const wholeDigest = 2 ** 30;
const pieceBytes = 2 ** 20;

/** The files of a folder in the order of their names, or the one file. */
async function filesOf(path: string): Promise<string[]> {
  try {
    if (!(await stat(path)).isDirectory()) return [path];
    const names = await readdir(path, { withFileTypes: true });
    return names
      .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
      .map(({ name }) => join(path, name))
      .sort();
  } catch (error) {
    throw readFailure(path, error);
  }
}

/** Opens a file or a folder as a row of symbols of `width` bytes, little-endian. */
async function openSequence(path: string, width: 1 | 2): Promise<Sequence> {
  const parts: Part[] = [];
  let symbols = 0;
  for (const file of await filesOf(path)) {
    try {
      const handle = await open(file);
      const { size } = await handle.stat();
      const count = Math.floor(size / width);
      parts.push({ path: file, from: symbols, symbols: count, handle });
      if (count * width < size)
        throw new Error(`its ${String(size)} bytes are no whole number of ${String(8 * width)}-bit tokens`);
      symbols += count;
    } catch (error) {
      await Promise.all(parts.map(({ handle }) => handle.close()));
      throw readFailure(file, error);
    }
  }

  const read = async (from: number, count: number): Promise<Int32Array> => {
    const bytes = Buffer.alloc(count * width);
    for (const part of parts) {
      const first = Math.max(from, part.from);
      const end = Math.min(from + count, part.from + part.symbols);
      let at = (first - from) * width;
      const stop = (end - from) * width;
      while (at < stop) {
        const position = at + (from - part.from) * width;
        const { bytesRead } = await part.handle.read(bytes, at, stop - at, position);
        if (bytesRead === 0) throw readFailure(part.path, new Error('it became shorter while it was read'));
        at += bytesRead;
      }
    }
    return Int32Array.from({ length: count }, (_, i) => (width === 1 ? bytes[i] : bytes.readUInt16LE(2 * i)));
  };

  const digest = async (): Promise<string> => {
    const hash = createHash('sha256');
    const pieces = symbols * width <= wholeDigest ? undefined : [0, Infinity];
    for (const { handle, symbols: count } of parts) {
      const size = count * width;
      hash.update(`${String(size)}\n`);
      const starts = pieces?.map((at) => Math.max(0, Math.min(at, size - pieceBytes)));
      const all = Array.from({ length: Math.ceil(size / pieceBytes) }, (_, k) => k * pieceBytes);
      for (const start of starts ?? all) {
        const bytes = Buffer.alloc(Math.min(pieceBytes, size - start));
        await handle.read(bytes, 0, bytes.length, start);
        hash.update(bytes);
      }
    }
    return hash.digest('hex');
  };

  return {
    symbols,
    read,
    digest,
    close: async () => {
      await Promise.all(parts.map(({ handle }) => handle.close()));
    },
  };
}

interface FileCorpusOptions {
  readonly kind: string;
  readonly path: string;
  readonly width: 1 | 2;
  readonly vocabulary: number;
  /** A sequence of its own to evaluate on; else the last part of the first. */
  readonly validation?: string | undefined;
  readonly validationFraction: number;
}

/** A corpus in files: training windows start anywhere in the first part, validation windows lie side by side in the last. */
export async function fileCorpus({ kind, path, width, vocabulary, ...options }: FileCorpusOptions): Promise<Corpus> {
  const all = await openSequence(path, width);
  let apart: Sequence | undefined;
  let sha256: string;
  try {
    if (options.validation !== undefined) apart = await openSequence(options.validation, width);
    sha256 = await all.digest();
  } catch (error) {
    await Promise.all([all.close(), apart?.close()]);
    throw error;
  }
  const held = apart === undefined ? Math.ceil(all.symbols * options.validationFraction) : 0;
  const trainTokens = all.symbols - held;
  const validationTokens = apart?.symbols ?? held;

  const checked = (symbols: Int32Array): Int32Array => {
    const wrong = symbols.find((symbol) => symbol >= vocabulary);
    if (wrong === undefined) return symbols;
    throw new IsoflopError('CORPUS_SYMBOL', { path, symbol: wrong, vocabulary });
  };
  const need = (tokens: number, part: string, context: number): void => {
    if (tokens <= context) throw new IsoflopError('CORPUS_SHORT', { path, part, tokens, context });
  };

  return {
    vocabulary,
    source: { kind, path, sha256 },
    trainTokens,
    validationTokens,
    batch: async (seed, step, rows, context) => {
      need(trainTokens, 'training', context);
      const random = createRandom(seed, step + 1);
      const windows = new Int32Array(rows * (context + 1));
      for (let row = 0; row < rows; row++) {
        const from = random.integer(trainTokens - context);
        windows.set(await all.read(from, context + 1), row * (context + 1));
      }
      return checked(windows);
    },
    validation: async (rows, context) => {
      need(validationTokens, 'validation', context);
      const fit = Math.floor((validationTokens - 1) / context);
      const count = Math.min(rows, fit);
      const windows = new Int32Array(count * (context + 1));
      for (let row = 0; row < count; row++) {
        const from = Math.floor((row * fit) / count) * context;
        const at = apart === undefined ? trainTokens + from : from;
        windows.set(await (apart ?? all).read(at, context + 1), row * (context + 1));
      }
      return checked(windows);
    },
    close: async () => {
      await Promise.all([all.close(), apart?.close()]);
    },
  };
}
