import type { FastifyInstance, FastifyReply } from 'fastify';

/**
 * The page and the documentation load everything from this server. Plotly and Swagger UI set styles inline; Plotly makes
 * its downloads from blob: and data: addresses.
 */
const pagePolicy = [
  "default-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Data load nothing and are part of no page, should a browser be made to show them as one. */
const dataPolicy = "default-src 'none'; frame-ancestors 'none'";

/** An SVG figure, opened by itself, styles its own parts. */
const figurePolicy = `${dataPolicy}; style-src 'unsafe-inline'`;

const isData = (address: string): boolean =>
  address.startsWith('/api/') || address === '/health' || address === '/metrics';

/** Headers that keep a browser from loading, guessing or embedding what it should not; few of them for data, which are asked for often. */
export function addSecurityHeaders(app: FastifyInstance): void {
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-content-type-options', 'nosniff');
    reply.header('cross-origin-resource-policy', 'same-origin');
    if (isData(request.raw.url ?? '')) reply.header('content-security-policy', dataPolicy);
    else
      reply.headers({
        'content-security-policy': pagePolicy,
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
      });
    done();
  });
}

/** Lets an answer that is a picture show as one. */
export function allowPicture(reply: FastifyReply): void {
  reply.header('content-security-policy', figurePolicy);
}
