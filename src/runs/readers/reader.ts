import type { Head } from '../head.ts';
import type { InputFile } from '../input.ts';
import type { RowSink, TableSummary } from '../table.ts';

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
