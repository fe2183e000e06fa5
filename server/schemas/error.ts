import { Type } from '@fastify/type-provider-typebox';
import type { Static } from '@fastify/type-provider-typebox';

/** How every error leaves the server. */
export const errorBody = Type.Object(
  {
    error: Type.Object({
      code: Type.String({ description: 'One of the table of errors', examples: ['QUANTITY_INVALID'] }),
      message: Type.String({ description: 'What happened, with the value, and what to do' }),
      remedy: Type.String({ description: 'What to do, alone' }),
    }),
  },
  { description: 'An error' },
);
export type ErrorBody = Static<typeof errorBody>;

/** Answers that every route can give, for the documentation. */
export const errorResponses = { '4xx': errorBody, '5xx': errorBody };
