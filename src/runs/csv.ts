import { createHash } from 'node:crypto';
import type { CsvError, Parser } from 'csv-parse';
import { IsoflopError } from '../core/errors.ts';

/** Longest record that is read, in bytes: a file without line ends is refused here instead of filling the memory. */
export const recordLimit = 2 ** 20;

/** Largest piece of a file that is decoded at once; small, so that the text of a piece dies young. */
const blockSize = 2 ** 18;

/** Characters that separate the fields of a line. */
export type Separator = ',' | ';' | '\t';

/** What {@link readCsv} does with the header and the rows. */
export interface CsvSink {
  /** Takes the header once, before any row. */
  header(names: readonly string[], separator: Separator): void | Promise<void>;
  /**
   * Takes one row with as many fields as the header. The array may be used again for the next row.
   *
   * @param line - line of the file where the row begins; the first is 1
   */
  row(fields: readonly string[], line: number): void;
}

/** What is known of a file once it has been read. */
export interface CsvSummary {
  /** Hex SHA-256 of the bytes. */
  readonly sha256: string;
  readonly rows: number;
}

/**
 * Reads a CSV file piece by piece: `,`, `;` or tab between the fields (the one that occurs most in the header), `\n` or
 * `\r\n` after the lines, a byte order mark, lines of comment that begin with `#`, quoted fields with separators, doubled
 * quotes and line breaks. Memory does not depend on the length of the file.
 *
 * Lines are split here as long as no quote occurs, at three times the speed of csv-parse, which reads the rest of a file
 * from its first quote on.
 *
 * @param file - name of the file in errors
 * @param pieces - the bytes, cut anywhere
 * @throws {@link IsoflopError} `FILE_BINARY`, `CSV_EMPTY`, `CSV_NO_ROWS`, `CSV_DUPLICATE_COLUMN`, `CSV_LINE_TOO_LONG`,
 * `CSV_MALFORMED`, and whatever the sink throws
 * @example
 * ```ts
 * const summary = await readCsv('runs.csv', createReadStream('runs.csv'), { header: console.log, row: console.log });
 * ```
 */
export async function readCsv(
  file: string,
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  sink: CsvSink,
): Promise<CsvSummary> {
  const hash = createHash('sha256');
  const table = new Table(file, sink);
  const lines = new LineReader(table);
  let quoted: QuotedReader | undefined;
  let first = true;
  for await (const piece of pieces) {
    hash.update(piece);
    for (let start = 0; start < piece.length; start += blockSize) {
      const block = Buffer.from(piece.buffer, piece.byteOffset + start, Math.min(blockSize, piece.length - start));
      if (block.includes(0) || (first && isMostlyControls(block))) throw new IsoflopError('FILE_BINARY', { file });
      first = false;
      if (quoted === undefined) {
        const rest = await lines.take(block);
        if (rest === undefined) continue;
        quoted = new QuotedReader(table, lines.line);
        await quoted.take(rest);
      } else await quoted.take(block);
    }
  }
  if (quoted === undefined) await lines.end();
  else await quoted.end();
  if (table.width === 0) throw new IsoflopError('CSV_EMPTY', { file });
  if (table.rows === 0) throw new IsoflopError('CSV_NO_ROWS', { file });
  return { sha256: hash.digest('hex'), rows: table.rows };
}

/** The part that both readers share: which record is the header, and how many fields the others have to have. */
class Table {
  readonly file: string;
  readonly #sink: CsvSink;
  width = 0;
  rows = 0;
  separator: Separator = ',';

  constructor(file: string, sink: CsvSink) {
    this.file = file;
    this.#sink = sink;
  }

  async header(names: readonly string[]): Promise<void> {
    const trimmed = names.map((name) => name.trim());
    // Several columns without a name are what pandas writes for its index; nothing can refer to them.
    const twice = trimmed.find((name, k) => name !== '' && trimmed.indexOf(name) !== k);
    if (twice !== undefined) throw new IsoflopError('CSV_DUPLICATE_COLUMN', { file: this.file, column: twice });
    this.width = trimmed.length;
    await this.#sink.header(trimmed, this.separator);
  }

  /** Takes a record of `count` fields, all of them in `fields` unless there are more than the header names. */
  row(fields: readonly string[], count: number, line: number): void {
    if (count !== this.width) {
      throw this.malformed(line, `${String(count)} fields where the header names ${String(this.width)}`);
    }
    this.rows++;
    this.#sink.row(fields, line);
  }

  malformed(line: number, reason: string): IsoflopError {
    return new IsoflopError('CSV_MALFORMED', { file: this.file, line, reason });
  }

  tooLong(line: number): IsoflopError {
    return new IsoflopError('CSV_LINE_TOO_LONG', { file: this.file, line, limit: recordLimit });
  }
}

/** Reads lines until the first quote. */
class LineReader {
  readonly #table: Table;
  /** Bytes of a line whose end has not come yet. */
  #pending: Buffer[] = [];
  #pendingLength = 0;
  readonly #fields: string[] = [];
  /** Lines read so far. */
  line = 0;

  constructor(table: Table) {
    this.#table = table;
  }

  /** Reads the whole lines of a block; at the first quote, returns the bytes that are left from that line on. */
  async take(block: Buffer): Promise<Buffer | undefined> {
    const quote = block.indexOf(0x22);
    const end = 1 + (quote === -1 ? block : block.subarray(0, quote)).lastIndexOf(0x0a);
    if (end > 0) {
      this.#pending.push(block.subarray(0, end));
      await this.#read(this.#takePending().toString());
    }
    // The stream may use the memory of a block again, so what is kept of it is copied.
    if (end < block.length) this.#pending.push(Buffer.from(block.subarray(end)));
    this.#pendingLength += block.length - end;
    if (quote !== -1) return this.#takePending();
    if (this.#pendingLength > recordLimit) throw this.#table.tooLong(this.line + 1);
    return undefined;
  }

  /** Reads a last line that has no line end. */
  async end(): Promise<void> {
    if (this.#pendingLength > 0) await this.#read(`${this.#takePending().toString()}\n`);
  }

  #takePending(): Buffer {
    const bytes = Buffer.concat(this.#pending);
    this.#pending = [];
    this.#pendingLength = 0;
    return bytes;
  }

  /** Reads text that ends in a line end. */
  async #read(text: string): Promise<void> {
    const table = this.#table;
    let start = 0;
    while (table.width === 0 && start < text.length) {
      const end = text.indexOf('\n', start);
      const line = withoutMark(text.slice(start, end)).replace(/\r$/, '');
      start = end + 1;
      this.line++;
      if (line.trim() === '' || line.startsWith('#')) continue;
      if (line.includes('\r')) throw table.malformed(this.line, 'the lines end in carriage returns alone');
      table.separator = mostFrequentSeparator(line);
      await table.header(line.split(table.separator));
    }
    this.#rows(text, start);
  }

  /** The inner loop of the reader: every character of the file passes here once. */
  #rows(text: string, from: number): void {
    const table = this.#table;
    const { width } = table;
    const separator = table.separator.charCodeAt(0);
    const fields = this.#fields;
    let lineStart = from;
    let start = from;
    let count = 0; // fields that have ended on this line
    for (let i = from; i < text.length; i++) {
      const c = text.charCodeAt(i);
      if (c === separator) {
        if (count < width) fields[count] = text.slice(start, i);
        count++;
        start = i + 1;
      } else if (c === 10) {
        this.line++;
        if (i - lineStart > recordLimit) throw table.tooLong(this.line);
        if (text.charCodeAt(lineStart) !== 35) {
          const end = i > start && text.charCodeAt(i - 1) === 13 ? i - 1 : i;
          if (count < width) fields[count] = text.slice(start, end);
          count++;
          if (count > 1 || fields[0].trim() !== '') table.row(fields, count, this.line);
        }
        count = 0;
        start = lineStart = i + 1;
      }
    }
  }
}

/** Reads records through csv-parse, which is loaded here so that files without quotes never pay for it. */
class QuotedReader {
  readonly #table: Table;
  #parser: Parser | undefined;
  /** Bytes that wait for the end of the header's first line, from which the separator is told. */
  #head = Buffer.alloc(0);
  #records: string[][] = [];
  /** For each record, how many lines of comment and empty lines csv-parse has passed. */
  #skipped: number[] = [];
  /** Lines before the next record, but for those in `#skipped`. */
  #line: number;

  constructor(table: Table, line: number) {
    this.#table = table;
    this.#line = line;
  }

  async take(block: Buffer): Promise<void> {
    if (this.#parser !== undefined) {
      await this.#parse(this.#parser, block);
      return;
    }
    this.#head = Buffer.concat([this.#head, block]);
    const whole = this.#table.width > 0 || firstLine(this.#head.toString()) !== undefined;
    if (whole || this.#head.length > recordLimit) await this.#start();
  }

  async end(): Promise<void> {
    await this.#parse(this.#parser ?? (await this.#start()), undefined);
  }

  async #start(): Promise<Parser> {
    const { Parser } = await import('csv-parse');
    const records = this.#records;
    const skipped = this.#skipped;
    // Overriding push keeps the records out of the object-mode stream, which takes as long as the parsing.
    class RecordParser extends Parser {
      override push(record: string[] | null): boolean {
        if (record === null) return super.push(null);
        records.push(record);
        skipped.push(this.info.comment_lines + this.info.empty_lines);
        return true;
      }
    }
    const table = this.#table;
    if (table.width === 0) {
      const text = this.#head.toString();
      table.separator = mostFrequentSeparator(firstLine(text) ?? text);
    }
    this.#parser = new RecordParser({
      bom: this.#line === 0,
      delimiter: table.separator,
      record_delimiter: ['\r\n', '\n'],
      comment: '#',
      comment_no_infix: true,
      skip_empty_lines: true,
      relax_column_count: true, // counted by the table, which knows the header
      max_record_size: recordLimit,
    });
    this.#parser.on('error', () => undefined); // reported by the callback of write
    await this.#parse(this.#parser, this.#head);
    return this.#parser;
  }

  async #parse(parser: Parser, block: Buffer | undefined): Promise<void> {
    const error = await new Promise<Error | null | undefined>((resolve) => {
      if (block === undefined) parser.end(resolve);
      else parser.write(block, resolve);
    });
    for (let k = 0; k < this.#records.length; k++) {
      const record = this.#records[k];
      const line = this.#line + this.#skipped[k] + 1;
      let breaks = 0;
      for (const field of record) if (field.includes('\n')) breaks += field.split('\n').length - 1;
      this.#line += 1 + breaks;
      if (record.length === 1 && record[0].trim() === '') continue;
      if (this.#table.width === 0) await this.#table.header(record);
      else this.#table.row(record, record.length, line);
    }
    this.#records.length = this.#skipped.length = 0;
    if (error == null) return;
    const line = this.#line + parser.info.comment_lines + parser.info.empty_lines + 1;
    switch ((error as Partial<CsvError>).code) {
      case 'CSV_MAX_RECORD_SIZE':
        throw this.#table.tooLong(line);
      case 'CSV_QUOTE_NOT_CLOSED':
        throw this.#table.malformed(line, 'a quote opens here and is never closed');
      default:
        throw this.#table.malformed(
          line,
          'a quote stands inside a field that is not quoted, or ends before the field does',
        );
    }
  }
}

/** Whether a block holds control characters as text never does: more than one in a hundred. */
function isMostlyControls(block: Buffer): boolean {
  let controls = 0;
  // Tab, line feed, vertical tab, form feed, carriage return and escape do occur in text.
  for (const byte of block) if (byte < 32 && (byte < 9 || byte > 13) && byte !== 27) controls++;
  return controls > block.length / 100;
}

/** The first whole line that is neither blank nor a comment. */
function firstLine(text: string): string | undefined {
  return withoutMark(text)
    .split('\n')
    .slice(0, -1)
    .find((line) => line.trim() !== '' && !line.startsWith('#'));
}

const withoutMark = (text: string): string => (text.startsWith('\uFEFF') ? text.slice(1) : text);

function mostFrequentSeparator(header: string): Separator {
  const unquoted = header.replaceAll(/"(?:[^"]|"")*"/g, '');
  const separators: readonly Separator[] = [',', ';', '\t'];
  const counts = separators.map((separator) => unquoted.split(separator).length);
  return separators[counts.indexOf(Math.max(...counts))];
}
