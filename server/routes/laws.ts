import { laws } from '../../src/laws/index.ts';
import { lawList } from '../schemas/law.ts';
import type { AddRoutes } from './routes.ts';

const limit = (bound: number): number | null => (Number.isFinite(bound) ? bound : null);

/** `GET /api/laws`: what can be fitted. */
export const lawRoutes: AddRoutes = (app) => {
  app.get(
    '/api/laws',
    { schema: { tags: ['laws'], summary: 'Laws that can be fitted', response: { 200: lawList } } },
    () => ({
      laws: laws.map(({ id, title, formula, reference, inputs, response, params, published }) => ({
        id,
        title,
        formula,
        reference,
        inputs: [...inputs],
        response,
        params: params.map(({ name, unit, description, bounds: [lower, upper] }) => ({
          name,
          unit,
          description,
          lower: limit(lower),
          upper: limit(upper),
        })),
        published: published.map(({ stderr, ...fit }) => ({
          ...fit,
          params: { ...fit.params },
          ...(stderr === undefined ? {} : { stderr: { ...stderr } }),
        })),
      })),
    }),
  );
};
