import { parseQuantity } from '../../src/core/quantity.ts';
import { predictPoints } from '../../src/plan/predictPoints.ts';
import { predictionToJson, type PredictionJson } from '../../src/report/json.ts';
import { createLru } from '../lru.ts';
import { errorResponses } from '../schemas/error.ts';
import { batchPrediction, prediction, predictBody, predictQuery } from '../schemas/prediction.ts';
import { fitParams } from '../schemas/quantities.ts';
import { bodyUnchecked } from './bodyUnchecked.ts';
import type { AddRoutes, TypedServer } from './routes.ts';
import { sendBytes } from './sendBytes.ts';

/** Answers that are kept: a team asks about the same few models again and again. */
const mostAnswers = 5000;

const description =
  'Any two of params, tokens and flops give the third; flops alone means the compute-optimal model. Laws of one quantity take that quantity alone.';

/** `GET` and `POST /api/fits/:id/predict`. */
export const predictRoutes: AddRoutes = (app, { fits, quick }) => {
  const answers = createLru<string, string>(mostAnswers);
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
    async ({ params: { id }, query: { params, tokens, flops, confidence } }, reply) => {
      const { stamp, fit } = await fits.get(id);
      const key = `${id} ${stamp} ${params ?? ''} ${tokens ?? ''} ${flops ?? ''} ${String(confidence)}`;
      let answer = answers.get(key);
      if (answer === undefined) {
        const point = { params: read(params, 'params'), tokens: read(tokens, 'tokens'), flops: read(flops, 'flops') };
        answer = JSON.stringify(predictionToJson(predictPoints(fit, [point], { confidence })));
        answers.set(key, answer);
      }
      // The text is JSON already: a serializer would only parse and print it again.
      return reply
        .type('application/json; charset=utf-8')
        .serializer(String)
        .send(answer as unknown as PredictionJson);
    },
  );

  void app.register((batches: TypedServer, _options, done) => {
    // The bytes go to a thread, which parses and checks them: many points would keep this one busy.
    batches.removeContentTypeParser('application/json');
    batches.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, parsed) => {
      parsed(null, body);
    });
    batches.post(
      '/api/fits/:id/predict',
      {
        validatorCompiler: bodyUnchecked,
        schema: {
          tags: ['fits'],
          summary: 'Loss of many models',
          description: `${description} Up to 100,000 points, as objects or, quicker, as columns.`,
          params: fitParams,
          body: predictBody,
          response: { 200: batchPrediction, ...errorResponses },
        },
      },
      async ({ params: { id }, body }, reply) => {
        const { path, stamp } = await fits.get(id);
        // The parser above gives bytes, whatever the schema of the documentation says.
        return sendBytes(reply, await quick.run('predict', { fit: { path, stamp }, body: body as unknown as Buffer }));
      },
    );
    done();
  });
};
