import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { IsoflopError } from '../../src/core/errors.ts';
import { errorResponses } from '../schemas/error.ts';
import { plotly } from '../schemas/figure.ts';
import { sweepDetail, sweepFigures, sweepList, sweepParams } from '../schemas/sweep.ts';
import { watchParams, watchQuery, watchState } from '../schemas/watch.ts';
import type { StoredSweep, SweepStore } from '../stores/sweepStore.ts';
import type { JsonBytes } from '../work/tasks.ts';
import { sendEvents } from './eventStream.ts';
import type { AddRoutes } from './routes.ts';
import { sendBytes } from './sendBytes.ts';

/** The sweep as JSON, now and after each change, until its folder cannot be read: whoever asks again is told why. */
async function* details(sweeps: SweepStore, id: string, gone: AbortSignal): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  try {
    for await (const { detail } of sweeps.follow(id, gone)) yield decoder.decode(detail);
  } catch (error) {
    if (!(error instanceof IsoflopError)) throw error;
  }
}

/** Answers 304 to a client that has this already. */
function sendStamped(
  request: FastifyRequest,
  reply: FastifyReply,
  { stamp }: Pick<StoredSweep, 'stamp'>,
  bytes: JsonBytes,
): FastifyReply {
  const tag = `W/"${createHash('sha256').update(stamp).digest('base64url').slice(0, 22)}"`;
  void reply.headers({ etag: tag, 'cache-control': 'private, no-cache' });
  if (request.headers['if-none-match'] === tag) return reply.code(304).send();
  return sendBytes(reply, bytes);
}

/** `/api/sweeps`: runs that are trained by `isoflop sweep` and `isoflop train` while one looks. */
export const sweepRoutes: AddRoutes = (app, { sweeps }) => {
  const tags = ['sweeps'];

  app.get(
    '/api/sweeps',
    {
      schema: {
        tags,
        summary: 'Sweeps and single runs: what runs first, then the latest',
        response: { 200: sweepList },
      },
    },
    async () => {
      const listed = await sweeps.list();
      return {
        sweeps: listed.flatMap((one) => ('error' in one ? [] : [one])),
        broken: listed.flatMap((one) => {
          if (!('error' in one)) return [];
          const { code, message, remedy } = one.error;
          return [{ id: one.id, error: { code, message, remedy } }];
        }),
      };
    },
  );

  app.get(
    '/api/sweeps/:id',
    {
      schema: {
        tags,
        summary: 'A sweep as it stands: its runs, the law of those that have ended, and what it predicts',
        params: sweepParams,
        response: { 200: sweepDetail, ...errorResponses },
      },
    },
    async (request, reply) => {
      const sweep = await sweeps.get(request.params.id);
      return sendStamped(request, reply, sweep, sweep.detail);
    },
  );

  app.get(
    '/api/sweeps/:id/figures',
    {
      schema: {
        tags,
        summary: 'Learning curves, and loss over size with the current law, as Plotly JSON',
        params: sweepParams,
        response: { 200: sweepFigures, ...errorResponses },
      },
    },
    async (request, reply) => {
      const sweep = await sweeps.get(request.params.id);
      return sendStamped(request, reply, sweep, sweep.figures);
    },
  );

  app.get(
    '/api/sweeps/:id/runs/:run/watch',
    {
      schema: {
        tags,
        summary:
          'A run as it stands: what was expected, what its end will be, alarms, and whether going on is worth it',
        params: watchParams,
        querystring: watchQuery,
        response: { 200: watchState, ...errorResponses },
      },
    },
    async (request, reply) => {
      const watch = await sweeps.watch(request.params.id, request.params.run, request.query);
      return sendStamped(request, reply, watch, watch.state);
    },
  );

  app.get(
    '/api/sweeps/:id/runs/:run/watch/figure',
    {
      schema: {
        tags,
        summary: 'The same as Plotly JSON',
        params: watchParams,
        querystring: watchQuery,
        response: { 200: plotly, ...errorResponses },
      },
    },
    async (request, reply) => {
      const watch = await sweeps.watch(request.params.id, request.params.run, request.query);
      return sendStamped(request, reply, watch, watch.figure);
    },
  );

  app.get(
    '/api/sweeps/:id/events',
    {
      schema: {
        tags,
        summary: 'A sweep as server-sent events',
        description: '`event: sweep` with what GET /api/sweeps/:id answers, now and on every change.',
        params: sweepParams,
        produces: ['text/event-stream'],
      },
    },
    async ({ params: { id } }, reply) => {
      await sweeps.get(id);
      return sendEvents(reply, 'sweep', (gone) => details(sweeps, id, gone));
    },
  );
};
