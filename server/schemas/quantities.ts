import { Type } from '@fastify/type-provider-typebox';
import { fitIdPattern } from '../../src/node/savedFits.ts';

/** The id of a fit in an address: a file name without its ending. */
export const fitParams = Type.Object({
  id: Type.String({ pattern: fitIdPattern.source, description: 'Id of the fit: its file name without .json' }),
});

/** A quantity in a query string, read by parseQuantity. */
export const quantityText = (description: string, ...examples: string[]) =>
  Type.String({ minLength: 1, maxLength: 60, description, examples });

/** Level of the intervals; the fit's own where it is not given. */
export const confidence = Type.Optional(
  Type.Number({
    exclusiveMinimum: 0,
    exclusiveMaximum: 1,
    description: "Level of the intervals, 0 to 1; the fit's own unless given",
  }),
);

/** A number, or null where it is not known. */
export const numberOrNull = (description: string) => Type.Union([Type.Number(), Type.Null()], { description });

/** A text, or null where there is none. */
export const textOrNull = (description: string) => Type.Union([Type.String(), Type.Null()], { description });

/** Both ends of an interval, or null where there is none. */
export const intervalOrNull = (description: string) =>
  Type.Union([Type.Array(Type.Number(), { minItems: 2, maxItems: 2 }), Type.Null()], { description });

/** A warning of the table. */
export const warning = Type.Object({
  code: Type.String({ examples: ['EXTRAPOLATION'] }),
  level: Type.Enum(['info', 'warning', 'error']),
  message: Type.String(),
  remedy: Type.String(),
  numbers: Type.Optional(
    Type.Record(Type.String(), Type.Number(), { description: 'The numbers of the message, by name' }),
  ),
});
