import { parseQuantity } from '../../src/core/quantity.ts';
import { predictPoints } from '../../src/plan/predictPoints.ts';
import { predictionToJson, type PredictionJson } from '../../src/report/json.ts';
import { createLru } from '../lru.ts';
import type { StoredFit } from '../stores/fitStore.ts';
import { errorResponses } from '../schemas/error.ts';
import { batchPrediction, prediction, predictBody, predictQuery } from '../schemas/prediction.ts';
import { fitParams } from '../schemas/quantities.ts';
import { bodyUnchecked } from './bodyUnchecked.ts';
import type { AddRoutes, TypedServer } from './routes.ts';
import { sendBytes } from './sendBytes.ts';

/** Answers that are kept: a team asks about the same few models again and again. */
const mostAnswers = 5000;
/** Addresses longer than this are asked once. */
const longestKept = 500;

const inputs = ['params', 'tokens', 'flops'] as const;

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
      // Answers are shorter than what is worth compressing, and these questions have no body.
      compress: false,
      decompress: false,
      schema: {
        tags: ['fits'],
        summary: 'Loss of one model',
        description,
        params: fitParams,
        querystring: predictQuery,
        response: { 200: prediction, ...errorResponses },
      },
    },
    ({ params: { id }, query, raw }, reply) => {
      const answerOf = ({ stamp, fit }: StoredFit): PredictionJson => {
        const { url = '' } = raw;
        const key = stamp + url;
        let answer = answers.get(key);
        if (answer === undefined) {
          const [params, tokens, flops] = inputs.map((what) => read(query[what], what));
          const { confidence } = query;
          answer = JSON.stringify(predictionToJson(predictPoints(fit, [{ params, tokens, flops }], { confidence })));
          if (url.length < longestKept) answers.set(key, answer);
        }
        // The text is JSON already, which Fastify sends as it is.
        return answer as unknown as PredictionJson;
      };
      void reply.type('application/json; charset=utf-8');
      // Most fits are known, and then nothing has to be waited for.
      const known = fits.peek(id);
      if (known === undefined) return fits.get(id).then(answerOf);
      void reply.send(answerOf(known));
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
          description: `${description} Up to 100,000 points, as objects or, quicker, as columns. Losses are exact; of more than 500 different points the intervals of bootstrap draws, and calibrated ones, are interpolated, and the warning INTERVALS_INTERPOLATED says how far off they are.`,
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
