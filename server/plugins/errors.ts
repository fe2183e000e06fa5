import type { FastifyError, FastifyInstance, FastifyReply } from 'fastify';
import { IsoflopError } from '../../src/core/errors.ts';
import type { ErrorBody } from '../schemas/error.ts';

const body = (code: string, message: string, remedy: string): ErrorBody => ({ error: { code, message, remedy } });

/** What is wrong with a request, in words: the first violation of its schema, and where. */
function describeViolation(error: FastifyError): string {
  const [violation] = error.validation ?? [];
  const part = error.validationContext === 'querystring' ? 'query string' : (error.validationContext ?? 'request');
  const path = violation.instancePath.split('/').slice(1);
  // A property that a closed object does not have is held against the schema `false`.
  const unknown = violation.keyword === 'boolean' ? path.pop() : undefined;
  const where = path.length === 0 ? `The ${part}` : `${path.join('.')} in the ${part}`;
  const { requiredProperties } = violation.params as { readonly requiredProperties?: readonly string[] };
  if (unknown !== undefined) return `${where} has no property ${unknown}.`;
  if (requiredProperties !== undefined) return `${where} lacks ${requiredProperties.join(', ')}.`;
  return `${where} ${violation.message ?? 'is not valid'}.`;
}

/** The headers that tell a program what to do: when to come again, and how to show the token. */
function addHints({ http, details }: IsoflopError, reply: FastifyReply): void {
  if ('retryAfter' in details) reply.header('retry-after', details.retryAfter);
  if (http === 401) reply.header('www-authenticate', 'Bearer realm="isoflop"');
}

/**
 * Every error leaves as `{ error: { code, message, remedy } }`: those of the table with their own status, mistakes of
 * the request as 400s, and anything unforeseen as a 500 that tells the log everything and the client nothing.
 */
export function addErrors(app: FastifyInstance): void {
  app.setErrorHandler((error: FastifyError | IsoflopError, request, reply) => {
    if (error instanceof IsoflopError) {
      if (error.http >= 500) request.log.error({ id: request.id, err: error }, error.message);
      addHints(error, reply);
      return reply.code(error.http).send(body(error.code, error.statement, error.remedy));
    }
    if (error.validation !== undefined)
      return reply.code(400).send(body('REQUEST_INVALID', describeViolation(error), 'See /documentation.'));
    const status = error.statusCode ?? 500;
    if (status < 500) return reply.code(status).send(body('REQUEST_INVALID', error.message, 'See /documentation.'));
    request.log.error({ id: request.id, err: error }, error.message);
    return reply
      .code(500)
      .send(body('INTERNAL', 'The server failed.', `Its log has the reason, under request ${request.id}.`));
  });

  app.setNotFoundHandler((request, reply) => {
    const message = `There is no ${request.method} ${request.url.slice(0, 200)}.`;
    return reply.code(404).send(body('ROUTE_UNKNOWN', message, 'See /documentation.'));
  });
}
