import { IsoflopError } from '../../core/errors.ts';
import { createWarning, type Warning } from '../../core/warnings.ts';
import { singleRunName, type InputFile } from '../input.ts';
import type { Cell, RowSink, TableNotes, TableSummary } from '../table.ts';
import { isObject, parseJson, type JsonObject } from './json.ts';
import { logColumns, otherColumns, tellsRuns } from './logNames.ts';
import type { Head } from '../head.ts';
import { defineReader } from './reader.ts';
import { RecordColumns } from './records.ts';

/** Longest line that is read, in bytes: room for the histograms that some logs hold. */
const lineLimit = 2 ** 24;

/** One line of a file. */
interface Line {
  readonly record: JsonObject;
  /** The first is 1. */
  readonly line: number;
}

/** The first record of a file of JSON lines, or `undefined` where it is none. */
export function firstRecord({ text, isWhole }: Head): JsonObject | undefined {
  const start = text.replace(/^\uFEFF/, '').trimStart();
  const end = start.indexOf('\n');
  if (!start.startsWith('{') || (end === -1 && !isWhole)) return undefined;
  try {
    const record = parseJson(end === -1 ? start : start.slice(0, end));
    // An object of nothing but columns is a table on one line, as pandas writes it.
    const isRow = isObject(record) && Object.values(record).some((value) => typeof value !== 'object');
    return isRow ? record : undefined;
  } catch {
    return undefined;
  }
}

/** The names of the columns of a record. */
export function columnsOf(record: JsonObject): string[] {
  const columns = new RecordColumns('');
  columns.add(record);
  return columns.names;
}

/**
 * The records of a file, line by line.
 *
 * @param onCut - told of a last line without an end that is no JSON: a log whose process was stopped as it wrote
 * @throws {@link IsoflopError} `JSON_LINE_INVALID`, `CSV_LINE_TOO_LONG`
 */
async function* readLines(file: InputFile, onCut: (warning: Warning) => void): AsyncGenerator<Line> {
  const decoder = new TextDecoder();
  let rest = '';
  let line = 0;
  for await (const piece of file.open()) {
    const text = rest + decoder.decode(piece, { stream: true });
    const lines = text.split('\n');
    rest = lines.pop() ?? '';
    for (const one of lines) {
      line++;
      if (one.trim() !== '') yield { record: parseLine(file.name, one, line), line };
    }
    if (rest.length > lineLimit)
      throw new IsoflopError('CSV_LINE_TOO_LONG', { file: file.name, line: line + 1, limit: lineLimit });
  }
  rest += decoder.decode();
  if (rest.trim() === '') return;
  line++;
  let record: JsonObject;
  try {
    record = parseLine(file.name, rest, line);
  } catch (error) {
    if (line === 1) throw error;
    onCut(createWarning('FILE_TRUNCATED', `${file.name}, line ${String(line)}: the last line is not complete.`));
    return;
  }
  yield { record, line };
}

function parseLine(file: string, text: string, line: number): JsonObject {
  let value: unknown;
  try {
    value = parseJson(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  } catch {
    throw new IsoflopError('JSON_LINE_INVALID', { file, line, reason: 'this is no JSON', value: text.trim() });
  }
  if (isObject(value)) return value;
  throw new IsoflopError('JSON_LINE_INVALID', { file, line, reason: 'this is no object', value: text.trim() });
}

/**
 * Reads the records of a file as rows. The file is read twice, first for the names of the columns, since rows of
 * training and of evaluation seldom have the same keys; so memory does not depend on its length.
 */
export async function readRecords(
  file: InputFile,
  sink: RowSink,
  preferred: (names: readonly string[]) => NonNullable<TableNotes['preferred']>,
  missing: TableNotes['missing'] = {},
): Promise<TableSummary> {
  const columns = new RecordColumns(file.name);
  const progress = new Progress();
  for await (const { record } of readLines(file, () => undefined)) {
    columns.add(record);
    progress.take(record, columns);
  }
  const names = columns.names;
  if (names.length === 0)
    throw new IsoflopError('FILE_WITHOUT_ROWS', {
      file: file.name,
      format: 'JSON lines',
      reason: 'it holds no object',
    });
  const isNamed = logColumns(names).run !== undefined;
  const name = !isNamed && progress.isOneRun ? singleRunName(file.path) : undefined;
  if (name === undefined) sink.header(names, { preferred: preferred(names), missing });
  else sink.header([...names, runColumn], { preferred: { ...preferred(names), run: [runColumn] }, missing });
  const cells: Cell[] = [];
  let rows = 0;
  const onCut = (warning: Warning): void => {
    sink.warn(warning);
  };
  for await (const { record, line } of readLines(file, onCut)) {
    columns.fill(record, cells);
    if (name !== undefined) cells.push(name);
    sink.row(cells, line);
    rows++;
  }
  return { rows };
}

/** Whether the steps of a file go up as those of one run do: a log seldom says the name of its run. */
class Progress {
  #columns = 0;
  #step: string | undefined;
  #last = -Infinity;
  #rows = 0;
  #distinct = 0;
  #goesBack = false;

  take(record: JsonObject, columns: RecordColumns): void {
    if (columns.count !== this.#columns) {
      this.#columns = columns.count;
      this.#step = logColumns(columns.names).step?.[0];
    }
    const step = this.#step === undefined ? undefined : record[this.#step];
    if (typeof step !== 'number') return;
    this.#rows++;
    if (step > this.#last) this.#distinct++;
    if (step < this.#last) this.#goesBack = true;
    this.#last = step;
  }

  /** A step may come twice, for training and for evaluation, but not more often. */
  get isOneRun(): boolean {
    return !this.#goesBack && this.#distinct > 1 && 2 * this.#distinct >= this.#rows;
  }
}

/** Name of the column of run names that a reader adds. */
export const runColumn = 'run (by its file)';

/** JSON lines: one object a line. */
export const jsonLines = defineReader({
  id: 'jsonl',
  title: 'JSON lines',
  recognises: (head, isNamed) => {
    const record = firstRecord(head);
    return record !== undefined && (isNamed || tellsRuns(columnsOf(record)));
  },
  read: ([file], sink) => readRecords(file, sink, otherColumns),
});
