import { IsoflopError } from '../../core/errors.ts';
import type { Cell, RowSink, TableNotes } from '../table.ts';
import { isObject, type JsonObject } from './json.ts';

/** Most columns that records may have together. */
const columnLimit = 10_000;

/** Deepest nesting whose keys become columns. */
const depthLimit = 8;

/** Visits the values of a record; those of nested objects by names with dots, such as `config.params`. */
function visit(record: JsonObject, take: (name: string, value: unknown) => void, prefix = '', depth = 0): void {
  for (const key of Object.keys(record)) {
    const value = record[key];
    if (isObject(value) && depth < depthLimit) visit(value, take, `${prefix}${key}.`, depth + 1);
    else take(prefix === '' ? key : prefix + key, value);
  }
}

/** A value as a cell. Lists hold no quantity of a row, so they stay blank. */
export function cellOf(value: unknown): Cell {
  switch (typeof value) {
    case 'number':
    case 'string':
      return value;
    case 'bigint':
      return Number(value);
    case 'boolean':
      return String(value);
    default:
      return '';
  }
}

/** Columns of records that do not all have the same keys, in the order in which these first occur. */
export class RecordColumns {
  readonly #file: string;
  readonly #indices = new Map<string, number>();

  /** @param file - name of the file in errors */
  constructor(file: string) {
    this.#file = file;
  }

  get count(): number {
    return this.#indices.size;
  }

  get names(): string[] {
    return [...this.#indices.keys()];
  }

  /** Adds the keys of a record. */
  add(record: JsonObject): void {
    visit(record, (name) => {
      if (this.#indices.has(name)) return;
      this.#indices.set(name, this.#indices.size);
      if (this.#indices.size <= columnLimit) return;
      const reason = `its rows have more than ${String(columnLimit)} keys`;
      throw new IsoflopError('FILE_DAMAGED', { file: this.#file, format: 'rows of JSON', reason });
    });
  }

  /** Writes the values of a record into a row; columns that it lacks become blank. */
  fill(record: JsonObject, cells: Cell[]): void {
    cells.length = this.#indices.size;
    cells.fill('');
    visit(record, (name, value) => {
      cells[this.#indices.get(name) ?? 0] = cellOf(value);
    });
  }
}

/** A table that is read into memory as a whole before its rows are passed on. */
export interface RecordTable {
  readonly file: string;
  readonly records: readonly JsonObject[];
  /** Number by which messages name each record; counted from 1 unless given. */
  readonly lines?: readonly number[];
}

/** Passes records on as rows. */
export function sendRecords(
  { file, records, lines }: RecordTable,
  sink: RowSink,
  notesOf: (names: readonly string[]) => TableNotes,
): void {
  const columns = new RecordColumns(file);
  for (const record of records) columns.add(record);
  sink.header(columns.names, notesOf(columns.names));
  const cells: Cell[] = [];
  records.forEach((record, i) => {
    columns.fill(record, cells);
    sink.row(cells, lines?.[i] ?? i + 1);
  });
}
