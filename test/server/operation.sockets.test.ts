import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import Fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import { describe, expect, it, onTestFinished } from 'vitest';
import { limitsWith } from '../../server/limits.ts';
import type { Limits } from '../../server/limits.ts';
import { addErrors } from '../../server/plugins/errors.ts';
import { addOperation } from '../../server/plugins/operation.ts';
import { fastifyOptions } from '../../server/server.ts';

/** A server with short limits that listens, and its port. */
async function listening(limits: Partial<Limits>): Promise<{ server: FastifyInstance; port: number }> {
  const server: FastifyInstance = Fastify(fastifyOptions(limitsWith(limits), undefined));
  await server.register(async (app) => {
    addErrors(app);
    await addOperation(app, { limits });
    app.get('/health', () => ({ status: 'ok' }));
    app.post('/api/echo', (request) => request.body);
    app.get('/api/slow', async (request) => {
      const { ms } = request.query as { ms: string };
      await new Promise((resolve) => setTimeout(resolve, Number(ms)));
      return { slow: true };
    });
  });
  onTestFinished(() => server.close());
  await server.listen({ port: 0, host: '127.0.0.1' });
  return { server, port: (server.server.address() as { port: number }).port };
}

/** A connection and all that came back on it. */
function talk(port: number): { socket: Socket; said: () => string; closed: Promise<unknown> } {
  const socket = connect(port, '127.0.0.1').on('error', () => undefined);
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  return { socket, said: () => text, closed: once(socket, 'close') };
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const get = (path: string): string => `GET ${path} HTTP/1.1\r\nhost: localhost\r\n\r\n`;
const post = (length: number): string =>
  `POST /api/echo HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${String(length)}\r\n\r\n`;

describe('slow clients', () => {
  it('have to finish their headers', async () => {
    const { port } = await listening({ headersMs: 200 });
    const { socket, said, closed } = talk(port);
    socket.write('GET /health HTTP/1.1\r\nhost: loc');
    await closed;
    expect(said()).toMatch(/^HTTP\/1\.1 408 [\s\S]*"code":"REQUEST_SLOW"[\s\S]*headers/);
  });

  it('may not pause in a body', async () => {
    const { port } = await listening({ uploadIdleMs: 200 });
    const { socket, said, closed } = talk(port);
    socket.write(`${post(100)}{"a":`);
    await closed;
    expect(said()).toMatch(/^HTTP\/1\.1 408 [\s\S]*"code":"REQUEST_SLOW"[\s\S]*body/);
  });

  it('may not drip a body for ever', async () => {
    const { port } = await listening({ uploadIdleMs: 5000, bodyMs: 300 });
    const { socket, said, closed } = talk(port);
    socket.write(`${post(1000)}{"a":"`);
    const drip = setInterval(() => socket.write('x'), 20);
    await closed;
    clearInterval(drip);
    expect(said()).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('are waited for while they go on', async () => {
    const { port } = await listening({ uploadIdleMs: 200 });
    const { socket, said } = talk(port);
    const body = JSON.stringify({ text: 'y'.repeat(20) });
    socket.write(post(body.length));
    for (const character of body) {
      socket.write(character);
      await sleep(20);
    }
    await sleep(300);
    expect(said()).toMatch(/^HTTP\/1\.1 200 /);
    socket.destroy();
  });

  it('are not the ones who wait for a slow answer', async () => {
    const { port } = await listening({ uploadIdleMs: 100, bodyMs: 100, headersMs: 100 });
    expect(await (await fetch(`http://127.0.0.1:${String(port)}/api/slow?ms=600`)).json()).toEqual({ slow: true });
  });

  it('who send no HTTP are told so', async () => {
    const { port } = await listening({});
    const { socket, said, closed } = talk(port);
    socket.write('hello\r\n\r\n');
    await closed;
    expect(said()).toMatch(/^HTTP\/1\.1 400 [\s\S]*"code":"REQUEST_INVALID"/);
  });
});

describe('stopping', () => {
  it('finishes what is in flight, says so on open connections, and closes the idle ones', async () => {
    const { server, port } = await listening({ stopMs: 5000 });
    const slow = talk(port);
    const open = talk(port);
    const unused = talk(port);
    open.socket.write(get('/health'));
    slow.socket.write(get('/api/slow?ms=600'));
    await sleep(150);
    expect(open.said()).toContain('"status":"ok"');
    const started = performance.now();
    const stopped = server.close();
    await sleep(100);
    open.socket.write(get('/health'));
    await sleep(100);
    expect(open.said()).toMatch(/HTTP\/1\.1 503 [\s\S]*"status":"stopping"/);
    await expect(fetch(`http://127.0.0.1:${String(port)}/health`)).rejects.toThrow();
    await Promise.all([stopped, slow.closed, open.closed, unused.closed]);
    expect(slow.said()).toMatch(/^HTTP\/1\.1 200 [\s\S]*"slow":true/);
    expect(performance.now() - started).toBeLessThan(2500);
  });

  it('ends at the deadline what does not finish', async () => {
    const { server, port } = await listening({ stopMs: 300 });
    const slow = talk(port);
    slow.socket.write(get('/api/slow?ms=3000'));
    await sleep(150);
    const started = performance.now();
    await server.close();
    await slow.closed;
    expect(performance.now() - started).toBeLessThan(2000);
    expect(slow.said()).toBe('');
  });

  it('tells other requests on open connections to come again', async () => {
    const { server, port } = await listening({ stopMs: 5000 });
    const slow = talk(port);
    const open = talk(port);
    slow.socket.write(get('/api/slow?ms=500'));
    open.socket.write(get('/health'));
    await sleep(150);
    const stopped = server.close();
    await sleep(50);
    open.socket.write(get('/api/slow?ms=1'));
    await sleep(100);
    expect(open.said()).toMatch(/HTTP\/1\.1 503 [\s\S]*retry-after: 5[\s\S]*SERVER_STOPPING/);
    await stopped;
  });
});
