import { Type } from '@fastify/type-provider-typebox';
import { IsoflopError } from '../../src/core/errors.ts';
import type { Fit } from '../../src/fit/result.ts';
import { buildFigure, figures } from '../../src/plots/index.ts';
import { errorResponses } from '../schemas/error.ts';
import { figureList, figureParams } from '../schemas/figure.ts';
import { fitParams } from '../schemas/quantities.ts';
import type { AddRoutes } from './routes.ts';

/** `GET /api/fits/:id/figures` and `GET /api/fits/:id/figures/:figure`. */
export const figureRoutes: AddRoutes = (app, store) => {
  // Text of the figures already built; it goes when the store lets go of the fit.
  const built = new WeakMap<Fit, Map<string, string>>();

  const figureText = (fit: Fit, id: string): string => {
    const texts = built.get(fit) ?? new Map<string, string>();
    built.set(fit, texts);
    const text = texts.get(id) ?? JSON.stringify(buildFigure(fit, id));
    texts.set(id, text);
    return text;
  };

  const whyUnavailable = (fit: Fit, id: string): string | null => {
    try {
      figureText(fit, id);
      return null;
    } catch (error) {
      if (error instanceof IsoflopError && error.code === 'FIGURE_UNAVAILABLE') return error.message;
      throw error;
    }
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
      const fit = await store.get(id);
      return {
        figures: figures.map(({ id: figure, title, description }) => ({
          id: figure,
          title,
          description,
          unavailable: whyUnavailable(fit, figure),
        })),
      };
    },
  );

  app.get(
    '/api/fits/:id/figures/:figure',
    {
      schema: {
        tags: ['fits'],
        summary: 'One figure as Plotly JSON',
        params: figureParams,
        response: { 200: Type.Unsafe<string>({ type: 'object', description: 'Plotly: { data, layout, config }' }) },
      },
    },
    async ({ params: { id, figure } }, reply) => {
      const text = figureText(await store.get(id), figure);
      // The text is JSON already: a serializer would only parse and print it again.
      return reply.type('application/json; charset=utf-8').serializer(String).send(text);
    },
  );
};
