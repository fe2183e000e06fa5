import type { FastifyInstance, FastifyRequest } from 'fastify';

/** Levels at which requests are told. */
const levels = new Set(['trace', 'debug', 'info']);

/** Longest address that is written out. */
const longest = 300;

/** Where an answer found its connection: bytes written before it. */
const before = Symbol('bytes written before');
interface Counted {
  [before]?: number;
}

/** The address without its query, which can hold anything. */
function pathOf(url: string): string {
  const end = url.indexOf('?');
  return end === -1 ? url.slice(0, longest) : url.slice(0, Math.min(end, longest));
}

/** Routes that are asked so often that their lines would bury the others. */
const isQuiet = (request: FastifyRequest): boolean => request.routeOptions.url === '/health';

/**
 * One line in the log for each finished request: its id, method, path, status, milliseconds and the bytes of the answer
 * as they went over the wire, headers included. A request that its client gave up has the status 499.
 */
export function addRequestLog(app: FastifyInstance): void {
  if (!levels.has(app.log.level)) return;

  /** What the answers on that connection came to since the last request; null without one, as when it is injected. */
  const bytesOf = (socket: { readonly bytesWritten?: number } & Counted): number | null => {
    const written = socket.bytesWritten;
    if (written === undefined) return null;
    const bytes = written - (socket[before] ?? 0);
    socket[before] = written;
    return bytes;
  };

  app.addHook('onResponse', (request, reply, done) => {
    const bytes = bytesOf(request.raw.socket);
    if (!isQuiet(request)) {
      const { id, method } = request;
      const ms = Math.round(reply.elapsedTime * 1e3) / 1e3;
      app.log.info({ id, method, path: pathOf(request.url), status: reply.statusCode, ms, bytes }, 'request');
    }
    done();
  });
  app.addHook('onRequestAbort', (request, done) => {
    const { id, method } = request;
    app.log.info({ id, method, path: pathOf(request.url), status: 499 }, 'request');
    done();
  });
}
