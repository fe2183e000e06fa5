import type { FastifyReply } from 'fastify';
import { given } from '../../src/node/request/options.ts';
import { errorResponses } from '../schemas/error.ts';
import { accepted, backtestResult, comparisonResult } from '../schemas/job.ts';
import { createBacktest, createComparison } from '../schemas/work.ts';
import type { Jobs, Work } from '../jobs/jobs.ts';
import { answerOf } from './answerOf.ts';
import type { AddRoutes } from './routes.ts';
import { sendBytes } from './sendBytes.ts';

/** Answers with what the work gives, or with the job where it takes longer. */
async function answer<Reply extends FastifyReply>(jobs: Jobs, work: Work, wait: number, reply: Reply): Promise<Reply> {
  const { job, outcome } = await answerOf(jobs, work, wait);
  if (outcome?.result !== undefined) return sendBytes(reply, outcome.result);
  void reply.code(202).header('location', `/api/jobs/${job.id}`).send({ job });
  return reply;
}

/** `POST /api/backtests` and `POST /api/comparisons`. */
export const workRoutes: AddRoutes = (app, { datasets, jobs, long }) => {
  const description = 'Answers 200 with the result, or 202 with a job where it takes longer than `wait` seconds.';

  app.post(
    '/api/backtests',
    {
      schema: {
        tags: ['datasets'],
        summary: 'How well laws predict the runs beyond a cut',
        description,
        body: createBacktest,
        response: { 200: backtestResult, 202: accepted, ...errorResponses },
      },
    },
    async ({ body: { datasets: ids, wait = 1, cuts, ...request } }, reply) => {
      const files = await datasets.files(ids);
      const work: Work = {
        kind: 'backtest',
        title: `backtest of ${(request.laws ?? [request.law ?? 'chinchilla']).join(', ')} on ${files.map(({ name }) => name).join(', ')}`,
        run: async (signal, onProgress) => ({
          result: await long.run(
            'backtest',
            { files, request: { ...request, ...given({ cut: cuts }) } },
            { signal, onProgress },
          ),
        }),
      };
      return answer(jobs, work, wait, reply);
    },
  );

  app.post(
    '/api/comparisons',
    {
      schema: {
        tags: ['datasets'],
        summary: 'Whether one family of runs scales better than another',
        description,
        body: createComparison,
        response: { 200: comparisonResult, 202: accepted, ...errorResponses },
      },
    },
    async ({ body: { datasets: ids, wait = 1, ...request } }, reply) => {
      const files = await datasets.files(ids);
      const work: Work = {
        kind: 'compare',
        title: `comparison of ${files.map(({ name }) => name).join(', ')}`,
        run: async (signal, onProgress) => ({
          result: await long.run('compare', { files, request }, { signal, onProgress }),
        }),
      };
      return answer(jobs, work, wait, reply);
    },
  );
};
