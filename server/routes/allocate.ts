import { parseQuantity } from '../../src/core/quantity.ts';
import { allocate } from '../../src/plan/allocate.ts';
import { allocationToJson } from '../../src/report/json.ts';
import { allocateQuery, allocation } from '../schemas/allocation.ts';
import { errorResponses } from '../schemas/error.ts';
import { fitParams } from '../schemas/quantities.ts';
import type { AddRoutes } from './routes.ts';

/** `GET /api/fits/:id/allocate`. */
export const allocateRoutes: AddRoutes = (app, { fits }) => {
  app.get(
    '/api/fits/:id/allocate',
    {
      schema: {
        tags: ['fits'],
        summary: 'The best model for a budget of compute',
        params: fitParams,
        querystring: allocateQuery,
        response: { 200: allocation, ...errorResponses },
      },
    },
    async ({ params: { id }, query: { flops, confidence } }) => {
      const { fit } = await fits.get(id);
      const budget = parseQuantity(flops, 'flops');
      return allocationToJson(allocate(fit, budget, confidence === undefined ? {} : { confidence }));
    },
  );
};
