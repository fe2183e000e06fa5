import type { InputFile } from '../input.ts';
import type { RowSink, TableSummary } from '../table.ts';

/** Bytes of a file from which its format is recognised. */
export const headSize = 2 ** 16;

/** The beginning of a file. */
export interface Head {
  /** At most {@link headSize} bytes. */
  readonly bytes: Uint8Array;
  /** The same as text; empty where they are not text. */
  readonly text: string;
  /** Whether the file has no more. */
  readonly isWhole: boolean;
  /** Extension of the file's name in lower case without the dot: a hint where the content leaves it open. */
  readonly extension: string;
}

/** A file and the beginning of it. */
export interface InspectedFile {
  readonly file: InputFile;
  readonly head: Head;
}

/** A format of files of runs. A new format is one file in this folder and one line in `index.ts`. */
export interface Reader {
  readonly id: string;
  /** What people call it. */
  readonly title: string;
  /**
   * Whether a file has this format, by its content.
   *
   * @param isNamed - whether the user named this very file; one that was found in a folder has to tell that it holds runs
   */
  readonly recognises: (head: Head, isNamed: boolean) => boolean;
  /** Whether all files of one folder belong to one run, so that they are read as one source. */
  readonly joinsFolder?: boolean;
  /**
   * Files that are better not read, since others of the same call say the same or more, and why.
   *
   * @param own - files of this format
   * @param all - all files of the call
   */
  readonly supersedes?: (own: readonly InspectedFile[], all: readonly InputFile[]) => ReadonlyMap<InputFile, string>;
  /**
   * Reads to the end.
   *
   * @param files - one, or with `joinsFolder` all of a folder in the order of their names
   * @throws {@link IsoflopError} for a file that is damaged
   */
  readonly read: (files: readonly InputFile[], sink: RowSink) => Promise<TableSummary>;
}

/** The definition of a reader. */
export const defineReader = (reader: Reader): Reader => reader;

/**
 * The beginning of a file, as readers look at it.
 *
 * @param name - name of the file
 * @param size - bytes of the whole file
 */
export function headOf(name: string, bytes: Uint8Array, size: number): Head {
  const extension = /\.([a-z0-9]+)$/i.exec(name)?.[1].toLowerCase() ?? '';
  const isText = !bytes.includes(0);
  // A head may end within a character, which is then replaced; nobody looks at the last one.
  const text = isText ? new TextDecoder().decode(bytes) : '';
  return { bytes, text, isWhole: bytes.length === size, extension };
}
