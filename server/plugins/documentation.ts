import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { version } from '../../src/core/version.ts';

/** The OpenAPI 3.1 document of every route registered afterwards, and its pages at /documentation. */
export async function addDocumentation(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'isoflop',
        version,
        description:
          'Saved fits of neural scaling laws: look at them, predict with them, plan with them. Quantities in a query string take suffixes (70B, 1.4T, 5.76e23).',
        license: { name: 'MIT', identifier: 'MIT' },
      },
      tags: [
        { name: 'fits', description: 'Saved fits: reports, predictions, plans and figures' },
        { name: 'datasets', description: 'CSV files of runs: upload, look at, backtest, compare' },
        { name: 'jobs', description: 'Work that goes on after its request' },
        { name: 'sweeps', description: 'Runs that are trained, while they are trained' },
        { name: 'laws', description: 'Laws that can be fitted' },
        { name: 'operation', description: 'The server itself' },
      ],
    },
  });
  await app.register(swaggerUi, {
    routePrefix: '/documentation',
    // The first keeps Swagger UI from asking another host to check the document, the second from showing a logo.
    uiConfig: { validatorUrl: null, layout: 'BaseLayout', docExpansion: 'list' },
  });
}
