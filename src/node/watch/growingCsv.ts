import { open, type FileHandle } from 'node:fs/promises';
import { IsoflopError } from '../../core/errors.ts';
import { readCsvInto } from '../../runs/read.ts';
import { CurveTable, type CurveColumns, type TabledRun } from '../../watch/curveTable.ts';
import { readFailure } from '../readFailure.ts';

/** Bytes that are read at once. */
const pieceSize = 2 ** 20;
/** Bytes before the place up to which a file was read; where they are others now, the file is another. */
const markSize = 64;

/** Place up to which a file was read, and how to tell that it is still the same file. */
interface Place {
  readonly inode: number;
  offset: number;
  mark: Uint8Array;
  /** The lines up to the header, which come before every part that is read. */
  header: Uint8Array | undefined;
}

/**
 * A CSV file that grows: each look reads what was added since the last one, and of that the whole lines. A file that became
 * shorter, or was replaced, is read anew.
 */
export class GrowingCsv {
  readonly #path: string;
  readonly #columns: CurveColumns;
  #place: Place | undefined;
  #table: CurveTable;

  constructor(path: string, columns: CurveColumns) {
    this.#path = path;
    this.#columns = columns;
    this.#table = new CurveTable(path, columns);
  }

  get runs(): readonly TabledRun[] {
    return this.#table.runs;
  }

  /**
   * Reads on.
   *
   * @returns whether anything has changed
   * @throws {@link IsoflopError} as the reader of CSV files
   */
  async read(): Promise<boolean> {
    let file: FileHandle;
    try {
      file = await open(this.#path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw readFailure(this.#path, error);
      const wasThere = this.#place !== undefined;
      this.#forget();
      return wasThere;
    }
    try {
      return await this.#readFrom(file);
    } finally {
      await file.close();
    }
  }

  #forget(): void {
    this.#place = undefined;
    this.#table = new CurveTable(this.#path, this.#columns);
  }

  async #readFrom(file: FileHandle): Promise<boolean> {
    const { ino, size } = await file.stat();
    let place = this.#place;
    let isNew = false;
    if (place !== undefined && !(place.inode === ino && size >= place.offset && (await isMarked(file, place)))) {
      this.#forget();
      place = undefined;
      isNew = true;
    }
    place ??= { inode: ino, offset: 0, mark: new Uint8Array(0), header: undefined };
    const before = place.offset;
    const isFirst = before === 0;
    try {
      await this.#readOn(file, place, size);
    } catch (error) {
      if (isFirst || !(error instanceof IsoflopError)) throw error;
      // A part knows its lines from where it begins; the whole file says which line it is.
      this.#forget();
      const whole: Place = { inode: ino, offset: 0, mark: new Uint8Array(0), header: undefined };
      await this.#readOn(file, whole, size);
      place = whole;
    }
    this.#place = place;
    return isNew || place.offset > before;
  }

  /** Reads the whole lines from a place on, piece by piece. */
  async #readOn(file: FileHandle, place: Place, size: number): Promise<void> {
    while (place.offset < size) {
      let bytes = await readAt(file, place.offset, Math.min(pieceSize, size - place.offset));
      let end = bytes.lastIndexOf(0x0a) + 1;
      // A line longer than a piece; the reader refuses what is too long.
      if (end === 0 && bytes.length === pieceSize) {
        bytes = await readAt(file, place.offset, size - place.offset);
        end = bytes.lastIndexOf(0x0a) + 1;
      }
      if (end === 0) return;
      const lines = bytes.subarray(0, end);
      let rows = lines;
      if (place.header === undefined) {
        const headerEnd = endOfHeader(lines);
        if (headerEnd === undefined) return;
        place.header = Uint8Array.from(lines.subarray(0, headerEnd));
        rows = lines.subarray(headerEnd);
      }
      try {
        await readCsvInto(this.#path, [place.header, rows], this.#table);
      } catch (error) {
        // A header alone, or blank lines: the rows are still to come.
        if (!(error instanceof IsoflopError) || error.code !== 'CSV_NO_ROWS') throw error;
      }
      place.offset += end;
      place.mark = Uint8Array.from(lines.subarray(Math.max(0, end - markSize)));
    }
  }
}

async function readAt(file: FileHandle, start: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let at = 0;
  while (at < length) {
    const { bytesRead } = await file.read(bytes, at, length - at, start + at);
    if (bytesRead === 0) break;
    at += bytesRead;
  }
  return bytes.subarray(0, at);
}

async function isMarked(file: FileHandle, { offset, mark }: Place): Promise<boolean> {
  const found = await readAt(file, offset - mark.length, mark.length);
  return found.length === mark.length && found.every((byte, k) => byte === mark[k]);
}

/** Bytes of the first line that is neither blank nor a comment, with what stands before it; undefined where it has not come. */
function endOfHeader(bytes: Uint8Array): number | undefined {
  for (let start = 0; ;) {
    const end = bytes.indexOf(0x0a, start);
    if (end === -1) return undefined;
    const line = new TextDecoder().decode(bytes.subarray(start, end)).trim();
    start = end + 1;
    if (line !== '' && !line.startsWith('#')) return start;
  }
}
