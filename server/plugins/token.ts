import { hash, timingSafeEqual } from 'node:crypto';
import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance } from 'fastify';
import { IsoflopError } from '../../src/core/errors.ts';
import { isProtected } from './protectedRoute.ts';

/** Wrong tokens that one client may show in a minute. */
export const wrongTokensPerMinute = 20;

const digest = (text: string): Buffer => hash('sha256', text, 'buffer');

/**
 * Requests under /api and for /metrics have to show the token, as `Authorization: Bearer TOKEN`.
 *
 * Digests are compared, in constant time, so that the time tells nothing about how much of a token was right. A client
 * that showed too many wrong ones in a minute is refused unheard for the rest of it: were a right token heard still, the
 * limit would not slow down who tries them all.
 *
 * @throws {@link IsoflopError} in requests: `TOKEN_REQUIRED`, `TOKEN_WRONG`, `RATE_LIMITED`
 */
export async function addToken(app: FastifyInstance, token: string): Promise<void> {
  if (!app.hasDecorator('createRateLimit')) await app.register(rateLimit, { global: false });
  const wrongTokens = app.createRateLimit({ max: wrongTokensPerMinute, timeWindow: 60_000 });
  const expected = digest(token);
  /** Clients that showed a wrong token lately; those without get by the bookkeeping. */
  let lastWrong = -Infinity;

  app.addHook('onRequest', (request, _reply, done) => {
    if (!isProtected(request)) {
      done();
      return;
    }
    const shown = /^bearer +(\S+) *$/i.exec(request.raw.headers.authorization ?? '')?.[1];
    if (shown === undefined) {
      done(new IsoflopError('TOKEN_REQUIRED', { scheme: 'Bearer' }));
      return;
    }
    const right = timingSafeEqual(digest(shown), expected);
    const now = performance.now();
    if (!right) lastWrong = now;
    if (now - lastWrong > 60_000) {
      done();
      return;
    }
    wrongTokens(request, { increment: !right }).then(
      (count) => {
        // Reading finds the limit reached where counting finds it exceeded.
        if (!count.isAllowed && (right ? count.remaining === 0 : count.isExceeded))
          done(
            new IsoflopError('RATE_LIMITED', {
              what: 'wrong tokens',
              limit: wrongTokensPerMinute,
              retryAfter: Math.max(1, count.ttlInSeconds),
            }),
          );
        else done(right ? undefined : new IsoflopError('TOKEN_WRONG', { scheme: 'Bearer' }));
      },
      (error: unknown) => {
        done(error as Error);
      },
    );
  });
}
