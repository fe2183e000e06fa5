import { Type } from '@fastify/type-provider-typebox';
import { dataOptions, datasets, lawOptions, level, resampling, seed, wait } from './fitRequest.ts';

const names = (description: string) =>
  Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 2000 }), { minItems: 1, maxItems: 50, description }));
const numbers = (description: string) =>
  Type.Optional(Type.Array(Type.Number({ exclusiveMinimum: 0 }), { minItems: 1, maxItems: 100, description }));
const quantity = (description: string) => Type.Optional(Type.Number({ exclusiveMinimum: 0, description }));

/** A backtest as it is asked for: data sets and all the options of `isoflop backtest`. */
export const createBacktest = Type.Object(
  {
    datasets,
    ...dataOptions,
    ...lawOptions,
    laws: names('Laws that are compared; or one with `law`'),
    holdout: Type.Optional(Type.Enum(['flops', 'size', 'tokens'])),
    cuts: numbers('Fit below each of these values and predict from it on; by default at wide gaps in the data'),
    confidence: level,
    matrix: Type.Optional(Type.Boolean({ description: 'Errors by number of sizes and share of training' })),
    experiment: Type.Optional(Type.Enum(['grow', 'window', 'shrink', 'own'])),
    models: numbers('Numbers of sizes in the rows of the matrix'),
    window: Type.Optional(Type.Integer({ minimum: 1 })),
    shares: numbers('Shares of training in its columns'),
    fractionOf: Type.Optional(Type.Enum(['run', 'family'])),
    testFrom: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
    wait,
  },
  { additionalProperties: false },
);

/** A comparison as it is asked for: data sets and all the options of `isoflop compare`. */
export const createComparison = Type.Object(
  {
    datasets,
    ...dataOptions,
    ...lawOptions,
    family: Type.Optional(
      Type.String({ minLength: 1, maxLength: 200, description: 'Column that tells families apart' }),
    ),
    baseline: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: 'Default: the first' })),
    path: Type.Optional(Type.String({ minLength: 1, maxLength: 60, examples: ['frontier', 'tokens-per-param=20'] })),
    at: numbers('Compute at which the multiplier is wanted'),
    params: quantity('With tokens: a design at which multipliers are wanted'),
    tokens: quantity('With params: a design at which multipliers are wanted'),
    share: names('Parameters that all families have in common in the second fit; ["none"] for no such fit'),
    pair: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: 'Column whose values pair runs' })),
    resampling,
    bootstrap: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000, description: 'Default 1,000' })),
    confidence: level,
    equalWithin: Type.Optional(Type.Number({ minimum: 0, description: 'Default 0.05' })),
    seed,
    wait,
  },
  { additionalProperties: false },
);
