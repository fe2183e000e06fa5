import { Type } from '@fastify/type-provider-typebox';
import type { Static } from '@fastify/type-provider-typebox';
import type { TObject } from 'typebox';
import { objectives } from '../../src/fit/objectives/index.ts';
import { solvers } from '../../src/fit/solvers/index.ts';
import { fitIdPattern } from '../../src/node/savedFits.ts';

/** Names and expressions come from people; longer ones are mistakes or attacks. */
const text = (description: string, maxLength = 2000, ...examples: string[]) =>
  Type.String({ minLength: 1, maxLength, description, ...(examples.length === 0 ? {} : { examples }) });

const name = Type.String({ minLength: 1, maxLength: 200 });
const mostNames = { maxProperties: 100 };

/** Id of a data set: the SHA-256 of its bytes. */
export const datasetId = Type.String({ pattern: '^[0-9a-f]{64}$', description: 'Id of a data set' });

/** Data sets that are read as one table, or as families. */
export const datasets = Type.Array(datasetId, { minItems: 1, maxItems: 100, description: 'Ids of data sets' });

/** Seconds that an answer may wait for the work before the work goes on as a job. */
export const wait = Type.Optional(
  Type.Number({
    minimum: 0,
    maximum: 10,
    description: 'Seconds to wait for the result before it becomes a job (default 1)',
  }),
);

/** Which rows are used, as the options of `isoflop fit`. */
export const dataOptions = {
  columns: Type.Optional(
    Type.Record(name, text('Column, or expression of columns', 500), {
      ...mostNames,
      description: 'Which column holds each quantity',
      examples: [{ params: 'size', loss: 'log(ppl)' }],
    }),
  ),
  where: Type.Optional(text('Condition that the rows have to fulfil', 2000, 'loss < 4 and family == "opt"')),
  dropTokens: Type.Optional(Type.Number({ description: 'Leave out checkpoints of up to this many tokens' })),
  afterWarmup: Type.Optional(
    Type.Union(
      [
        Type.Literal('learningRate'),
        Type.Object({ tokens: Type.Number() }, { additionalProperties: false }),
        Type.Object({ steps: Type.Number() }, { additionalProperties: false }),
      ],
      { description: 'Leave out the warm-up' },
    ),
  ),
  fromFraction: Type.Optional(Type.Number({ description: 'Leave out this first fraction of each run' })),
  lastPart: Type.Optional(Type.Number({ description: 'Keep this last part of each run' })),
  finals: Type.Optional(Type.Boolean({ description: 'Keep the last row of each run' })),
  thin: Type.Optional(Type.Integer({ description: 'Keep at most this many rows of each run' })),
  allCheckpoints: Type.Optional(Type.Boolean({ description: 'Keep the early checkpoints too' })),
  nearOptimal: Type.Optional(
    Type.Number({ description: 'Keep the runs within this share of the least loss of equal params and tokens' }),
  ),
  flopsPerToken: Type.Optional(Type.Number({ description: 'FLOP per parameter and token (default 6)' })),
  group: Type.Optional(text('Column whose rows are resampled together', 200)),
};

/** What is minimised. */
export const lawOptions = {
  law: Type.Optional(
    text('Id of a law (default chinchilla), or a formula', 2000, 'chinchilla', 'loss ~ E + A/params^alpha'),
  ),
  positive: Type.Optional(Type.Array(name, { maxItems: 100, description: 'Positive parameters of a formula' })),
  warmup: Type.Optional(
    Type.Integer({ minimum: 0, description: 'Steps of the warm-up, for laws of learning-rate schedules' }),
  ),
  runWeights: Type.Optional(Type.Boolean({ description: 'Let every run count the same' })),
  objective: Type.Optional(Type.Enum(objectives.map(({ id }) => id))),
  delta: Type.Optional(Type.Number({ description: 'Width of the quadratic zone of a Huber objective' })),
  start: Type.Optional(Type.Record(name, Type.Number(), { ...mostNames, description: 'A further starting point' })),
  fix: Type.Optional(Type.Record(name, Type.Number(), { ...mostNames, description: 'Parameters held at a value' })),
  tie: Type.Optional(Type.Record(name, name, { ...mostNames, description: 'Parameters that share a value' })),
  bounds: Type.Optional(
    Type.Record(name, Type.Tuple([Type.Number(), Type.Number()]), {
      ...mostNames,
      description: 'Ranges of parameters',
    }),
  ),
  solver: Type.Optional(Type.Enum(solvers.map(({ id }) => id))),
};

export const seed = Type.Optional(Type.Integer({ minimum: 0, description: 'Seed of the random numbers' }));
export const resampling = Type.Optional(Type.Enum(['cases', 'wild']));
export const level = Type.Optional(
  Type.Number({ exclusiveMinimum: 0, exclusiveMaximum: 1, description: 'Probability of the intervals' }),
);

/** A fit as it is asked for: data sets and all the options of `isoflop fit`. */
export const fitRequest = {
  datasets,
  ...dataOptions,
  ...lawOptions,
  covariance: Type.Optional(Type.Enum(['sandwich', 'classical'])),
  bootstrap: Type.Optional(
    Type.Integer({ minimum: 0, maximum: 1_000_000, description: 'Resamples; 0 takes errors from the covariance' }),
  ),
  resampling,
  confidence: level,
  seed,
  calibration: Type.Optional(
    Type.Boolean({ description: 'Backtests that say how far predictions can be trusted (default true)' }),
  ),
};

/** A fit as it is asked for. */
export type CreateFit = Static<TObject<typeof fitRequest>>;

/** A new id of a fit. */
export const newFitId = Type.String({
  pattern: fitIdPattern.source,
  maxLength: 200,
  description: 'Id: letters, digits, - _ and ., not first',
});
