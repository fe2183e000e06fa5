import { Type } from '@fastify/type-provider-typebox';
import type { Static } from '@fastify/type-provider-typebox';
import { errorBody } from './error.ts';
import { datasetId } from './fitRequest.ts';
import { numberOrNull } from './quantities.ts';

const summary = {
  id: datasetId,
  name: Type.String({ description: 'Name of the file' }),
  bytes: Type.Integer(),
  origin: Type.Enum(['uploaded', 'folder'], { description: 'Only what was uploaded can be deleted' }),
  created: Type.String({ description: 'ISO 8601' }),
};

/** A data set in the list. */
export const datasetSummary = Type.Object(summary);
export type DatasetSummary = Static<typeof datasetSummary>;

/** A data set, its columns, and which quantities were recognised in them. */
export const datasetDetail = Type.Object({
  ...summary,
  rows: Type.Integer(),
  columns: Type.Array(
    Type.Object({
      name: Type.String(),
      kind: Type.Enum(['number', 'text', 'empty']),
      filled: Type.Integer({ description: 'Cells that are not blank' }),
      distinct: Type.Union([Type.Integer(), Type.Null()], { description: 'Different values; null above 50' }),
      min: numberOrNull('Smallest number'),
      max: numberOrNull('Largest number'),
      examples: Type.Array(Type.String()),
    }),
  ),
  quantities: Type.Record(Type.String(), Type.String(), { description: 'Quantity to the column that holds it' }),
  ambiguous: Type.Record(Type.String(), Type.Array(Type.String()), {
    description: 'Quantities that several columns could hold: name one in `columns` of a fit',
  }),
  derived: Type.Array(Type.String(), { description: 'Of params, tokens and flops, the one that follows' }),
  problem: Type.Union([errorBody.properties.error, Type.Null()], {
    description: 'Why no law of params and tokens could be fitted without naming columns',
  }),
});
export type DatasetDetail = Static<typeof datasetDetail>;

export const datasetList = Type.Object({ datasets: Type.Array(datasetSummary) });

export const datasetParams = Type.Object({ id: datasetId });
