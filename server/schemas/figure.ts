import { Type } from '@fastify/type-provider-typebox';
import { figures } from '../../src/plots/index.ts';
import { fitParams } from './quantities.ts';

/** A figure of a fit in an address. The name is checked by the table of figures, whose error lists the others. */
export const figureParams = Type.Object({
  ...fitParams.properties,
  figure: Type.String({
    maxLength: 60,
    description: `One of ${figures.map((figure) => figure.id).join(', ')}`,
    examples: figures.map((figure) => figure.id),
  }),
});

/** The figures, and which of them a fit has. */
export const figureList = Type.Object({
  figures: Type.Array(
    Type.Object({
      id: Type.String(),
      title: Type.String(),
      description: Type.String(),
      unavailable: Type.Union([Type.String(), Type.Null()], {
        description: 'Why this fit has no such figure; null where it has',
      }),
    }),
  ),
});
