import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { packageRoot } from '../../src/node/packageRoot.ts';

/** A year; the names of these files hold a digest of their content, so another content is another address. */
const forGood = 'public, max-age=31536000, immutable';

/** The page, built and compressed to `dist/page`, Plotly included. */
export async function addPage(app: FastifyInstance): Promise<void> {
  await app.register(fastifyStatic, {
    root: join(packageRoot(), 'dist/page'),
    // `FILE.br` and `FILE.gz` lie beside each text.
    preCompressed: true,
    cacheControl: false,
    setHeaders: (reply, path) => {
      // The page itself keeps its name from version to version, so a browser asks whether it changed.
      reply.header('cache-control', /[\\/]assets[\\/]/.test(path) ? forGood : 'no-cache');
    },
    decorateReply: false,
    wildcard: true,
  });
}
