import type { ColumnMetaData, Compressors, DecodedArray, PageHeader, SchemaTree } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import { convert, DEFAULT_PARSERS } from 'hyparquet/src/convert.js';
import { decompressPage, readDataPage, readDataPageV2 } from 'hyparquet/src/datapage.js';
import { readPlain } from 'hyparquet/src/plain.js';
import { getMaxDefinitionLevel } from 'hyparquet/src/schema.js';
import type { InputFile } from '../input.ts';
import type { Cell } from '../table.ts';
import { cellOf } from './records.ts';

/** Bytes of a column that are read at once; a larger page is read whole. */
const windowSize = 2 ** 21;

/** Room for the header of a page, which may hold the least and the largest value. */
const headerRoom = 2 ** 16;

/** Values of a page. */
export type PageValues = Float64Array | Float32Array | Int32Array | Uint32Array | readonly Cell[];

/**
 * The values of one column of a row group, page by page. hyparquet gives a column chunk as a whole, as an array of boxed
 * values where it may hold nulls; this takes its parts to keep numbers in typed arrays, and memory to some pages.
 */
export class ParquetColumn {
  readonly #file: InputFile;
  readonly #decoder: Parameters<typeof readDataPageV2>[2];
  readonly #present: number;
  readonly #end: number;
  #window = new Uint8Array(0);
  /** Place of the window in the file, and of the next byte to read. */
  #windowStart = 0;
  #at: number;
  #dictionary: PageValues | undefined;

  /** @param path - the elements of the schema on the way to the column, the root first */
  constructor(file: InputFile, chunk: ColumnMetaData, path: SchemaTree[], compressors: Compressors) {
    const { element } = path[path.length - 1];
    this.#file = file;
    this.#decoder = {
      ...chunk,
      pathInSchema: chunk.path_in_schema,
      element,
      schemaPath: path,
      compressors,
      parsers: DEFAULT_PARSERS,
    };
    this.#present = getMaxDefinitionLevel(path);
    // Polars writes 0 for a dictionary that is not there.
    const dictionary = Number(chunk.dictionary_page_offset ?? 0);
    this.#at = dictionary > 0 ? dictionary : Number(chunk.data_page_offset);
    this.#end = this.#at + Number(chunk.total_compressed_size);
  }

  /**
   * The values of the next page, blank where there are none.
   *
   * @returns `undefined` after the last
   */
  async next(): Promise<PageValues | undefined> {
    while (this.#at < this.#end) {
      const header = await this.#header();
      const bytes = await this.#bytes(header.compressed_page_size);
      this.#at += header.compressed_page_size;
      if (header.type === 'DICTIONARY_PAGE') this.#dictionary = this.#readDictionary(header, bytes);
      else if (header.type !== 'INDEX_PAGE') return this.#readValues(header, bytes);
    }
    return undefined;
  }

  async #header(): Promise<PageHeader> {
    const bytes = await this.#bytes(Math.min(headerRoom, this.#end - this.#at));
    const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 };
    const header = parquetHeader(reader);
    this.#at += reader.offset;
    return header;
  }

  /** The next bytes, which stay where they are. */
  async #bytes(length: number): Promise<Uint8Array> {
    const end = this.#at + length;
    if (end > this.#end) throw new Error('a page reaches beyond its column');
    if (end > this.#windowStart + this.#window.length) {
      const next = Math.min(this.#end, Math.max(end, this.#at + windowSize));
      this.#window = new Uint8Array(await this.#file.slice(this.#at, next));
      this.#windowStart = this.#at;
      if (this.#window.length < next - this.#at) throw new Error('the file ends within a page');
    }
    return this.#window.subarray(this.#at - this.#windowStart, end - this.#windowStart);
  }

  #readDictionary(header: PageHeader, bytes: Uint8Array): PageValues {
    const { type, element, codec, compressors } = this.#decoder;
    const page = decompressPage(bytes, header.uncompressed_page_size, codec, compressors);
    const reader = { view: new DataView(page.buffer, page.byteOffset, page.byteLength), offset: 0 };
    const count = header.dictionary_page_header?.num_values ?? 0;
    return plainValues(convert(readPlain(reader, type, count, element.type_length), this.#decoder));
  }

  #readValues(header: PageHeader, bytes: Uint8Array): PageValues {
    const { codec, compressors } = this.#decoder;
    const description = header.data_page_header ?? header.data_page_header_v2;
    if (description === undefined) throw new Error(`a page of the type ${header.type} has no header of its values`);
    const page =
      header.data_page_header === undefined
        ? readDataPageV2(bytes, header, this.#decoder)
        : readDataPage(
            decompressPage(bytes, header.uncompressed_page_size, codec, compressors),
            header.data_page_header,
            this.#decoder,
          );
    const values = description.encoding.endsWith('_DICTIONARY')
      ? lookUp(page.dataPage, this.#dictionary ?? [])
      : plainValues(convert(page.dataPage, this.#decoder));
    const levels = page.definitionLevels ?? [];
    if (levels.length === 0) return values;
    return spread(values, levels, this.#present);
  }
}

/** Values of a dictionary by their indices. */
function lookUp(indices: DecodedArray, dictionary: PageValues): PageValues {
  const values: Float64Array | Cell[] = Array.isArray(dictionary)
    ? new Array<Cell>(indices.length)
    : new Float64Array(indices.length);
  for (let i = 0; i < values.length; i++) values[i] = dictionary[indices[i] as number];
  return values;
}

/** Places values where a level says that there is one; the others stay blank. */
function spread(values: PageValues, levels: readonly number[], present: number): PageValues {
  const all: Float64Array | Cell[] = Array.isArray(values)
    ? new Array<Cell>(levels.length).fill('')
    : new Float64Array(levels.length).fill(NaN);
  let next = 0;
  for (let i = 0; i < levels.length; i++) if (levels[i] === present) all[i] = values[next++];
  return all;
}

/** Values as numbers or text. */
function plainValues(values: DecodedArray): PageValues {
  if (values instanceof BigInt64Array || values instanceof BigUint64Array) return toNumbers(values);
  if (values instanceof Uint8Array) return Float64Array.from(values);
  if (!Array.isArray(values)) return values;
  return values.map((value: unknown) => (value instanceof Date ? value.getTime() : cellOf(value)));
}

/** 64-bit integers as numbers, without making a BigInt of each. */
function toNumbers(values: BigInt64Array | BigUint64Array): Float64Array {
  const low = new Uint32Array(values.buffer, values.byteOffset, 2 * values.length);
  const high = values instanceof BigInt64Array ? new Int32Array(values.buffer, values.byteOffset, low.length) : low;
  const numbers = new Float64Array(values.length);
  for (let i = 0; i < numbers.length; i++) numbers[i] = 2 ** 32 * high[2 * i + 1] + low[2 * i];
  return numbers;
}
