/**
 * `npm run bench:server`: the speeds that the server promises, measured on the built package over the loopback. Rates
 * are compared with those of a bare Fastify route in the same run: machines differ, and so do their moods.
 */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { launchChromium } from '../browser/chromium.ts';
import { measureBatches } from './batch.ts';
import { machine, median, row } from './measure.ts';
import { writeSyntheticCsv } from './syntheticCsv.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = await mkdtemp(join(tmpdir(), 'isoflop-bench-'));
const children: ChildProcess[] = [];

/** Starts a process that prints its address when it listens. */
async function start(...args: string[]): Promise<string> {
  const log = join(folder, `log-${String(children.length)}`);
  // The log goes to a file, as it does where a server is left running.
  const file = await open(log, 'w');
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', file.fd] });
  await file.close();
  children.push(child);
  if (child.stdout === null) throw new Error('no stdout');
  const [said] = (await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'exit').then(async () => {
      throw new Error(`${args.join(' ')} ended: ${await readFile(log, 'utf8')}`);
    }),
  ])) as [Buffer];
  const address = /http:\/\/\S+:\d+/.exec(said.toString())?.[0];
  if (address === undefined) throw new Error(`no address in ${said.toString()}`);
  return address;
}

/** isoflop as its users start it, its log included. */
const startIsoflop = (fits: string, data: string): Promise<string> =>
  start('dist/cli/main.js', 'serve', '--port', '0', '--fits', fits, '--data', data);

interface Rate {
  readonly perSecond: number;
  readonly p99: number;
  readonly failed: number;
}

async function askFast(url: string, paths: readonly string[], connections = 50, seconds = 3): Promise<Rate> {
  const options = JSON.stringify({ url, connections, seconds, paths });
  const { stdout } = await promisify(execFile)(process.execPath, ['test/bench/cannon.mjs', options], { cwd: root });
  const rate = JSON.parse(stdout) as Rate;
  if (rate.failed > 0) throw new Error(`${String(rate.failed)} requests of ${url} failed`);
  return rate;
}

/** Alternates between two servers, so that both see the same machine; medians, and the median of the ratios. */
async function compare(ours: string, bare: string, paths: readonly string[], rounds = 7): Promise<void> {
  const pairs: [Rate, Rate][] = [];
  for (let k = 0; k <= rounds; k++) {
    const pair: [Rate, Rate] = [await askFast(ours, paths), await askFast(bare, paths)];
    if (k > 0) pairs.push(pair); // the first warms both up
  }
  const middle = (read: (pair: [Rate, Rate]) => number): number => median(pairs.map(read));
  const ratio = middle(([a, b]) => a.perSecond / b.perSecond);
  const rates = [middle(([a]) => a.perSecond), middle(([, b]) => b.perSecond)].map((rate) => rate.toFixed(0));
  const what = paths.length === 1 ? 'one question' : `${String(paths.length)} questions in turn`;
  row(`predict, ${what}: ours / bare requests a second`, rates.join(' / '), '');
  row('  share of the bare route', `${(100 * ratio).toFixed(0)} %`, '>= 85 %');
  row('  p99 at 50 connections', `${String(middle(([a]) => a.p99))} ms`, '< 20 ms');
}

async function benchPredict(): Promise<void> {
  const ours = await startIsoflop('fits', 'data');
  const first = '/api/fits/chinchilla/predict?params=70B&tokens=1.4T';
  const answer = await (await fetch(ours + first)).text();
  const bare = await start('--import', 'tsx', 'test/bench/bareServer.ts', answer);
  await compare(ours, bare, [first]);
  const many = Array.from(
    { length: 1000 },
    (_, k) => `/api/fits/chinchilla/predict?params=${String(1 + k)}B&tokens=1.4T`,
  );
  await compare(ours, bare, many);
}

/** Uploads a CSV and fits it with the options that a user gets who gives none. */
async function makeFit(url: string, csv: string, id: string, where?: string): Promise<void> {
  const form = new FormData();
  form.set('file', new Blob([await readFile(csv)]), 'runs.csv');
  const dataset = (await (await fetch(`${url}/api/datasets`, { method: 'POST', body: form })).json()) as { id: string };
  const made = await fetch(`${url}/api/fits`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ id, datasets: [dataset.id], wait: 10, ...(where === undefined ? {} : { where }) }),
  });
  if (made.status !== 201) throw new Error(`the fit was answered ${String(made.status)}: ${await made.text()}`);
}

/** A server over empty folders. */
async function startEmpty(name: string): Promise<string> {
  const [fits, data] = ['fits', 'data'].map((part) => join(folder, name, part));
  await Promise.all([fits, data].map((path) => mkdir(path, { recursive: true })));
  return startIsoflop(fits, data);
}

async function benchBatches(): Promise<void> {
  const url = await startEmpty('batch');
  await makeFit(url, join(root, 'data/chinchilla.csv'), 'default', 'loss < 3.44');
  const bundled = await startIsoflop('fits', 'data');
  for (const [what, measured] of [
    ['a fit', await measureBatches(url, 'default')],
    ['a fit of 4,000 draws', await measureBatches(bundled, 'chinchilla')],
  ] as const)
    for (const { form, calibrated, cold, warm, megabytes } of measured)
      row(
        `${what}, 100,000 ${form}${calibrated ? ', calibrated' : ''}: first / next`,
        `${cold.toFixed(0)} / ${warm.toFixed(0)} ms`,
        `< 150 ms (${megabytes.toFixed(0)} MB)`,
      );
}

/** Median milliseconds of a request, its answer read to the end. */
async function timeRequest(request: () => Promise<Response>, calls: number): Promise<number> {
  const times: number[] = [];
  for (let k = 0; k < calls; k++) {
    const began = performance.now();
    const answer = await request();
    await answer.arrayBuffer();
    times.push(performance.now() - began);
    if (!answer.ok) throw new Error(`${answer.url} answered ${String(answer.status)}`);
  }
  return median(times);
}

async function benchFigures(): Promise<void> {
  const csv = join(folder, 'runs.csv');
  await writeSyntheticCsv(csv, 10_000);
  const url = await startEmpty('figures');
  await makeFit(url, csv, 'many');
  const { figures } = (await (await fetch(`${url}/api/fits/many/figures`)).json()) as {
    figures: { id: string; unavailable: string | null; isSlow?: boolean }[];
  };
  for (const { id, isSlow, unavailable } of figures) {
    if (unavailable !== null) continue;
    const request = (): Promise<Response> => fetch(`${url}/api/fits/many/figures/${id}`);
    const first = await timeRequest(request, 1);
    row(
      `figure ${id} of 10,000 runs, first / again`,
      `${first.toFixed(0)} / ${(await timeRequest(request, 9)).toFixed(0)} ms`,
      isSlow === true ? '' : '< 100 ms',
    );
  }
}

async function benchPage(): Promise<void> {
  const browser = await launchChromium();
  const times: number[] = [];
  let bytes = 0;
  try {
    for (let k = 0; k < 5; k++) {
      const url = await startIsoflop('fits', 'data');
      const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
      const page = await context.newPage();
      const network = await context.newCDPSession(page);
      await network.send('Network.enable');
      bytes = 0;
      network.on('Network.loadingFinished', ({ encodedDataLength }) => (bytes += encodedDataLength));
      const began = performance.now();
      await page.goto(url);
      await page.waitForFunction(() => document.documentElement.dataset.ready === 'true');
      times.push(performance.now() - began);
      await context.close();
    }
  } finally {
    await browser.close();
  }
  row('page drawn, of a server that has just started', `${(median(times) / 1000).toFixed(2)} s`, '< 1.5 s');
  row('  over the wire, compressed', `${(bytes / 1e6).toFixed(2)} MB`, '< 2 MB');
}

console.log(`isoflop server benchmark on ${machine()}\n`);
const parts = { predict: benchPredict, batch: benchBatches, figures: benchFigures, page: benchPage };
const wanted = process.argv.slice(2);
try {
  for (const [name, bench] of Object.entries(parts)) if (wanted.length === 0 || wanted.includes(name)) await bench();
} finally {
  for (const child of children) child.kill();
  await rm(folder, { recursive: true });
}
