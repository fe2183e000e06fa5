import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';

const sane = /^[A-Za-z0-9._-]{1,64}$/;

/** Tells the requests of this process from those of the one before in the same log. */
const prefix = randomBytes(4).toString('hex');
let count = 0;

/**
 * The id of a request: the one that a proxy gave it in `x-request-id`, unless that could be anything but a plain id, or
 * a new one.
 */
export function requestId({ headers }: IncomingMessage): string {
  const given = headers['x-request-id'];
  if (typeof given === 'string' && sane.test(given)) return given;
  count += 1;
  return `${prefix}-${count.toString(36)}`;
}

/** Every answer says the id of its request, by which its line in the log is found. */
export function addRequestId(app: FastifyInstance): void {
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id);
    done();
  });
}
