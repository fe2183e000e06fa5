import { Readable } from 'node:stream';
import { errorResponses } from '../schemas/error.ts';
import { job, jobList, jobParams, type Job } from '../schemas/job.ts';
import type { AddRoutes } from './routes.ts';
import { sendBytes } from './sendBytes.ts';

/** A proxy closes a stream that is silent for long; this many milliseconds pass between two signs of life. */
const heartbeatMs = 15_000;

/** Jobs as server-sent events, with a comment now and then while nothing happens. */
async function* events(jobs: AsyncGenerator<Job>): AsyncGenerator<string> {
  let next = jobs.next();
  for (;;) {
    let timer: NodeJS.Timeout | undefined;
    const silence = new Promise<'silence'>((resolve) => {
      timer = setTimeout(resolve, heartbeatMs, 'silence');
    });
    const came = await Promise.race([next, silence]);
    clearTimeout(timer);
    if (came === 'silence') yield ': still there\n\n';
    else if (came.done === true) return;
    else {
      yield `event: job\ndata: ${JSON.stringify(came.value)}\n\n`;
      next = jobs.next();
    }
  }
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
      const gone = new AbortController();
      reply.raw.once('close', () => {
        gone.abort();
      });
      jobs.get(id);
      return reply
        .type('text/event-stream')
        .header('cache-control', 'no-cache, no-transform')
        .send(Readable.from(events(jobs.follow(id, gone.signal))));
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
