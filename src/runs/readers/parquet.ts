import type { DecodedArray, FileMetaData, ParquetScan, SchemaTree } from 'hyparquet';
import { IsoflopError } from '../../core/errors.ts';
import type { InputFile } from '../input.ts';
import type { Cell, RowSink, TableSummary } from '../table.ts';
import { otherColumns } from './logNames.ts';
import { defineReader } from './reader.ts';
import { cellOf } from './records.ts';

const format = 'Parquet';

/** Most rows of a row group that are decoded at once; some writers make one group of a whole file. */
const rowsAtOnce = 2 ** 18;

const magic = [0x50, 0x41, 0x52, 0x31]; // PAR1

/** A column that holds one value a row; its path has several names where it lies in a struct. */
interface Leaf {
  readonly name: string;
  readonly path: readonly string[];
}

/** Columns of a schema, those in structs by names with dots. Lists and maps hold no quantity of a row. */
function leavesOf(trees: readonly SchemaTree[], path: readonly string[] = []): Leaf[] {
  return trees.flatMap(({ element, children }): Leaf[] => {
    const here = [...path, element.name];
    const isList = element.converted_type === 'LIST' || element.converted_type === 'MAP';
    if (isList || element.repetition_type === 'REPEATED') return [];
    return children.length > 0 ? leavesOf(children, here) : [{ name: here.join('.'), path: here }];
  });
}

const damaged = (file: InputFile, reason: string): IsoflopError =>
  new IsoflopError('FILE_DAMAGED', { file: file.name, format, reason });

/** What a failure of hyparquet means; those of the file system are told already. */
const failure = (file: InputFile, error: unknown): unknown =>
  error instanceof IsoflopError ? error : damaged(file, (error as Error).message.replace(/^parquet /, ''));

/**
 * Reads the needed columns of a file, a part of a row group at a time, so that memory does not depend on its length.
 *
 * @throws {@link IsoflopError} `FILE_DAMAGED`, `FILE_WITHOUT_ROWS`
 */
async function readParquet(file: InputFile, sink: RowSink): Promise<TableSummary> {
  const [{ parquetMetadataAsync, parquetScan, parquetSchema }, { compressors }] = await Promise.all([
    import('hyparquet'),
    import('hyparquet-compressors'),
  ]);
  const buffer = { byteLength: file.size, slice: (start: number, end = file.size) => file.slice(start, end) };
  let metadata: FileMetaData;
  let leaves: readonly Leaf[];
  try {
    metadata = await parquetMetadataAsync(buffer);
    leaves = leavesOf(parquetSchema(metadata).children);
  } catch (error) {
    throw failure(file, error);
  }
  const rows = Number(metadata.num_rows);
  if (rows === 0) throw new IsoflopError('FILE_WITHOUT_ROWS', { file: file.name, format, reason: 'it is empty' });
  const names = leaves.map(({ name }) => name);
  const used = sink.header(names, { preferred: otherColumns(names), unit: 'row' });
  const columns = used.map((field) => ({ field, ...leaves[field] }));
  checkChunks(file, metadata, columns);
  if (columns.length === 0) return { rows };

  const roots = [...new Set(columns.map(({ path }) => path[0]))];
  const scan = await parquetScan({ file: buffer, metadata, compressors, columns: roots });
  const cells = names.map((): Cell => '');
  for (const range of scan.ranges)
    for (let rowStart = range.rowStart; rowStart < range.rowEnd; rowStart += rowsAtOnce) {
      const rowEnd = Math.min(rowStart + rowsAtOnce, range.rowEnd);
      const parts: ArrayLike<Cell>[] = [];
      for (const { path } of columns) parts.push(await readPart(file, scan, path, rowStart, rowEnd));
      for (let i = 0; i < rowEnd - rowStart; i++) {
        for (let k = 0; k < columns.length; k++) cells[columns[k].field] = parts[k][i];
        sink.row(cells, rowStart + i + 1);
      }
    }
  return { rows };
}

/** Refuses a file in which a row group lacks a column that is needed, or whose columns lie beyond its end. */
function checkChunks(file: InputFile, metadata: FileMetaData, columns: readonly Leaf[]): void {
  // Before the last 8 bytes stands the description of all that is before it.
  const end = file.size - metadata.metadata_length - 8;
  metadata.row_groups.forEach((group, k) => {
    for (const { name } of columns) {
      const chunk = group.columns.find((column) => column.meta_data?.path_in_schema.join('.') === name)?.meta_data;
      if (chunk === undefined) throw damaged(file, `row group ${String(k + 1)} has no column "${name}"`);
      const start = Number(chunk.dictionary_page_offset ?? chunk.data_page_offset);
      if (start + Number(chunk.total_compressed_size) > end)
        throw damaged(file, `the column "${name}" of row group ${String(k + 1)} lies beyond the end of the file`);
    }
  });
}

/** Values of a column in a range of rows. */
async function readPart(
  file: InputFile,
  scan: ParquetScan,
  [column, ...path]: readonly string[],
  rowStart: number,
  rowEnd: number,
): Promise<ArrayLike<Cell>> {
  let values: DecodedArray;
  try {
    values = await scan.readColumn({ column, rowStart, rowEnd });
  } catch (error) {
    throw failure(file, error);
  }
  if (values.length !== rowEnd - rowStart) {
    const place = `rows ${String(rowStart + 1)} to ${String(rowEnd)}`;
    throw damaged(file, `the column "${column}" has ${String(values.length)} values in ${place}`);
  }
  if (values instanceof BigInt64Array || values instanceof BigUint64Array) return toNumbers(values);
  if (!Array.isArray(values)) return values;
  return path.length === 0 ? values.map(valueOf) : values.map((value: unknown) => valueOf(innerOf(value, path)));
}

/** 64-bit integers as numbers, without making a BigInt of each. */
function toNumbers(values: BigInt64Array | BigUint64Array): Float64Array {
  const low = new Uint32Array(values.buffer, values.byteOffset, 2 * values.length);
  const high = values instanceof BigInt64Array ? new Int32Array(values.buffer, values.byteOffset, low.length) : low;
  const numbers = new Float64Array(values.length);
  for (let i = 0; i < numbers.length; i++) numbers[i] = 2 ** 32 * high[2 * i + 1] + low[2 * i];
  return numbers;
}

const valueOf = (value: unknown): Cell => (value instanceof Date ? value.getTime() : cellOf(value));

function innerOf(value: unknown, path: readonly string[]): unknown {
  let inner = value;
  for (const name of path) inner = (inner as Readonly<Record<string, unknown>> | null | undefined)?.[name];
  return inner;
}

/** Apache Parquet. */
export const parquet = defineReader({
  id: 'parquet',
  title: 'Parquet',
  recognises: ({ bytes }) => magic.every((byte, k) => bytes[k] === byte),
  read: ([file], sink) => readParquet(file, sink),
});
