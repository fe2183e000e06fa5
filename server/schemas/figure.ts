import { Type } from '@fastify/type-provider-typebox';
import type { Static } from '@fastify/type-provider-typebox';
import { figures } from '../../src/plots/index.ts';
import { confidence, fitParams } from './quantities.ts';

/** A figure of a fit in an address. The name is checked by the table of figures, whose error lists the others. */
export const figureParams = Type.Object({
  ...fitParams.properties,
  figure: Type.String({
    maxLength: 60,
    description: `One of ${figures.map((figure) => figure.id).join(', ')}`,
    examples: figures.map((figure) => figure.id),
  }),
});

/** How a figure is drawn. */
export const figureQuery = Type.Object(
  {
    confidence,
    run: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 200,
        description: 'Run (or size, such as 70B) whose learning curve is extrapolated',
      }),
    ),
    format: Type.Optional(Type.Enum(['json', 'svg'], { description: 'Plotly JSON (default) or an SVG picture' })),
  },
  { additionalProperties: false },
);
export type FigureQuery = Static<typeof figureQuery>;

/** Fits in one figure. */
export const overlayQuery = Type.Object(
  {
    ...figureQuery.properties,
    fits: Type.String({
      minLength: 1,
      maxLength: 2000,
      description: 'Ids of two to eight fits, with commas between',
      examples: ['besiroglu-2024,hoffmann-2022'],
    }),
  },
  { additionalProperties: false },
);

/** Plotly JSON. The text is made once, so no serializer is derived from this. */
export const plotly = Type.Object(
  {
    data: Type.Array(Type.Record(Type.String(), Type.Unknown())),
    layout: Type.Record(Type.String(), Type.Unknown()),
    config: Type.Record(Type.String(), Type.Unknown()),
  },
  { description: 'A figure for Plotly.newPlot; with format=svg the answer is image/svg+xml' },
);

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

/** A figure with what a page needs to show it. */
export const titledFigure = Type.Object({ id: Type.String(), description: Type.String(), figure: plotly });
