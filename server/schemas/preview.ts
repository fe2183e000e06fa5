import { Type } from '@fastify/type-provider-typebox';
import type { Static } from '@fastify/type-provider-typebox';
import type { TObject } from 'typebox';
import { quantityText } from './quantities.ts';

/** What a preview gives besides the fit. */
export const previewExtras = {
  figures: Type.Optional(
    Type.Array(Type.String({ maxLength: 60 }), { maxItems: 20, description: 'Ids of figures to draw' }),
  ),
  run: Type.Optional(
    Type.String({ minLength: 1, maxLength: 200, description: 'Run whose learning curve is extrapolated' }),
  ),
  predict: Type.Optional(
    Type.Object(
      {
        params: Type.Optional(quantityText('Model size N, parameters', '70B')),
        tokens: Type.Optional(quantityText('Training tokens D', '1.4T')),
        flops: Type.Optional(quantityText('Training compute C, FLOP', '5.76e23')),
      },
      { additionalProperties: false, description: 'A point to predict' },
    ),
  ),
};
export type PreviewExtras = Static<TObject<typeof previewExtras>>;
