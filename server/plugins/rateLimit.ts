import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { IsoflopError } from '../../src/core/errors.ts';
import { isProtected } from './protectedRoute.ts';

/** Requests that one client may make in a minute where the server is reachable for others: 20 a second. */
export const defaultRate = 1200;
/** Uploads that one client may make in a minute, wherever there is a limit. */
export const uploadsPerMinute = 30;

const isUpload = ({ method, headers }: FastifyRequest): boolean =>
  method === 'POST' && (headers['content-type'] ?? '').startsWith('multipart/');

/**
 * Limits how many requests one client (an IPv4 address or an IPv6 /64) may make under /api and for /metrics, and how
 * many uploads, in a minute. The page's own files and /health are not counted.
 *
 * @param perMinute - requests a minute; 0 counts nothing
 * @throws {@link IsoflopError} in requests: `RATE_LIMITED`
 */
export async function addRateLimit(app: FastifyInstance, perMinute: number): Promise<void> {
  if (perMinute === 0) return;
  if (!app.hasDecorator('createRateLimit')) await app.register(rateLimit, { global: false });
  const kinds = [
    { what: 'requests', limit: perMinute, counts: isProtected },
    { what: 'uploads', limit: Math.min(uploadsPerMinute, perMinute), counts: isUpload },
  ].map((kind) => ({ ...kind, count: app.createRateLimit({ max: kind.limit, timeWindow: 60_000 }) }));

  app.addHook('onRequest', async (request) => {
    for (const { what, limit, counts, count } of kinds) {
      if (!counts(request)) continue;
      const found = await count(request);
      if (!found.isAllowed && found.isExceeded)
        throw new IsoflopError('RATE_LIMITED', { what, limit, retryAfter: Math.max(1, found.ttlInSeconds) });
    }
  });
}
