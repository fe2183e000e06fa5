import type { IncomingMessage, ServerResponse } from 'node:http';
import { Server as NetServer } from 'node:net';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { Limits } from '../limits.ts';
import { refuseConnection } from '../refuseConnection.ts';

/** An open connection and what last happened on it. */
interface Connection {
  /** The request on it, finished or not. */
  request: IncomingMessage | undefined;
  response: ServerResponse | undefined;
  /** The request whose body is being watched, since when (ms), the bytes it had, and since when it has had them. */
  watched: IncomingMessage | undefined;
  since: number;
  bytes: number;
  idleSince: number;
}

/** Whether the body of the connection's request still has to arrive, answered or not: a refusal may come before its end. */
const isReceiving = ({ request }: Connection): boolean =>
  request !== undefined && !request.complete && !request.destroyed;

/** Largest body whose rest is let by when its answer comes early, so that the connection can be used again. */
const largestPassing = 4 * 2 ** 20;

/** Whether more may still come of a request's body than is let by. */
const isLargeRest = ({ complete, headers }: IncomingMessage): boolean =>
  !complete && (headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > largestPassing);

/** Milliseconds that a client has to read an answer that came before it had sent all of its request. */
const lingeringMs = 2000;

/**
 * Lets a connection that ends after an answer stay half open while its request still arrives: to close it under a client
 * that sends would take the answer away from it, so that it learns nothing of why it was refused.
 *
 * @see RFC 9112, section 9.6
 */
function closeInStages(socket: Socket, connection: Connection): void {
  const destroySoon = socket.destroySoon.bind(socket);
  // What Node calls when the answer has been written and the connection is not kept.
  socket.destroySoon = () => {
    if (!isReceiving(connection)) {
      destroySoon();
      return;
    }
    socket.end();
    setTimeout(() => socket.destroy(), lingeringMs).unref();
  };
}

/** Whether the connection's request still waits for its answer or the rest of it. */
const isAnswering = ({ response }: Connection): boolean =>
  response !== undefined && !response.writableFinished && !response.destroyed;

/**
 * Looks after the connections of a server, which costs its requests next to nothing:
 *
 * - a body that pauses for longer than `uploadIdleMs`, or takes longer than `uploadMs` (`bodyMs` unless it is an upload),
 *   is answered with `REQUEST_SLOW` and its connection closed; Node itself does this for headers;
 * - an answer that comes before a large body has arrived ends the connection, says so, and gets through;
 * - when the server stops, it takes no more connections, requests in flight have `stopMs` to finish, and then all
 *   connections close.
 *
 * What has to end before that, such as jobs and the streams about them, ends in a `preClose` hook of `app` itself.
 */
export function addConnectionCare(app: FastifyInstance, limits: Limits): void {
  const connections = new Map<Socket, Connection>();
  const { server } = app;
  server.maxConnections = limits.connections;

  server.on('connection', (socket: Socket) => {
    const none = { request: undefined, response: undefined, watched: undefined };
    const connection: Connection = { ...none, since: 0, bytes: 0, idleSince: 0 };
    connections.set(socket, connection);
    closeInStages(socket, connection);
    socket.once('close', () => connections.delete(socket));
  });
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const connection = connections.get(request.socket);
    if (connection === undefined) return;
    connection.request = request;
    connection.response = response;
  });

  app.addHook('onSend', (request, reply, _payload, done) => {
    if (isLargeRest(request.raw)) reply.header('connection', 'close');
    done();
  });

  const checkBody = (socket: Socket, connection: Connection, now: number): void => {
    if (!isReceiving(connection)) return;
    const { request } = connection;
    // What arrived but was not taken yet is not the client's delay.
    const moved = socket.bytesRead !== connection.bytes || request?.readableLength !== 0;
    if (connection.watched !== request) Object.assign(connection, { watched: request, since: now });
    else if (!moved && now - connection.idleSince < limits.uploadIdleMs) return;
    if (moved) Object.assign(connection, { bytes: socket.bytesRead, idleSince: now });
    const isUpload = request?.headers['content-type']?.startsWith('multipart/') === true;
    if (
      now - connection.since < (isUpload ? limits.uploadMs : limits.bodyMs) &&
      now - connection.idleSince < limits.uploadIdleMs
    )
      return;
    app.log.warn({ method: request?.method, route: request?.url?.split('?', 1)[0] }, 'body too slow');
    refuseConnection(socket, 'body', connection.response?.headersSent === true);
  };

  /** Often enough that a limit is kept to a quarter. */
  const period = Math.max(20, Math.min(1000, limits.uploadIdleMs, limits.bodyMs, limits.uploadMs) / 4);
  let sweep: NodeJS.Timeout | undefined;
  app.addHook('onListen', (done) => {
    sweep = setInterval(() => {
      const now = performance.now();
      for (const [socket, connection] of connections) checkBody(socket, connection, now);
    }, period).unref();
    done();
  });

  let stopAt = 0;
  app.addHook('preClose', (done) => {
    stopAt = performance.now() + limits.stopMs;
    // Stops listening only. The server's own close() would drop the connections that wait for their next request as
    // well; those may ask /health in the meantime and learn that it stops.
    if (server.listening) NetServer.prototype.close.call(server);
    done();
  });
  // A plugin's hooks run after those of the plugin around it: jobs are cancelled by then, and the streams about them end.
  app.register((inner, _options, registered) => {
    inner.addHook('preClose', (done) => {
      const check = (): void => {
        const busy = [...connections.values()].some(isAnswering);
        if (busy && performance.now() < stopAt) return;
        if (busy) app.log.warn('stopped before all requests had finished');
        clearInterval(waiting);
        clearInterval(sweep);
        // Browsers open connections ahead of need; they must not keep the server from stopping.
        for (const socket of connections.keys()) socket.destroy();
        done();
      };
      const waiting = setInterval(check, 20);
      check();
    });
    registered();
  });
}
