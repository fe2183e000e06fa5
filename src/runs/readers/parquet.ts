import type { ColumnMetaData, FileMetaData, RowGroup, SchemaTree } from 'hyparquet';
import { IsoflopError } from '../../core/errors.ts';
import type { InputFile } from '../input.ts';
import type { Cell, RowSink, TableSummary } from '../table.ts';
import { otherColumns } from './logNames.ts';
import { defineReader } from './reader.ts';
import type { PageValues, ParquetColumn } from './parquetColumn.ts';

const format = 'Parquet';

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
 * Reads the needed columns of a file page by page, so that memory does not depend on its length.
 *
 * @throws {@link IsoflopError} `FILE_DAMAGED`, `FILE_WITHOUT_ROWS`
 */
async function readParquet(file: InputFile, sink: RowSink): Promise<TableSummary> {
  const { parquetMetadataAsync, parquetSchema } = await import('hyparquet');
  const buffer = { byteLength: file.size, slice: (start: number, end = file.size) => file.slice(start, end) };
  let metadata: FileMetaData;
  let schema: SchemaTree;
  try {
    metadata = await parquetMetadataAsync(buffer);
    schema = parquetSchema(metadata);
  } catch (error) {
    throw failure(file, error);
  }
  const rows = Number(metadata.num_rows);
  if (rows === 0) throw new IsoflopError('FILE_WITHOUT_ROWS', { file: file.name, format, reason: 'it is empty' });
  const leaves = leavesOf(schema.children);
  const names = leaves.map(({ name }) => name);
  const used = sink.header(names, { preferred: otherColumns(names), unit: 'row' });
  const columns = used.map((field) => ({ field, ...leaves[field] }));
  checkChunks(file, metadata, columns);
  if (columns.length > 0) await readGroups({ file, metadata, schema, columns, width: names.length }, sink);
  return { rows };
}

interface Table {
  readonly file: InputFile;
  readonly metadata: FileMetaData;
  readonly schema: SchemaTree;
  readonly columns: readonly (Leaf & { readonly field: number })[];
  /** Columns of the whole table. */
  readonly width: number;
}

/** Passes the rows of all row groups on. */
async function readGroups({ file, metadata, schema, columns, width }: Table, sink: RowSink): Promise<void> {
  const [{ ParquetColumn }, { compressors }, { getTreePath }] = await Promise.all([
    import('./parquetColumn.ts'),
    import('hyparquet-compressors'),
    import('hyparquet/src/schema.js'),
  ]);
  const cells = new Array<Cell>(width).fill('');
  let line = 1;
  for (const group of metadata.row_groups) {
    const readers = columns.map(({ name, path }) => {
      const chunk = chunkOf(group, name);
      if (chunk === undefined) throw damaged(file, `a row group has no column "${name}"`);
      return new ParquetColumn(file, chunk, getTreePath(schema, [...path]), compressors);
    });
    const pages = columns.map((): PageValues => []);
    const places = columns.map(() => 0);
    let left = Number(group.num_rows);
    while (left > 0) {
      // As many rows as the pages of all columns have; these do not end at the same row.
      let count = left;
      for (let k = 0; k < columns.length; k++) {
        if (places[k] === pages[k].length) {
          pages[k] = await nextPage(file, columns[k].name, readers[k]);
          places[k] = 0;
        }
        count = Math.min(count, pages[k].length - places[k]);
      }
      for (let i = 0; i < count; i++) {
        for (let k = 0; k < columns.length; k++) cells[columns[k].field] = pages[k][places[k] + i];
        sink.row(cells, line++);
      }
      for (let k = 0; k < columns.length; k++) places[k] += count;
      left -= count;
    }
  }
}

/** The next page of a column that has to have one. */
async function nextPage(file: InputFile, name: string, column: ParquetColumn): Promise<PageValues> {
  let page: PageValues | undefined;
  try {
    // A page may be empty.
    do page = await column.next();
    while (page?.length === 0);
  } catch (error) {
    throw failure(file, error);
  }
  if (page === undefined) throw damaged(file, `the column "${name}" has fewer values than there are rows`);
  return page;
}

/** The description of the values of a column in a row group. */
const chunkOf = (group: RowGroup, name: string): ColumnMetaData | undefined =>
  group.columns.find((column) => column.meta_data?.path_in_schema.join('.') === name)?.meta_data;

/** Refuses a file in which a row group lacks a column that is needed, or whose columns lie beyond its end. */
function checkChunks(file: InputFile, metadata: FileMetaData, columns: readonly Leaf[]): void {
  // Before the last 8 bytes stands the description of all that is before it.
  const end = file.size - metadata.metadata_length - 8;
  metadata.row_groups.forEach((group, k) => {
    for (const { name } of columns) {
      const chunk = chunkOf(group, name);
      if (chunk === undefined) throw damaged(file, `row group ${String(k + 1)} has no column "${name}"`);
      const start = Number(chunk.dictionary_page_offset ?? chunk.data_page_offset);
      if (start + Number(chunk.total_compressed_size) > end)
        throw damaged(file, `the column "${name}" of row group ${String(k + 1)} lies beyond the end of the file`);
    }
  });
}

/** Apache Parquet. */
export const parquet = defineReader({
  id: 'parquet',
  title: 'Parquet',
  recognises: ({ bytes }) => magic.every((byte, k) => bytes[k] === byte),
  read: ([file], sink) => readParquet(file, sink),
});
