import { IsoflopError } from '../../core/errors.ts';
import type { InputFile } from '../input.ts';
import { isObject, readJson, type JsonObject } from './json.ts';
import { otherColumns, tellsRuns } from './logNames.ts';
import type { Head } from '../head.ts';
import { defineReader } from './reader.ts';
import { sendRecords } from './records.ts';

const format = 'a JSON table';

/** Beginnings of the documents that hold rows. */
const beginnings: readonly RegExp[] = [
  /^\s*\[\s*\{/, // a list of objects
  /^\s*\{\s*"(?:[^"\\]|\\.)*"\s*:\s*\{\s*"0"\s*:/, // pandas: an object of columns, each by index
  /^\s*\{\s*"(?:[^"\\]|\\.)*"\s*:\s*\[/, // an object of columns, or of one list of rows
];

/** Names in quotes before a colon, wherever they stand in the beginning of a document. */
const keysOf = (text: string): string[] => [
  ...new Set(
    // Pandas writes / as \/.
    Array.from(text.matchAll(/"((?:[^"\\]|\\.){1,200})"\s*:/g), (match) => match[1].replaceAll('\\/', '/')),
  ),
];

/** Whether a file is a JSON document with rows, and the keys that stand in its beginning. */
export function tableKeys({ text }: Head): string[] | undefined {
  const start = text.replace(/^\uFEFF/, '');
  return beginnings.some((beginning) => beginning.test(start)) ? keysOf(start) : undefined;
}

/**
 * The rows of a JSON document: a list of objects, an object with one list of objects, `columns` and `data` as pandas splits
 * a table, or an object of columns.
 *
 * @throws {@link IsoflopError} `FILE_DAMAGED`, `FILE_WITHOUT_ROWS`
 */
export async function readTable(file: InputFile): Promise<readonly JsonObject[]> {
  const rows = rowsOf(await readJson(file, format));
  if (rows === undefined) {
    const reason = 'it is neither a list of objects nor an object of columns of the same length';
    throw new IsoflopError('FILE_DAMAGED', { file: file.name, format, reason });
  }
  if (rows.length === 0)
    throw new IsoflopError('FILE_WITHOUT_ROWS', { file: file.name, format, reason: 'its list is empty' });
  return rows;
}

function rowsOf(value: unknown): readonly JsonObject[] | undefined {
  if (Array.isArray(value)) return value.every(isObject) ? value : undefined;
  if (!isObject(value)) return undefined;
  const { columns, data } = value;
  if (Array.isArray(columns) && Array.isArray(data) && data.every(Array.isArray)) {
    const names = columns.map(String);
    return data.map((row: readonly unknown[]) => Object.fromEntries(names.map((name, k) => [name, row[k]])));
  }
  const lists = Object.values(value).filter((one) => Array.isArray(one) && one.length > 0 && one.every(isObject));
  if (lists.length === 1) return lists[0] as JsonObject[];
  return rowsOfColumns(value);
}

/** Rows of columns that are lists, or objects by index. */
function rowsOfColumns(table: JsonObject): readonly JsonObject[] | undefined {
  const columns = Object.entries(table);
  if (columns.length === 0 || !columns.every(([, column]) => isObject(column) || Array.isArray(column)))
    return undefined;
  const indices = Object.keys(columns[0][1] as object);
  const isAlike = columns.every(([, column]) => Object.keys(column as object).length === indices.length);
  if (!isAlike) return undefined;
  return indices.map((index) =>
    Object.fromEntries(columns.map(([name, column]) => [name, (column as Readonly<Record<string, unknown>>)[index]])),
  );
}

/** A JSON document with one object a row, or with columns. */
export const jsonTable = defineReader({
  id: 'json',
  title: 'JSON table',
  recognises: (head, isNamed) => {
    const keys = tableKeys(head);
    return keys !== undefined && (isNamed || tellsRuns(keys));
  },
  read: async ([file], sink) => {
    const records = await readTable(file);
    sendRecords({ file: file.name, records }, sink, (names) => ({ preferred: otherColumns(names), unit: 'row' }));
    return { rows: records.length };
  },
});
