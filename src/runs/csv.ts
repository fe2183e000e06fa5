import type { CsvError, Parser } from 'csv-parse';
import { IsoflopError } from '../core/errors.ts';
import { sha256 } from './sha256.ts';

/** Longest record that is read, in bytes: a file without line ends is refused here instead of filling the memory. */
export const recordLimit = 2 ** 20;

/** Most columns that are read; a header of one mebibyte of commas would keep the search for names busy for minutes. */
const columnLimit = 10_000;

/** Largest piece of a file that is decoded at once; small, so that the text of a piece dies young. */
const blockSize = 2 ** 16;

const byteOrderMark = [0xef, 0xbb, 0xbf];

/** A byte order mark is left where it stands: {@link LineReader} passes it once, and a later one is text. */
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

const misplacedQuote = 'a quote stands inside a field that is not quoted, or ends before its field does';

/** Characters that separate the fields of a line. */
type Separator = ',' | ';' | '\t';

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
  const hash = sha256();
  const table = new Table(file, sink);
  const lines = new LineReader(table);
  let quoted: QuotedReader | undefined;
  let first = true;
  for await (const piece of pieces) {
    hash.update(piece);
    for (let start = 0; start < piece.length; start += blockSize) {
      const block = piece.subarray(start, start + blockSize);
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
  const last = quoted === undefined ? await lines.end() : undefined;
  if (last !== undefined) {
    quoted = new QuotedReader(table, lines.line);
    await quoted.take(last);
  }
  await quoted?.end();
  if (table.width === 0) throw new IsoflopError('CSV_EMPTY', { file });
  if (table.rows === 0) throw new IsoflopError('CSV_NO_ROWS', { file });
  return { sha256: await hash.hex(), rows: table.rows };
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
    const seen = new Set<string>();
    const twice = trimmed.find((name) => name !== '' && seen.size === seen.add(name).size);
    if (trimmed.length > columnLimit) throw this.malformed(1, `the header names more than ${columnLimit} columns`);
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

/** Reads the header, and then lines until the first quote. */
class LineReader {
  readonly #table: Table;
  /** Bytes of a line whose end has not come yet. */
  #pending: Uint8Array[] = [];
  #pendingLength = 0;
  readonly #fields: string[] = [];
  /** Lines read so far. */
  line = 0;

  constructor(table: Table) {
    this.#table = table;
  }

  /** Reads the whole lines of a block; at the first quote, returns the bytes that are left from that line on. */
  async take(block: Uint8Array): Promise<Uint8Array | undefined> {
    const rows = this.#table.width > 0 ? block : await this.#header(block);
    if (rows === undefined || this.#table.width === 0) return rows;
    const quote = rows.indexOf(0x22);
    const end = 1 + (quote === -1 ? rows : rows.subarray(0, quote)).lastIndexOf(0x0a);
    if (end > 0) {
      this.#pending.push(rows.subarray(0, end));
      this.#rows(utf8.decode(this.#takePending()));
    }
    this.#keep(rows.subarray(end));
    return quote === -1 ? undefined : this.#takePending();
  }

  /** Reads a last line that has no line end, unless it needs csv-parse. */
  async end(): Promise<Uint8Array | undefined> {
    return this.#pendingLength > 0 ? await this.take(Uint8Array.of(0x0a)) : undefined;
  }

  /** Keeps the beginning of a line until the rest comes. It is copied, as a stream may use the memory of a block again. */
  #keep(bytes: Uint8Array): void {
    this.#pending.push(Uint8Array.from(bytes));
    this.#pendingLength += bytes.length;
    if (this.#pendingLength > recordLimit) throw this.#table.tooLong(this.line + 1);
  }

  #takePending(): Uint8Array {
    const bytes = joined(this.#pending);
    this.#pending = [];
    this.#pendingLength = 0;
    return bytes;
  }

  /**
   * Reads lines up to the header.
   *
   * @returns the bytes after the header; when it has a line break between quotes, the bytes from the header on; when it has
   * not come whole, `undefined`
   */
  async #header(block: Uint8Array): Promise<Uint8Array | undefined> {
    const table = this.#table;
    const bytes = joined([this.#takePending(), block]);
    for (let start = 0; ;) {
      const end = bytes.indexOf(0x0a, start);
      if (end === -1) {
        this.#keep(bytes.subarray(start));
        return undefined;
      }
      if (this.line === 0 && byteOrderMark.every((byte, k) => bytes[k] === byte)) start = byteOrderMark.length;
      const line = utf8.decode(bytes.subarray(start, end)).replace(/\r$/, '');
      if (line.trim() !== '' && !line.startsWith('#')) {
        if (line.includes('\r')) throw table.malformed(this.line + 1, 'the lines end in carriage returns alone');
        table.separator = mostFrequentSeparator(line);
        const quotes = line.split('"').length - 1;
        if (quotes % 2 === 1) return bytes.subarray(start);
        await table.header(quotes === 0 ? line.split(table.separator) : await this.#quotedHeader(line));
      }
      this.line++;
      start = end + 1;
      if (table.width > 0) return bytes.subarray(start);
    }
  }

  /** The names of a header with quotes, which say nothing about the rows. */
  async #quotedHeader(line: string): Promise<string[]> {
    const { parse } = await import('csv-parse/sync');
    try {
      return parse(line, { delimiter: this.#table.separator })[0];
    } catch {
      throw this.#table.malformed(this.line + 1, misplacedQuote);
    }
  }

  /** The inner loop of the reader: every character of the file passes here once. */
  #rows(text: string): void {
    const table = this.#table;
    const { width } = table;
    const separator = table.separator.charCodeAt(0);
    const fields = this.#fields;
    let lineStart = 0;
    let start = 0;
    let count = 0; // fields that have ended on this line
    for (let i = 0; i < text.length; i++) {
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
  /** The parser gets text, since the one for browsers takes no bytes but its own kind. */
  readonly #text = new TextDecoder('utf-8', { ignoreBOM: true });
  #records: string[][] = [];
  /** For each record, how many lines of comment and empty lines csv-parse has passed. */
  #skipped: number[] = [];
  /** Lines before the next record, but for those in `#skipped`. */
  #line: number;

  constructor(table: Table, line: number) {
    this.#table = table;
    this.#line = line;
  }

  async take(block: Uint8Array): Promise<void> {
    this.#parser ??= await this.#start();
    await this.#parse(this.#parser, block);
  }

  async end(): Promise<void> {
    if (this.#parser !== undefined) await this.#parse(this.#parser, undefined);
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
    const parser = new RecordParser({
      delimiter: this.#table.separator,
      record_delimiter: ['\r\n', '\n'],
      comment: '#',
      comment_no_infix: true,
      skip_empty_lines: true,
      relax_column_count: true, // counted by the table, which knows the header
      max_record_size: recordLimit,
    });
    parser.on('error', () => undefined); // reported by the callback of write
    return parser;
  }

  async #parse(parser: Parser, block: Uint8Array | undefined): Promise<void> {
    const error = await new Promise<Error | null | undefined>((resolve) => {
      if (block === undefined) parser.end(resolve);
      else parser.write(this.#text.decode(block, { stream: true }), resolve);
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
        throw this.#table.malformed(line, misplacedQuote);
    }
  }
}

/** Pieces of a file one after the other; a piece alone is not copied. */
function joined(pieces: readonly Uint8Array[]): Uint8Array {
  if (pieces.length === 1) return pieces[0];
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

/** Whether a block holds control characters as text never does: more than one in a hundred. */
function isMostlyControls(block: Uint8Array): boolean {
  let controls = 0;
  // Tab, line feed, vertical tab, form feed, carriage return and escape do occur in text.
  for (const byte of block) if (byte < 32 && (byte < 9 || byte > 13) && byte !== 27) controls++;
  return controls > block.length / 100;
}

function mostFrequentSeparator(header: string): Separator {
  const unquoted = header.replaceAll(/"(?:[^"]|"")*"/g, '');
  const separators: readonly Separator[] = [',', ';', '\t'];
  const counts = separators.map((separator) => unquoted.split(separator).length);
  return separators[counts.indexOf(Math.max(...counts))];
}
