/**
 * `npm run test:sql [-- FOLDER]`: reads runs by `--sql` with the real DuckDB, which it installs into a folder (a temporary one
 * unless given: 70 MB that `npm ci` need not bring). Fits by SQL have to be those of the CSV that the tables were made from.
 */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import packageJson from '../package.json' with { type: 'json' };

const root = join(import.meta.dirname, '..');
const cli = join(root, 'dist/cli/main.js');
const csv = join(root, 'data/chinchilla.csv');
const folder = process.argv.at(2) ?? (await mkdtemp(join(tmpdir(), 'isoflop-sql-')));
const wanted = `@duckdb/node-api@${packageJson.peerDependencies['@duckdb/node-api']}`;

await mkdir(folder, { recursive: true });
if (!existsSync(join(folder, 'node_modules/@duckdb/node-api'))) {
  await writeFile(join(folder, 'package.json'), '{"private":true}');
  execFileSync('npm', ['install', '--no-audit', '--no-fund', wanted], { cwd: folder, stdio: 'inherit' });
}

interface Connection {
  run(sql: string): Promise<unknown>;
  closeSync(): void;
}
const entry = createRequire(join(folder, 'package.json')).resolve('@duckdb/node-api');
const { DuckDBInstance } = (await import(pathToFileURL(entry).href)) as {
  DuckDBInstance: { create(path: string): Promise<{ connect(): Promise<Connection>; closeSync(): void }> };
};

const database = join(folder, `runs-${String(process.pid)}.duckdb`);
const instance = await DuckDBInstance.create(database);
const connection = await instance.connect();
await connection.run(`create table runs as select * from read_csv('${csv}')`);
// Types that JavaScript has no number for: what is left has to be the same.
await connection.run(
  'create table typed as select cast("Model Size" as hugeint) as params, cast("Training FLOP" as decimal(38, 2)) as flops, loss from runs',
);
for (const [name, parity] of [
  ['a', 0],
  ['b', 1],
] as const)
  await connection.run(
    `copy (select * from runs where rowid % 2 = ${String(parity)}) to '${join(folder, name)}.parquet' (format parquet)`,
  );
connection.closeSync();
instance.closeSync();

/** What the command line says and prints, run beside DuckDB. */
const isoflop = (...args: string[]) => spawnSync(process.execPath, [cli, ...args], { cwd: folder, encoding: 'utf8' });

interface Fitted {
  readonly points: number;
  readonly objective: { readonly value: number };
}
function fit(...args: string[]): Fitted {
  const { status, stdout, stderr } = isoflop('fit', ...args, '--no-calibration', '--json');
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout) as Fitted;
}
const expected = fit(csv);

/** A check and its name; what fails throws. */
function check(name: string, run: () => void): void {
  run();
  console.log(`ok: ${name}`);
}
const agrees = (found: Fitted, tolerance = 1e-12): void => {
  assert.equal(found.points, expected.points);
  assert.ok(
    Math.abs(found.objective.value / expected.objective.value - 1) < tolerance,
    JSON.stringify(found.objective),
  );
};
const refused = (words: string, ...args: string[]): void => {
  const { status, stderr } = isoflop(...args);
  assert.equal(status, 2, stderr);
  assert.ok(stderr.includes(words), stderr);
};

check('a table of a database', () => {
  agrees(fit(database, '--sql', 'select * from runs'));
});
check('Parquet files by a pattern in the query', () => {
  agrees(fit('--sql', "select * from read_parquet('*.parquet')"));
});
check('huge integers and decimals', () => {
  // Sizes without their fractions.
  agrees(fit(database, '--sql', 'select * from typed'), 1e-6);
});
check('a column under another name, and a condition', () => {
  const where = ['--where', 'loss < 3.44'];
  const found = fit(
    database,
    '--sql',
    'select "Model Size", "Training FLOP", loss as y from runs',
    '--columns',
    'loss=y',
    ...where,
  );
  assert.equal(found.points, fit(csv, ...where).points);
});
check('the database is not written to', () => {
  refused('read-only mode', 'fit', database, '--sql', 'drop table runs');
});
check('a mistake in the query', () => {
  refused('walks does not exist', 'fit', database, '--sql', 'select * from walks');
});
check('a query without rows', () => {
  refused('it gives no rows', 'fit', database, '--sql', 'select * from runs where loss < 0');
});
check('several databases', () => {
  refused('--sql reads one database', 'fit', database, csv, '--sql', 'select 1');
});
