import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { IsoflopError } from '../../src/core/errors.ts';
import { createLru } from '../lru.ts';
import { errorResponses } from '../schemas/error.ts';
import { figureList, figureParams, figureQuery, overlayQuery, plotly } from '../schemas/figure.ts';
import type { FigureQuery } from '../schemas/figure.ts';
import { allowPicture } from '../plugins/security.ts';
import { fitParams } from '../schemas/quantities.ts';
import type { JsonBytes } from '../work/tasks.ts';
import type { AddRoutes } from './routes.ts';
import { sendBytes } from './sendBytes.ts';

/** Figures that are kept drawn. */
const mostDrawn = 100;

/** The figures of fits, drawn in threads and kept until their fit changes. */
export const figureRoutes: AddRoutes = (app, { fits, quick }) => {
  const drawn = createLru<string, Promise<JsonBytes>>(mostDrawn);
  const lists = createLru<string, Promise<readonly Listed[]>>(mostDrawn);
  type Listed = Awaited<ReturnType<typeof quick.run<'figures'>>>['list'][number];

  const keyOf = (stamps: string, figure: string, { confidence, run, format }: FigureQuery): string =>
    JSON.stringify([stamps, figure, confidence, run, format ?? 'json']);

  const draw = (key: string, make: () => Promise<JsonBytes>): Promise<JsonBytes> => {
    const known = drawn.get(key);
    if (known !== undefined) return known;
    const made = make();
    drawn.set(key, made);
    made.catch(() => {
      drawn.delete(key);
    });
    return made;
  };

  /** Answers 304 to a browser that has the figure as it is. */
  const send = async (
    request: FastifyRequest,
    reply: FastifyReply,
    key: string,
    format: FigureQuery['format'],
    make: () => Promise<JsonBytes>,
  ): Promise<FastifyReply> => {
    const tag = `W/"${createHash('sha256').update(key).digest('base64url').slice(0, 22)}"`;
    void reply.headers({ etag: tag, 'cache-control': 'private, no-cache' });
    if (request.headers['if-none-match'] === tag) return reply.code(304).send();
    const bytes = await draw(key, make);
    if (format !== 'svg') return sendBytes(reply, bytes);
    allowPicture(reply);
    return sendBytes(reply, bytes, 'image/svg+xml');
  };

  app.get(
    '/api/fits/:id/figures',
    {
      schema: {
        tags: ['fits'],
        summary: 'Figures of a fit',
        params: fitParams,
        response: { 200: figureList, ...errorResponses },
      },
    },
    async ({ params: { id } }) => {
      const { path, stamp } = await fits.get(id);
      const key = `${path} ${stamp}`;
      const known = lists.get(key);
      if (known !== undefined) return { figures: [...(await known)] };
      const built = quick.run('figures', { path, stamp });
      const list = built.then(({ list }) => list);
      lists.set(key, list);
      list.catch(() => {
        lists.delete(key);
      });
      // Whoever asks for the list asks for the figures next.
      for (const [figure, bytes] of Object.entries((await built).drawn))
        drawn.set(keyOf(key, figure, {}), Promise.resolve(bytes));
      return { figures: [...(await list)] };
    },
  );

  app.get(
    '/api/fits/:id/figures/:figure',
    {
      schema: {
        tags: ['fits'],
        summary: 'One figure as Plotly JSON, or as SVG',
        params: figureParams,
        querystring: figureQuery,
        response: { 200: plotly, ...errorResponses },
      },
    },
    async (request, reply) => {
      const { id, figure } = request.params;
      const { path, stamp } = await fits.get(id);
      const { query } = request;
      return send(request, reply, keyOf(`${path} ${stamp}`, figure, query), query.format, () =>
        quick.run('figure', { fit: { path, stamp }, figure, query }),
      );
    },
  );

  app.get(
    '/api/overlay',
    {
      schema: {
        tags: ['fits'],
        summary: 'Several fits in one figure',
        querystring: overlayQuery,
        response: { 200: plotly, ...errorResponses },
      },
    },
    async (request, reply) => {
      const { fits: names, ...query } = request.query;
      const ids = [...new Set(names.split(',').map((name) => name.trim()))];
      if (ids.length < 2 || ids.length > 8)
        throw new IsoflopError('REQUEST_INVALID', {
          message: `The figure compares two to eight fits, but ${String(ids.length)} ${ids.length === 1 ? 'is' : 'are'} named.`,
          remedy: 'Name them with commas between, each once.',
        });
      const files = await Promise.all(
        ids.map(async (id) => {
          const { path, stamp } = await fits.get(id);
          return { name: id, path, stamp };
        }),
      );
      const stamps = files.map(({ path, stamp }) => `${path} ${stamp}`).join(' ');
      return send(request, reply, keyOf(stamps, 'overlay', query), query.format, () =>
        quick.run('overlay', { fits: files, query }),
      );
    },
  );
};
