import type { Socket } from 'node:net';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { lineWriterOf } from '../logger.ts';

/** Levels at which requests are told. */
const levels = new Set(['trace', 'debug', 'info']);

/** Longest address that is written out. */
const longest = 300;

/** What the log has to know of a connection. */
const before = Symbol('bytes written before the answer');
const current = Symbol('request in flight, null when it was given up');
interface Watched {
  [before]?: number;
  [current]?: FastifyRequest | null | undefined;
}

/** The address as JSON, without its query, which can hold anything. */
function pathOf(url: string): string {
  const end = url.indexOf('?');
  const path = url.slice(0, end === -1 ? longest : Math.min(end, longest));
  return /^[\w\-./:~%]*$/.test(path) ? `"${path}"` : JSON.stringify(path);
}

/** What the answers on a connection came to since the last request; null without one, as when it is injected. */
function bytesOf(socket: { readonly bytesWritten?: number } & Watched): number | null {
  const written = socket.bytesWritten;
  if (written === undefined) return null;
  const bytes = written - (socket[before] ?? 0);
  socket[before] = written;
  return bytes;
}

/** Asked so often that its lines would bury the others. */
const isQuiet = ({ raw }: FastifyRequest): boolean => raw.url === '/health';

let lastMs = 0;
let lastTime = '';

/** Now, as ISO 8601; many requests end within one millisecond. */
function now(): string {
  const ms = Date.now();
  if (ms !== lastMs) {
    lastMs = ms;
    lastTime = new Date(ms).toISOString();
  }
  return lastTime;
}

/**
 * One line in the log for each finished request: its id, method, path, status, milliseconds and the bytes of the answer
 * as they went over the wire, headers included. A request that its client gave up has the status 499.
 */
export function addRequestLog(app: FastifyInstance): void {
  const write = lineWriterOf(app.log);
  if (write === undefined || !levels.has(app.log.level)) return;

  const tell = ({ id, method, url }: FastifyRequest, status: number, rest: string): void => {
    // Ids are plain (requestId) and methods are Node's own; only the path can hold what JSON has to escape.
    const request = `"id":"${id}","method":"${method}","path":${pathOf(url)},"status":${String(status)}`;
    write(`{"level":"info","time":"${now()}",${request}${rest},"message":"request"}\n`);
  };
  // One listener for each connection: Fastify's onRequestAbort has one for each request, which costs as much as all of this.
  app.server.on('connection', (socket: Socket & Watched) => {
    socket.once('close', () => {
      const { [current]: request } = socket;
      if (request === undefined || request === null) return;
      socket[current] = null;
      tell(request, 499, '');
    });
  });
  app.addHook('onRequest', (request, _reply, done) => {
    (request.raw.socket as Watched)[current] = request;
    done();
  });
  app.addHook('onResponse', (request, reply, done) => {
    const { socket }: { socket: Socket & Watched } = request.raw;
    if (socket[current] === null) {
      done();
      return;
    }
    socket[current] = undefined;
    const bytes = bytesOf(socket);
    const ms = Math.round(reply.elapsedTime * 1e3) / 1e3;
    if (!isQuiet(request)) tell(request, reply.statusCode, `,"ms":${String(ms)},"bytes":${String(bytes)}`);
    done();
  });
}
