import { errorResponses } from '../schemas/error.ts';
import { job, jobList, jobParams, type Job } from '../schemas/job.ts';
import { sendEvents } from './eventStream.ts';
import type { AddRoutes } from './routes.ts';
import { sendBytes } from './sendBytes.ts';

/** A job as JSON, now and after each change. */
async function* details(jobs: AsyncGenerator<Job>): AsyncGenerator<string> {
  for await (const one of jobs) yield JSON.stringify(one);
}

/** `/api/jobs`: work that goes on after the request that asked for it. */
export const jobRoutes: AddRoutes = (app, { jobs }) => {
  const tags = ['jobs'];

  app.get(
    '/api/jobs',
    { schema: { tags, summary: 'Jobs that wait, run or ended lately', response: { 200: jobList } } },
    () => ({ jobs: jobs.list() }),
  );

  app.get(
    '/api/jobs/:id',
    { schema: { tags, summary: 'One job', params: jobParams, response: { 200: job, ...errorResponses } } },
    ({ params: { id } }) => jobs.get(id),
  );

  app.get(
    '/api/jobs/:id/result',
    {
      schema: {
        tags,
        summary: 'What a backtest or a comparison gave',
        description: 'The body that POST /api/backtests or POST /api/comparisons would have answered.',
        params: jobParams,
      },
    },
    async ({ params: { id } }, reply) => {
      const { fit, result } = jobs.outcome(id);
      if (result !== undefined) return sendBytes(reply, result);
      return reply.redirect(`/api/fits/${fit ?? ''}`);
    },
  );

  app.get(
    '/api/jobs/:id/events',
    {
      schema: {
        tags,
        summary: 'A job as server-sent events, until it has ended',
        description: '`event: job` with the job as JSON, now and on every change.',
        params: jobParams,
        produces: ['text/event-stream'],
      },
    },
    ({ params: { id } }, reply) => {
      jobs.get(id);
      return sendEvents(reply, 'job', (gone) => details(jobs.follow(id, gone)));
    },
  );

  app.delete(
    '/api/jobs/:id',
    { schema: { tags, summary: 'Cancel a job', params: jobParams, response: { 200: job, ...errorResponses } } },
    async ({ params: { id } }) => {
      jobs.cancel(id);
      // A thread takes a moment to end.
      return jobs.settled(id, 1000);
    },
  );
};
