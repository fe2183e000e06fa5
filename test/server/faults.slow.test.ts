import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { startServer } from '../../server/server.ts';
import type { Limits } from '../../server/limits.ts';
import { ask, makeFolders, namesOf, runsCsv, temporaries, until, upload, type Folders } from './faultServer.ts';

/** A server that has little patience. */
async function impatient(limits: Partial<Limits>): Promise<{ url: string; port: number; folders: Folders }> {
  const folders = await makeFolders();
  const { address: url, close } = await startServer({ ...folders, port: 0, limits });
  onTestFinished(close);
  return { url, port: Number(new URL(url).port), folders };
}

/** A connection, all that came back on it, and when it was closed. */
function talk(port: number): { socket: Socket; said: () => string; closed: Promise<unknown> } {
  const socket = connect(port, '127.0.0.1').on('error', () => undefined);
  onTestFinished(() => void socket.destroy());
  let text = '';
  socket.setEncoding('utf8').on('data', (piece: string) => (text += piece));
  return { socket, said: () => text, closed: once(socket, 'close') };
}

/** The beginning of an upload that promises a megabyte and holds three rows of it. */
const begun =
  'POST /api/datasets HTTP/1.1\r\nhost: localhost\r\ncontent-type: multipart/form-data; boundary=b\r\ncontent-length: 1000000\r\n\r\n' +
  '--b\r\ncontent-disposition: form-data; name="file"; filename="slow.csv"\r\n\r\n' +
  'params,tokens,loss\n1e9,2e9,3\n1e9,3e9,2.9\n';

/** Sends a character now and then. */
function drip(socket: Socket): void {
  const drops = setInterval(() => socket.write('1'), 50);
  socket.once('close', () => {
    clearInterval(drops);
  });
}

const gone = (folders: Folders): Promise<unknown> =>
  until(
    () => temporaries(folders),
    (left) => left.length === 0,
  );

it.each([
  ['pauses', { uploadIdleMs: 300 }, () => undefined],
  ['drips', { uploadMs: 1000, uploadIdleMs: 5000 }, drip],
])('ends an upload that %s, and keeps nothing of it', async (_, limits, goOn) => {
  const { port, folders } = await impatient(limits);
  const { socket, said, closed } = talk(port);
  socket.write(begun);
  goOn(socket);
  await until(
    () => temporaries(folders),
    (names) => names.length === 1,
  );
  await closed;
  expect(said()).toMatch(/^HTTP\/1\.1 408 [\s\S]*"code":"REQUEST_SLOW"/);
  await gone(folders);
  expect(await namesOf(folders.uploads)).toEqual([]);
});

it('keeps nothing of an upload whose client hangs up', async () => {
  const { port, folders } = await impatient({});
  const { socket } = talk(port);
  socket.write(begun);
  await until(
    () => temporaries(folders),
    (names) => names.length === 1,
  );
  socket.destroy();
  await gone(folders);
  expect(await namesOf(folders.uploads)).toEqual([]);
});

it('takes the uploads of others while a hundred drip', async () => {
  const server = await impatient({ uploadMs: 60_000 });
  for (let k = 0; k < 100; k++) {
    const { socket } = talk(server.port);
    socket.write(begun);
    drip(socket);
  }
  await until(
    () => temporaries(server.folders),
    (names) => names.length === 100,
  );
  expect((await upload(server, runsCsv(60, 1))).status).toBe(201);
  expect((await ask(server, 'GET', '/health')).status).toBe(200);
});

it('ends a connection whose body goes on after the answer', async () => {
  const { port } = await impatient({ bodyMs: 3000, uploadIdleMs: 5000 });
  const { socket, said, closed } = talk(port);
  socket.write(
    'POST /api/fits HTTP/1.1\r\nhost: localhost\r\norigin: http://evil.example\r\ncontent-type: application/json\r\ncontent-length: 1000000\r\n\r\n1',
  );
  drip(socket);
  await closed;
  expect(said()).toMatch(/^HTTP\/1\.1 403 /);
}, 20_000);
