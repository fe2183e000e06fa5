/**
 * `npm run load`: an hour's worth of a team's requests in minutes, bad ones among them, to a real server on the built package.
 * It fails where the server fails, where an answer is not what it should be, where memory grows after warm-up, and where an
 * upload or its fit is not there in the end. `--requests N` makes it shorter.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { LoadClient } from './loadClient.ts';
import { MemoryWatch } from './loadMemory.ts';
import { csvOf, loadOnce, newState, type LoadState } from './loadMix.ts';
import { machine } from './measure.ts';

const { values } = parseArgs({ options: { requests: { type: 'string', default: '200000' } } });
const total = Number(values.requests);
const connections = 50;
const root = fileURLToPath(new URL('../..', import.meta.url));

const folder = await mkdtemp(join(tmpdir(), 'isoflop-load-'));
const [fits, data] = [join(folder, 'fits'), join(folder, 'data')];
await cp(join(root, 'fits'), fits, { recursive: true });
await mkdir(data);
// So that what is seen of its heap is what is in use, not what the next garbage collection will find.
const collectable = ['--expose-gc', '--import', 'data:text/javascript,process.on("SIGUSR2", () => gc())'];
const child = spawn(
  process.execPath,
  [
    ...collectable,
    join(root, 'dist/cli/main.js'),
    'serve',
    '--port',
    '0',
    '--fits',
    fits,
    '--data',
    data,
    '--log-level',
    'error',
  ],
  { stdio: ['ignore', 'pipe', 'pipe'] },
);
// Whatever ends this process ends the server.
process.once('exit', () => child.kill('SIGKILL'));
let log = '';
child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text));
const ended = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
const [line] = (await once(child.stdout, 'data')) as [Buffer];
const url = /http:\/\/[\d.]+:\d+/.exec(line.toString())?.[0] ?? '';

const client = new LoadClient(Number(new URL(url).port), connections);
const state = newState(client);
const memory = new MemoryWatch(child, url);
const { tally } = client;

console.log(`isoflop under load on ${machine()}: ${String(total)} requests over ${String(connections)} connections\n`);
const began = performance.now();
const watching = new AbortController();
const watch = async (): Promise<void> => {
  while (!watching.signal.aborted) {
    await memory.look(tally.requests);
    await sleep(3000, undefined, { signal: watching.signal }).catch(() => undefined);
  }
};
const lane = async (): Promise<void> => {
  while (tally.requests < total) await loadOnce(state);
};
try {
  const watched = watch();
  await Promise.all(Array.from({ length: connections }, lane));
  watching.abort();
  await watched;
  const seconds = (performance.now() - began) / 1000;
  await checkKept(state);
  report(seconds);
} finally {
  watching.abort();
  client.close();
  child.kill('SIGTERM');
  const [code] = await ended;
  if (code !== 0) client.fault(`the server ended with ${String(code)}`);
  await rm(folder, { recursive: true });
}
verdict();

/** Every upload is there with its bytes, and the fit that was made of it; nothing else was left behind. */
async function checkKept({ kept }: LoadState): Promise<void> {
  for (const { seed, dataset, fit } of kept) {
    const csv = await client.ask({ kind: 'check', path: `/api/datasets/${dataset}/download`, statuses: [200] });
    if (csv.text !== csvOf(seed)) client.fault(`the upload ${dataset} came back changed`);
    const found = await client.ask({ kind: 'check', path: `/api/fits/${fit}`, statuses: [200] });
    if (found.status === 200 && (JSON.parse(found.text) as { dataset: string }).dataset !== dataset)
      client.fault(`the fit ${fit} is of another data set`);
  }
  const uploads = await readdir(join(data, 'uploads'));
  if (uploads.length !== kept.length)
    client.fault(`${String(uploads.length)} files of uploads, but ${String(kept.length)} uploads are kept`);
  const temporary = [...uploads, ...(await readdir(fits))].filter((name) => name.endsWith('.tmp'));
  if (temporary.length > 0) client.fault(`left behind: ${temporary.join(', ')}`);
}

function report(seconds: number): void {
  console.log(
    `${String(tally.requests)} requests in ${seconds.toFixed(0)} s, ${(tally.requests / seconds).toFixed(0)} a second`,
  );
  const statuses = [...tally.statuses].sort(([a], [b]) => a - b);
  console.log(
    `statuses: ${statuses.map(([status, count]) => `${status === 0 ? 'none' : String(status)} x ${String(count)}`).join(', ')}`,
  );
  console.log(`kept: ${String(state.kept.length)} uploads, each with its fit, all there in the end\n`);
  console.log('  kind              count   median      p99  (ms, with 50 requests at once)');
  for (const [kind, times] of [...tally.times].sort(([, a], [, b]) => b.length - a.length)) {
    times.sort((a, b) => a - b);
    const at = (share: number): string => (times[Math.floor(share * (times.length - 1))] ?? NaN).toFixed(1);
    console.log(
      `  ${kind.padEnd(14)} ${String(times.length).padStart(8)} ${at(0.5).padStart(8)} ${at(0.99).padStart(8)}`,
    );
  }
  console.log(`\n${memory.table().join('\n')}`);
}

function verdict(): void {
  for (const { what, growth, isFlat } of memory.trends()) {
    console.log(`  ${what}: ${growth >= 0 ? '+' : ''}${growth.toFixed(1)} MiB from warm-up to the end`);
    // The server needs a while until every cache is full.
    if (total >= 100_000 && !isFlat) client.fault(`memory grows: ${what}`);
  }
  if (log !== '') client.fault(`the log of the server has errors:\n${log.slice(0, 2000)}`);
  for (const fault of tally.faults) console.error(`fault: ${fault}`);
  console.log(tally.faultCount === 0 ? '\nno faults' : `\n${String(tally.faultCount)} faults`);
  process.exitCode = tally.faultCount === 0 ? 0 : 1;
}
