import Type, { type Static } from 'typebox';
import { runSchema } from '../runSchema.ts';
import { resourcesSchema } from './resourcesSchema.ts';

const quantity = Type.Union([Type.Number({ exclusiveMinimum: 0 }), Type.String({ minLength: 1 })]);
const many = <T extends Type.TSchema>(item: T, description: string) =>
  Type.Optional(Type.Array(item, { minItems: 1, maxItems: 1000, description }));
const { model, strategies } = runSchema.properties;

/** The YAML of a sweep: a run, and lists whose product is the runs; `runs` adds single ones. */
export const sweepSchema = Type.Object(
  {
    name: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$', description: 'Default: sweep' })),
    base: Type.Object({}, { description: 'What all runs have in common, as in the YAML of a run' }),
    sizes: many(quantity, 'Parameters N; layers and width are chosen to come near'),
    models: many(Type.Partial(model), 'Models in place of sizes'),
    tokens: many(quantity, 'Tokens D'),
    tokensPerParam: many(Type.Number({ exclusiveMinimum: 0 }), 'Tokens as multiples of the parameters'),
    seeds: many(Type.Integer({ minimum: 0 }), 'Seeds'),
    rates: many(Type.Number({ exclusiveMinimum: 0 }), 'Peak learning rates'),
    batches: many(Type.Integer({ minimum: 1 }), 'Rows of a step'),
    strategies: Type.Optional(
      Type.Array(Type.Union([Type.String({ minLength: 1 }), strategies]), {
        minItems: 1,
        maxItems: 100,
        description: 'Strategies, or lists of those that are used together; each is a family',
      }),
    ),
    runs: many(Type.Object({}), 'Further runs, each what differs from base'),
    resources: Type.Optional(resourcesSchema),
  },
  { additionalProperties: false },
);
export type SweepInput = Static<typeof sweepSchema>;
