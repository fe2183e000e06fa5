import { parseQuantity } from '../../src/core/quantity.ts';
import { predictPoints } from '../../src/plan/predictPoints.ts';
import { predictionToJson } from '../../src/report/json.ts';
import { errorResponses } from '../schemas/error.ts';
import { prediction, predictBody, predictQuery } from '../schemas/prediction.ts';
import { fitParams } from '../schemas/quantities.ts';
import type { AddRoutes } from './routes.ts';

const description =
  'Any two of params, tokens and flops give the third; flops alone means the compute-optimal model. Laws of one quantity take that quantity alone.';

/** `GET` and `POST /api/fits/:id/predict`. */
export const predictRoutes: AddRoutes = (app, store) => {
  const read = (text: string | undefined, what: string): number | undefined =>
    text === undefined ? undefined : parseQuantity(text, what);

  app.get(
    '/api/fits/:id/predict',
    {
      schema: {
        tags: ['fits'],
        summary: 'Loss of one model',
        description,
        params: fitParams,
        querystring: predictQuery,
        response: { 200: prediction, ...errorResponses },
      },
    },
    async ({ params: { id }, query }) => {
      const fit = await store.get(id);
      const point = {
        params: read(query.params, 'params'),
        tokens: read(query.tokens, 'tokens'),
        flops: read(query.flops, 'flops'),
      };
      return predictionToJson(predictPoints(fit, [point], { confidence: query.confidence }));
    },
  );

  app.post(
    '/api/fits/:id/predict',
    {
      schema: {
        tags: ['fits'],
        summary: 'Loss of many models',
        description,
        params: fitParams,
        body: predictBody,
        response: { 200: prediction, ...errorResponses },
      },
    },
    async ({ params: { id }, body }) =>
      predictionToJson(predictPoints(await store.get(id), body.points, { confidence: body.confidence })),
  );
};
