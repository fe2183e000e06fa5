import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { request, type Agent, type OutgoingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';

export { runsCsv, seeded } from '../bench/loadBodies.ts';

const main = join(import.meta.dirname, '../../dist/cli/main.js');

/** Folders of a server that may be ill-treated, removed when the test ends. */
export interface Folders {
  readonly root: string;
  readonly fits: string;
  readonly data: string;
  readonly uploads: string;
}

/** A server in a process of its own. */
export interface FaultServer {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  readonly child: ChildProcess;
  /** How the process ended. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  readonly kill: () => Promise<void>;
}

/** Where a server under that folder keeps its things. */
export const foldersAt = (root: string): Folders => ({
  root,
  fits: join(root, 'fits'),
  data: join(root, 'data'),
  uploads: join(root, 'data/uploads'),
});

/** New folders for fits and data sets. */
export async function makeFolders(): Promise<Folders> {
  const folders = foldersAt(await mkdtemp(join(tmpdir(), 'isoflop-faults-')));
  onTestFinished(() => rm(folders.root, { recursive: true, force: true }));
  await mkdir(folders.fits, { recursive: true });
  await mkdir(folders.data, { recursive: true });
  return folders;
}

/** Starts `isoflop serve` on a free port. `under` is a command that starts what its arguments say. */
export async function serve(
  { root, fits, data }: Folders,
  args: readonly string[] = [],
  under: readonly string[] = [],
): Promise<FaultServer> {
  if (!existsSync(main)) throw new Error(`${main} is missing: npm run build makes it`);
  const command = [...under, process.execPath, main, 'serve', '--port', '0', '--fits', fits, '--data', data];
  const [file, ...rest] = [...command, '--runs', join(root, 'runs'), '--log-level', 'error', ...args];
  const child = spawn(file, rest, { stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const ended = (once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>).then(([code, signal]) => ({
    code,
    signal,
  }));
  const [line] = (await Promise.race([
    once(child.stdout, 'data'),
    ended.then(() => Promise.reject(new Error(`the server did not start: ${said}`))),
  ])) as [Buffer];
  const [url = '', port = ''] = /http:\/\/[\d.]+:(\d+)/.exec(line.toString()) ?? [];
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  return { url, port: Number(port), pid: child.pid ?? 0, child, ended, kill };
}

/** What an answer says. */
export interface Answer<Body = ErrorBody> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

/** The form of every error. */
export interface ErrorBody {
  readonly error: { readonly code: string; readonly message: string; readonly remedy: string };
}

/** Sends a request and reads the JSON that comes back. */
export async function ask<Body = ErrorBody>(
  { url }: { readonly url: string },
  method: string,
  path: string,
  body?: unknown,
): Promise<Answer<Body>> {
  const answer = await fetch(`${url}${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, body: (text === '' ? null : JSON.parse(text)) as Body };
}

/** Sends a request whose path no client has tidied up, and reads the text that comes back. */
export function askRaw(
  { port }: { readonly port: number },
  method: string,
  path: string,
  { headers = {}, body = '', agent }: { headers?: OutgoingHttpHeaders; body?: string | Uint8Array; agent?: Agent } = {},
): Promise<{ readonly status: number; readonly headers: NodeJS.Dict<string | string[]>; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, method, path, headers, agent: agent ?? false }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (piece: string) => (text += piece));
      answer.once('end', () => {
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text });
      });
    });
    sent.once('error', reject).end(body);
  });
}

/**
 * Uploads a file piece by piece, and goes on whatever the server says until it closes the connection.
 *
 * @returns the answer, and the bytes that went out
 */
export async function streamUpload(
  { port }: { readonly port: number },
  pieces: Iterable<Uint8Array>,
  headers: OutgoingHttpHeaders = {},
): Promise<{ readonly status: number; readonly body: ErrorBody; readonly sent: number }> {
  const boundary = 'isoflop-fault';
  const sent = request({
    ...{ host: '127.0.0.1', port, method: 'POST', path: '/api/datasets', agent: false },
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}`, ...headers },
  });
  const closed = new Promise<void>((resolve) => sent.once('close', resolve));
  // That the connection breaks under what is still sent is what many of the tests are about.
  sent.on('error', () => undefined);
  const answer = new Promise<{ status: number; body: ErrorBody }>((resolve, reject) => {
    sent.once('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => (text += piece));
      response.once('end', () => {
        resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) as ErrorBody });
      });
    });
    sent.once('close', () => {
      reject(new Error('the connection was closed without an answer'));
    });
  });
  // Looked at below; until then it is nobody's.
  answer.catch(() => undefined);
  const isOpen = (): boolean => !sent.destroyed && sent.socket?.destroyed !== true;
  sent.write(
    `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="bomb.csv"\r\ncontent-type: text/csv\r\n\r\n`,
  );
  let bytes = 0;
  for (const piece of pieces) {
    if (!isOpen()) break;
    bytes += piece.length;
    if (!sent.write(piece)) await Promise.race([once(sent, 'drain').catch(() => undefined), closed]);
  }
  if (isOpen()) sent.end(`\r\n--${boundary}--\r\n`);
  return { ...(await answer), sent: bytes };
}

/** A data set as the tests look at it. */
export interface Uploaded {
  readonly id: string;
  readonly name: string;
  readonly rows: number;
}

/** Uploads a file. */
export async function upload<Body = Uploaded>(
  { url }: { readonly url: string },
  csv: string | Uint8Array<ArrayBuffer>,
  name = 'runs.csv',
): Promise<Answer<Body>> {
  const form = new FormData();
  form.append('file', new Blob([csv]), name);
  const answer = await fetch(`${url}/api/datasets`, { method: 'POST', body: form });
  return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Body };
}

/** A quick fit of that data set. */
export const quickFit = (dataset: string, more: object = {}): object => ({
  datasets: [dataset],
  calibration: false,
  wait: 10,
  ...more,
});

/** Names of a folder; none when it does not exist. */
export const namesOf = (folder: string): Promise<string[]> => readdir(folder).catch(() => []);

/** Temporary files that are left in the folders of a server. */
export async function temporaries({ fits, uploads, data }: Folders): Promise<string[]> {
  const names = await Promise.all([fits, uploads, data].map(namesOf));
  return names.flat().filter((name) => name.endsWith('.tmp'));
}

/** Waits until a condition holds; says what was last found when it does not come to hold. */
export async function until<T>(
  look: () => T | Promise<T>,
  holds: (value: T) => boolean,
  patienceMs = 10_000,
): Promise<T> {
  const end = performance.now() + patienceMs;
  for (;;) {
    const value = await look();
    if (holds(value)) return value;
    if (performance.now() > end) throw new Error(`still ${JSON.stringify(value)}`);
    await sleep(20);
  }
}

/** Files of uploads whose bytes are not those that their name promises. */
export async function halfUploads({ uploads }: Folders): Promise<string[]> {
  const wrong: string[] = [];
  for (const name of await namesOf(uploads)) {
    if (name.endsWith('.tmp')) continue;
    const bytes = await readFile(join(uploads, name));
    if (!name.startsWith(`${createHash('sha256').update(bytes).digest('hex')}.`)) wrong.push(name);
  }
  return wrong;
}

/** Memory of a process, in MiB: `now`, and the most that it ever had. */
export async function memoryOf(pid: number): Promise<{ readonly now: number; readonly peak: number }> {
  const status = await readFile(`/proc/${String(pid)}/status`, 'utf8');
  const kib = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1]);
  return { now: kib('VmRSS') / 1024, peak: kib('VmHWM') / 1024 };
}

/** Asks again and again, one request after the other, while something goes on; gives the median milliseconds. */
export async function medianWhile(goingOn: Promise<unknown>, request: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  const state = { over: false };
  const ends = goingOn.finally(() => (state.over = true));
  while (!state.over) {
    const began = performance.now();
    await request();
    times.push(performance.now() - began);
    await sleep(20);
  }
  await ends;
  return times.sort((a, b) => a - b)[Math.floor(times.length / 2)];
}
