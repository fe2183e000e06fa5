import { Type } from '@fastify/type-provider-typebox';
import { numberOrNull } from './quantities.ts';

/** Laws that can be fitted. */
export const lawList = Type.Object({
  laws: Type.Array(
    Type.Object({
      id: Type.String(),
      title: Type.String(),
      formula: Type.String({ description: 'TeX' }),
      reference: Type.Object({
        title: Type.String(),
        arxiv: Type.Optional(Type.String()),
        section: Type.Optional(Type.String()),
      }),
      inputs: Type.Array(Type.Object({ name: Type.String(), symbol: Type.String(), unit: Type.String() })),
      response: Type.Object({ name: Type.String(), symbol: Type.String(), unit: Type.String() }),
      params: Type.Array(
        Type.Object({
          name: Type.String(),
          unit: Type.String(),
          description: Type.String(),
          lower: numberOrNull('Smallest value; null without limit'),
          upper: numberOrNull('Largest value; null without limit'),
        }),
      ),
      published: Type.Array(
        Type.Object({
          id: Type.String(),
          source: Type.String(),
          arxiv: Type.Optional(Type.String()),
          params: Type.Record(Type.String(), Type.Number()),
          stderr: Type.Optional(Type.Record(Type.String(), Type.Number())),
          verified: Type.Boolean({ description: 'Whether the numbers were recomputed from public data or code' }),
          note: Type.String(),
        }),
      ),
    }),
  ),
});
