/**
 * `npm run bench:formats`: time and peak memory of reading large files in processes of their own, on the built package: a
 * fit to 10,000,000 rows of checkpoints in Parquet, and CSV of growing length, whose memory has to be that of its rows alone.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parquetWriteFile } from 'hyparquet-writer';
import { machine, row } from './measure.ts';
import { writeSyntheticCsv } from './syntheticCsv.ts';

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'isoflop-bench-'));
console.log(`isoflop benchmark of formats on ${machine()}\n`);
try {
  benchParquet(join(folder, 'big.parquet'), 1000, 10_000);
  await benchCsv(join(folder, 'big.csv'), [250, 2000]);
} finally {
  rmSync(folder, { recursive: true });
}

/** Runs a command of the package and gives its seconds and its peak memory. */
function measure(args: readonly string[]): string {
  // Not ru_maxrss, which a child process inherits from the one that starts it.
  const script = `import { readFileSync } from 'node:fs'; process.on('exit', () => process.stderr.write('peak ' + /VmHWM:\\s*(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1] + '\\n'));`;
  const preload = `data:text/javascript,${encodeURIComponent(script)}`;
  const began = performance.now();
  const { status, stderr } = spawnSync(process.execPath, ['--import', preload, main, ...args], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`isoflop ${args.join(' ')} ended with ${String(status)}: ${stderr}`);
  const peak = Number(/^peak (\d+)$/m.exec(stderr)?.[1]) / 1000;
  return `${((performance.now() - began) / 1000).toFixed(1)} s, ${peak.toFixed(0)} MB`;
}

/** Checkpoints of a known law: as many rows of each run as are asked for. */
function benchParquet(filename: string, runs: number, each: number): void {
  const rows = runs * each;
  const [params, step, tokens, loss, lr] = Array.from({ length: 5 }, () => new Float64Array(rows));
  const run = new Array<string>(rows);
  for (let i = 0; i < rows; i++) {
    const k = Math.floor(i / each);
    params[i] = Math.round(10 ** (7 + (2.5 * k) / runs));
    // Runs of several lengths, so that their ends determine the law too.
    step[i] = ((i % each) + 1) * (10 + 10 * (k % 7));
    tokens[i] = step[i] * 524_288;
    lr[i] = 3e-4 * (1 - (i % each) / each);
    loss[i] = (1.69 + 406.4 / params[i] ** 0.34 + 410.7 / tokens[i] ** 0.28) * (1 + 0.003 * Math.sin(12.9898 * i));
    run[i] = `run-${String(k)}`;
  }
  parquetWriteFile({
    filename,
    columnData: [
      { name: 'run', data: run, type: 'STRING' },
      ...Object.entries({ params, step, tokens, lr, loss }).map(([name, data]) => ({
        name,
        data,
        type: 'DOUBLE' as const,
      })),
    ],
  });
  for (const option of [[], ['--finals'], ['--thin', '20']])
    row(
      `fit of ${String(rows)} rows of Parquet${option.length > 0 ? `, ${option.join(' ')}` : ''}`,
      measure(['fit', filename, ...option]),
      '20 s, 1 GB',
    );
}

/** Files of several sizes in megabytes; inspect keeps no row, so its memory is that of reading. */
async function benchCsv(path: string, sizes: readonly number[]): Promise<void> {
  for (const megabytes of sizes) {
    await writeSyntheticCsv(path, megabytes * 14_000);
    const size = `${(statSync(path).size / 1e6).toFixed(0)} MB`;
    row(`inspect of ${size} of CSV`, measure(['inspect', path]), 'memory as for the smaller');
  }
}
