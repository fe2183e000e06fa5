import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { IsoflopError } from '../core/errors.ts';
import { otherColumns } from '../runs/readers/logNames.ts';
import { cellOf } from '../runs/readers/records.ts';
import type { Cell, TableSource } from '../runs/table.ts';

/** The parts of @duckdb/node-api that are used here; the package is an optional peer. */
interface DuckDb {
  readonly DuckDBInstance: {
    create(
      path?: string,
      options?: Readonly<Record<string, string>>,
    ): Promise<{
      connect(): Promise<{ stream(sql: string): Promise<Result>; closeSync(): void }>;
      closeSync(): void;
    }>;
  };
}
interface Result {
  columnNames(): readonly string[];
  fetchChunk(): Promise<{ readonly rowCount: number; getRows(): readonly (readonly unknown[])[] } | null>;
}

const packageName = '@duckdb/node-api';

/** Loads DuckDB from beside isoflop, or from the project that it is run from. */
async function loadDuckDb(): Promise<DuckDb> {
  for (const place of [import.meta.url, join(process.cwd(), 'package.json')]) {
    let entry: string;
    try {
      entry = createRequire(place).resolve(packageName);
    } catch {
      continue;
    }
    const loaded = (await import(pathToFileURL(entry).href)) as DuckDb & { readonly default?: DuckDb };
    return loaded.default ?? loaded;
  }
  throw new IsoflopError('DUCKDB_MISSING', { option: '--sql' });
}

/** A value as a cell: decimals and the like are objects that print themselves. */
const valueOf = (value: unknown): Cell =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as { toString(): string }).toString()
    : cellOf(value);

/**
 * The rows of a query as a source: of a DuckDB database, or of files and addresses that the query names itself, such as
 * `read_parquet('s3://bucket/runs/*.parquet')`.
 *
 * @param database - path of a database, which is opened for reading only; in memory unless given
 * @throws {@link IsoflopError} when read: `DUCKDB_MISSING`, `SQL_FAILED`
 */
export function sqlSource(sql: string, database?: string): TableSource {
  const name = database ?? 'the SQL query';
  const failed = (error: unknown): IsoflopError =>
    new IsoflopError('SQL_FAILED', { file: name, reason: (error as Error).message.trim().split('\n')[0] });
  return {
    name,
    read: async (sink) => {
      const { DuckDBInstance } = await loadDuckDb();
      const run = async <T>(work: () => Promise<T>): Promise<T> => {
        try {
          return await work();
        } catch (error) {
          throw failed(error);
        }
      };
      const options = database === undefined ? undefined : { access_mode: 'READ_ONLY' };
      const instance = await run(() => DuckDBInstance.create(database, options));
      try {
        const connection = await run(() => instance.connect());
        const result = await run(() => connection.stream(sql));
        const names = result.columnNames();
        sink.header(names, { preferred: otherColumns(names), unit: 'row' });
        // The same rows have the same digest, wherever they come from.
        const hash = createHash('sha256').update(JSON.stringify(names));
        let rows = 0;
        for (;;) {
          const chunk = await run(() => result.fetchChunk());
          if (chunk === null || chunk.rowCount === 0) break;
          for (const values of chunk.getRows()) {
            const cells = values.map(valueOf);
            hash.update(JSON.stringify(cells));
            sink.row(cells, ++rows);
          }
        }
        connection.closeSync();
        if (rows === 0) throw failed(new Error('it gives no rows'));
        return { rows, sha256: hash.digest('hex') };
      } finally {
        instance.closeSync();
      }
    },
  };
}
