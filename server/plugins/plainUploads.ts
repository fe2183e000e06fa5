import type { FastifyInstance } from 'fastify';
import { IsoflopError } from '../../src/core/errors.ts';

/**
 * Refuses uploads that are compressed as a whole. Bodies of JSON may be, and are unpacked up to their limit; a form is read
 * from the connection as it comes, past what unpacks, and such a request would never get its answer.
 *
 * @throws {@link IsoflopError} in requests: `UPLOAD_INVALID`
 */
export function addPlainUploads(app: FastifyInstance): void {
  app.addHook('onRequest', (request, _reply, done) => {
    const { 'content-type': type, 'content-encoding': encoding } = request.raw.headers;
    const isPacked = encoding !== undefined && encoding !== 'identity' && /^multipart\//i.test(type ?? '');
    done(
      isPacked
        ? new IsoflopError('UPLOAD_INVALID', { reason: `it is compressed (${encoding.slice(0, 60)})` })
        : undefined,
    );
  });
}
