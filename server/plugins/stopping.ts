import type { FastifyInstance } from 'fastify';
import { IsoflopError } from '../../src/core/errors.ts';
import { version } from '../../src/core/version.ts';

/** Time after which a client may look for the server again, in seconds. */
const retryAfter = 5;

/**
 * From the moment the server is told to stop, requests that still arrive on open connections are refused: /health says
 * `stopping`, by which a proxy knows to send its clients elsewhere, and the others get `SERVER_STOPPING`. Those in flight
 * finish.
 */
export function addStopping(app: FastifyInstance): void {
  let stopping = false;
  app.addHook('preClose', (done) => {
    stopping = true;
    done();
  });
  app.addHook('onRequest', (request, reply, done) => {
    if (!stopping) {
      done();
      return;
    }
    reply.header('connection', 'close');
    if (request.routeOptions.url !== '/health') {
      done(new IsoflopError('SERVER_STOPPING', { retryAfter }));
      return;
    }
    // Past the route's schema, which knows only the answer of a server that runs.
    const body = JSON.stringify({ status: 'stopping', version });
    void reply.code(503).header('retry-after', retryAfter).type('application/json').serializer(String).send(body);
  });
}
