import { loadAccelerators } from '../../src/node/accelerators.ts';
import { errorResponses } from '../schemas/error.ts';
import { acceleratorList, planAnswer, planBody } from '../schemas/plan.ts';
import { fitParams } from '../schemas/quantities.ts';
import type { AddRoutes } from './routes.ts';
import { sendBytes } from './sendBytes.ts';

/** `POST /api/fits/:id/plan` and `GET /api/accelerators`. */
export const planRoutes: AddRoutes = (app, { fits, quick }) => {
  app.post(
    '/api/fits/:id/plan',
    {
      schema: {
        tags: ['fits'],
        summary: 'The next run under limits of compute, time, money, data and size',
        params: fitParams,
        body: planBody,
        response: { 200: planAnswer, ...errorResponses },
      },
    },
    async ({ params: { id }, body }, reply) => {
      const { path, stamp } = await fits.get(id);
      return sendBytes(reply, await quick.run('plan', { fit: { path, stamp }, body }));
    },
  );

  app.get(
    '/api/accelerators',
    {
      schema: {
        tags: ['fits'],
        summary: 'Accelerators that plans know',
        response: { 200: acceleratorList, ...errorResponses },
      },
    },
    async () => ({ accelerators: await loadAccelerators() }),
  );
};
