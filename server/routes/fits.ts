import { fitToJson } from '../../src/report/json.ts';
import { formatReport } from '../../src/report/text.ts';
import { errorResponses } from '../schemas/error.ts';
import { fitDetail, fitList } from '../schemas/fit.ts';
import { fitParams } from '../schemas/quantities.ts';
import type { AddRoutes } from './routes.ts';

/** `GET /api/fits` and `GET /api/fits/:id`. */
export const fitRoutes: AddRoutes = (app, store) => {
  app.get(
    '/api/fits',
    { schema: { tags: ['fits'], summary: 'Every saved fit', response: { 200: fitList, ...errorResponses } } },
    async () => {
      const listed = await store.list();
      return {
        fits: listed.flatMap((entry) => {
          if (!('fit' in entry)) return [];
          const { law, status, points, objective, data } = entry.fit;
          return [{ id: entry.id, law, status, points, objective: objective.name, source: data.source }];
        }),
        broken: listed.flatMap((entry) => {
          if ('fit' in entry) return [];
          const { code, message, remedy } = entry.error;
          return [{ id: entry.id, error: { code, message, remedy } }];
        }),
      };
    },
  );

  app.get(
    '/api/fits/:id',
    {
      schema: {
        tags: ['fits'],
        summary: 'One fit, with its report',
        params: fitParams,
        response: { 200: fitDetail, ...errorResponses },
      },
    },
    async ({ params: { id } }) => {
      const fit = await store.get(id);
      return { id, fit: fitToJson(fit), report: formatReport(fit), command: fit.command };
    },
  );
};
