import { randomBytes } from 'node:crypto';
import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import {
  ask,
  askRaw,
  makeFolders,
  medianWhile,
  memoryOf,
  namesOf,
  serve,
  streamUpload,
  temporaries,
  until,
  type ErrorBody,
  type FaultServer,
  type Folders,
} from './faultServer.ts';

const mebi = 2 ** 20;
/** About a quarter of a MiB of the same text, whole each time. */
const piece = (text: string): Buffer => Buffer.from(text.repeat(Math.ceil(mebi / 4 / text.length)));

/** The same piece again and again, up to so many bytes, after a beginning. */
function* repeated(again: Buffer, total: number, begin = ''): Generator<Buffer> {
  if (begin !== '') yield Buffer.from(begin);
  for (let bytes = 0; bytes < total; bytes += again.length) yield again;
}

const header = 'params,tokens,loss\n';

interface Bomb {
  readonly what: string;
  readonly pieces: () => Iterable<Uint8Array>;
  readonly status: number;
  readonly code: string;
  /** Most of it that goes out before the server closes the connection, in MiB. */
  readonly most: number;
}

/** What is refused in passing is hardly begun when it is: little more goes out than the kernel keeps for both ends. */
const early = 64;
const bombs: readonly Bomb[] = [
  {
    what: '1 GB of commas',
    pieces: () => repeated(piece(','), 1024 * mebi),
    status: 413,
    code: 'CSV_LINE_TOO_LONG',
    most: early,
  },
  {
    what: 'one line without an end, after a header',
    pieces: () => repeated(piece('1'), 1024 * mebi, header),
    status: 413,
    code: 'CSV_LINE_TOO_LONG',
    most: early,
  },
  {
    what: '1 GB of zero bytes',
    pieces: () => repeated(Buffer.alloc(mebi / 4), 1024 * mebi, header),
    status: 400,
    code: 'FILE_BINARY',
    most: early,
  },
  {
    what: '1 GB of rows of commas',
    pieces: () => repeated(piece(`${','.repeat(1023)}\n`), 1024 * mebi),
    status: 413,
    code: 'UPLOAD_TOO_LARGE',
    // The 64 MiB that are taken, and what comes while they are removed from the disk.
    most: 256,
  },
  {
    what: 'a quote that nobody closes',
    pieces: () => repeated(piece('1e9,2e9,3\n'), 32 * mebi, `${header}1e9,2e9,"3\n`),
    status: 413,
    code: 'CSV_LINE_TOO_LONG',
    most: 33,
  },
  {
    what: 'a quote in each of two million fields',
    pieces: () => repeated(piece('"1","1","1"\n'), 20 * mebi, header),
    status: 413,
    code: 'DATASET_TOO_LONG',
    most: 21,
  },
  {
    what: '100,000 columns',
    pieces: () => [Buffer.from(`${Array.from({ length: 1e5 }, (_, k) => `c${String(k)}`).join(',')}\n`)],
    status: 400,
    code: 'CSV_MALFORMED',
    most: 1,
  },
  {
    what: '5,000 columns with other text in every cell',
    pieces: () => wideRows(5000, 150),
    status: 413,
    code: 'DATASET_TOO_WIDE',
    most: 12,
  },
  {
    what: 'rows wider than the header',
    pieces: () => repeated(piece(`${'1,'.repeat(99)}1\n`), 32 * mebi, header),
    status: 400,
    code: 'CSV_MALFORMED',
    most: 33,
  },
];

/** Rows with so many columns, and no cell like another. */
function* wideRows(columns: number, rows: number): Generator<Buffer> {
  yield Buffer.from(`${Array.from({ length: columns }, (_, k) => `c${String(k)}`).join(',')}\n`);
  for (let row = 0; row < rows; row++) {
    const text = randomBytes(columns * 4).toString('hex');
    yield Buffer.from(`${Array.from({ length: columns }, (_, k) => text.slice(8 * k, 8 * k + 8)).join(',')}\n`);
  }
}

async function bombed(): Promise<{ server: FaultServer; folders: Folders }> {
  const folders = await makeFolders();
  const limits = ['--max-upload', '64MiB', '--max-rows', '1000000', '--max-columns', '4000'];
  const server = await serve(folders, limits);
  await until(
    () => ask(server, 'GET', '/api/datasets'),
    ({ status }) => status === 200,
  );
  return { server, folders };
}

it('refuses bombs as soon as they can be told, in little memory, and answers others meanwhile', async () => {
  const { server, folders } = await bombed();
  const before = (await memoryOf(server.pid)).now;
  for (const { what, pieces, status, code, most } of bombs) {
    const bomb = streamUpload(server, pieces()).catch((error: unknown) => {
      throw new Error(what, { cause: error });
    });
    const median = await medianWhile(bomb, () => ask(server, 'GET', '/health'));
    const { status: found, body, sent } = await bomb;
    const { peak } = await memoryOf(server.pid);
    expect([found, body.error.code], what).toEqual([status, code]);
    expect(body.error.remedy, what).not.toBe('');
    expect(sent / mebi, what).toBeLessThanOrEqual(most);
    expect(median, what).toBeLessThan(500);
    expect(peak - before, `${what}, of ${String(before)} MiB`).toBeLessThan(300);
  }
  await until(
    () => temporaries(folders),
    (left) => left.length === 0,
  );
  expect(await namesOf(folders.uploads)).toEqual([]);
}, 120_000);

it('takes no more of a compressed body than of a plain one', async () => {
  const { server } = await bombed();
  const before = (await memoryOf(server.pid)).now;
  const zipped = { 'content-encoding': 'gzip' };
  const asJson = { ...zipped, 'content-type': 'application/json' };
  const bomb = gzipSync(Buffer.alloc(256 * mebi, ' '));
  const refused = askRaw(server, 'POST', '/api/fits', { headers: asJson, body: bomb });
  expect(await medianWhile(refused, () => ask(server, 'GET', '/health'))).toBeLessThan(500);
  const { status, text } = await refused;
  expect([status, (JSON.parse(text) as ErrorBody).error.code]).toEqual([413, 'REQUEST_INVALID']);
  for (const body of ['no gzip at all', gzipSync('{}').subarray(0, 12)])
    expect((await askRaw(server, 'POST', '/api/fits', { headers: asJson, body })).status, body.toString('hex')).toBe(
      400,
    );
  const inside = await streamUpload(server, [gzipSync(header)]);
  expect([inside.status, inside.body.error.code]).toEqual([400, 'FILE_BINARY']);
  const asForm = { ...zipped, 'content-type': 'multipart/form-data; boundary=b' };
  const form = await askRaw(server, 'POST', '/api/datasets', { headers: asForm, body: bomb });
  expect([form.status, (JSON.parse(form.text) as ErrorBody).error.code]).toEqual([400, 'UPLOAD_INVALID']);
  expect((await memoryOf(server.pid)).peak - before).toBeLessThan(200);
}, 60_000);

it('answers the next request on the connection of an upload that it refused', async () => {
  const { server } = await bombed();
  // One after the other on the same connection, as a browser does it.
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const asForm = { 'content-type': 'multipart/form-data; boundary=b' };
  const head = '--b\r\ncontent-disposition: form-data; name="file"; filename="zeros.csv"\r\n\r\n';
  for (const mebis of [0.1, 0.3, 1, 3, 5]) {
    const body = Buffer.concat([Buffer.from(head), Buffer.alloc(mebis * mebi), Buffer.from('\r\n--b--\r\n')]);
    const refused = await askRaw(server, 'POST', '/api/datasets', { headers: asForm, body, agent });
    expect(refused.text, String(mebis)).toContain('FILE_BINARY');
    const next = askRaw(server, 'GET', '/health', { agent });
    expect(await Promise.race([next.then(({ status }) => status), sleep(5000, 'nothing')]), String(mebis)).toBe(200);
  }
  agent.destroy();
});

it('tells clients why it refuses them that have sent all before they listen, and then close', async () => {
  const { server } = await bombed();
  const body = JSON.stringify({ law: 'x'.repeat(24 * mebi) });
  const headers = { 'content-type': 'application/json', connection: 'close' };
  const large = await askRaw(server, 'POST', '/api/fits', { headers, body });
  expect([large.status, large.text]).toEqual([413, expect.stringContaining('too large')]);
  const foreign = { ...headers, origin: 'http://evil.example' };
  expect((await askRaw(server, 'POST', '/api/fits', { headers: foreign, body })).text).toContain('ORIGIN_FOREIGN');
});
