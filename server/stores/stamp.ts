import { stat } from 'node:fs/promises';

/** A file as it is now: what tells it from what it was before. */
export interface Stamped {
  /** Changes when the file does: files are replaced by renaming, which gives a new inode even within a millisecond. */
  readonly stamp: string;
  readonly bytes: number;
  /** When its content was last written, ISO 8601. */
  readonly written: string;
}

/** What a file is now; `undefined` when there is none, or what has its name is no file. */
export async function stampOf(path: string): Promise<Stamped | undefined> {
  try {
    const found = await stat(path);
    if (!found.isFile()) return undefined;
    const { mtime, mtimeMs, size, ino } = found;
    return { stamp: `${String(mtimeMs)} ${String(size)} ${String(ino)}`, bytes: size, written: mtime.toISOString() };
  } catch {
    // What is wrong with it is for the reader to say.
    return undefined;
  }
}
