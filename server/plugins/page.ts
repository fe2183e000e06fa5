import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { packageRoot } from '../packageRoot.ts';

const require = createRequire(import.meta.url);

/** The page, built to `dist/page`, and Plotly out of its own package. */
export async function addPage(app: FastifyInstance): Promise<void> {
  await app.register(fastifyStatic, {
    root: join(packageRoot(), 'dist/page'),
    // The files keep their names from version to version, so a browser asks whether they changed.
    cacheControl: false,
    setHeaders: (reply) => {
      reply.header('cache-control', 'no-cache');
    },
    decorateReply: false,
    wildcard: true,
  });
  await app.register(fastifyStatic, {
    root: dirname(require.resolve('plotly.js-dist-min/plotly.min.js')),
    prefix: '/vendor/',
    // The page asks for /vendor/plotly.min.js?v=VERSION: another version is another address.
    allowedPath: (path) => path === '/plotly.min.js',
    immutable: true,
    maxAge: '365d',
    decorateReply: false,
  });
}
