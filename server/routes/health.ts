import { Type } from '@fastify/type-provider-typebox';
import { version } from '../../src/core/version.ts';
import type { AddRoutes } from './routes.ts';

/** `GET /health`: the server answers. */
export const healthRoutes: AddRoutes = (app) => {
  app.get(
    '/health',
    {
      schema: {
        tags: ['operation'],
        summary: 'Whether the server answers',
        response: { 200: Type.Object({ status: Type.Literal('ok'), version: Type.String() }) },
      },
    },
    () => ({ status: 'ok' as const, version }),
  );
};
