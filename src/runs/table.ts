import type { Warning } from '../core/warnings.ts';

/** What a table has in one place: text, or a number that needs no parsing; blank text or NaN where there is nothing. */
export type Cell = string | number;

/** What is known of a table besides the names of its columns. */
export interface TableNotes {
  /** Whether numbers in text may have a decimal comma. */
  readonly decimalComma?: boolean;
  /** Columns by quantity, best first, that are taken before any that is recognised by its name. */
  readonly preferred?: Readonly<Record<string, readonly string[] | undefined>>;
  /** Why the format lacks a quantity, continuing the sentence that says so. */
  readonly missing?: Readonly<Record<string, string | undefined>>;
  /** What messages call a row of the table; lines of a file unless given. */
  readonly unit?: 'row';
}

/** Where the rows of a table go. */
export interface RowSink {
  /**
   * Takes the names of the columns once, before any row.
   *
   * @returns indices of the columns that are used; the others may be left blank
   */
  header(names: readonly string[], notes?: TableNotes): readonly number[];
  /**
   * Takes one row with as many cells as the header. The array may be used again for the next row.
   *
   * @param line - number by which messages name the row
   */
  row(cells: readonly Cell[], line: number): void;
  /** Takes a reason to be careful with the rows. */
  warn(warning: Warning): void;
}

/** What is known of a table once it has been read. */
export interface TableSummary {
  readonly rows: number;
  /** Hex SHA-256 of the bytes of the file, where the reader came to know it. */
  readonly sha256?: string;
}

/** One source of rows. */
export interface TableSource {
  /** What messages call it. */
  readonly name: string;
  readonly read: (sink: RowSink) => Promise<Required<TableSummary>>;
}

/** A cell as text. */
export const textOf = (cell: Cell): string =>
  typeof cell === 'string' ? cell.trim() : Number.isNaN(cell) ? '' : String(cell);
