import { Type } from '@fastify/type-provider-typebox';
import type { PredictionJson } from '../../src/report/json.ts';
import { confidence, intervalOrNull, numberOrNull, quantityText, warning } from './quantities.ts';

/** Points that one request may ask for. */
export const maxPoints = 100_000;

/** One point in a query string. */
export const predictQuery = Type.Object(
  {
    params: Type.Optional(quantityText('Model size N, parameters', '70B')),
    tokens: Type.Optional(quantityText('Training tokens D', '1.4T')),
    flops: Type.Optional(quantityText('Training compute C, FLOP; alone, it means the optimal model', '5.76e23')),
    confidence,
  },
  { additionalProperties: false },
);

const point = Type.Object(
  {
    params: Type.Optional(Type.Number({ description: 'Model size N, parameters' })),
    tokens: Type.Optional(Type.Number({ description: 'Training tokens D' })),
    flops: Type.Optional(Type.Number({ description: 'Training compute C, FLOP' })),
  },
  { additionalProperties: Type.Number({ description: 'Another input of the law, by name' }) },
);

const column = (description: string) => Type.Array(Type.Number(), { minItems: 1, maxItems: maxPoints, description });

const calibratedAsked = Type.Optional(
  Type.Boolean({ description: 'Whether intervals that backtests support are wanted as well; they take the most time' }),
);

/** Many points in a body. */
export const predictPointsBody = Type.Object(
  { points: Type.Array(point, { minItems: 1, maxItems: maxPoints }), confidence, calibrated: calibratedAsked },
  { additionalProperties: false },
);

/** Many points as columns of equal length. */
export const predictColumnsBody = Type.Object(
  {
    columns: Type.Object(
      {
        params: Type.Optional(column('Model sizes N, parameters')),
        tokens: Type.Optional(column('Training tokens D')),
        flops: Type.Optional(column('Training compute C, FLOP')),
      },
      { additionalProperties: column('Another input of the law, by name') },
    ),
    confidence,
    calibrated: calibratedAsked,
  },
  { additionalProperties: false },
);

/** Many points in a body, as objects or as columns. */
export const predictBody = Type.Union([predictPointsBody, predictColumnsBody], {
  examples: [{ points: [{ params: 7e10, tokens: 1.4e12 }, { flops: 5.76e23 }] }],
});

const calibrated = Type.Object({
  loss: numberOrNull('Middle of the intervals'),
  mean: intervalOrNull('Interval of the mean over runs'),
  newRun: intervalOrNull('Interval of a single new run'),
  widening: Type.Number({ description: 'How much wider than estimated the backtests ask the intervals to be' }),
  backtests: Type.Number({ description: 'Backtests that asked about runs at a comparable distance' }),
  runs: Type.Number({ description: 'How many runs these were' }),
});

/** What `isoflop predict --json` prints. */
export const prediction = Type.Unsafe<PredictionJson>(
  Type.Object({
    response: Type.Optional(Type.String({ description: 'What is predicted, where it is not the loss' })),
    points: Type.Array(
      Type.Object(
        {
          params: numberOrNull('Model size N, parameters'),
          tokens: numberOrNull('Training tokens D'),
          flops: numberOrNull('Training compute C, FLOP'),
          loss: Type.Optional(Type.Number({ description: 'Expected loss, nats per token' })),
          interval: intervalOrNull('Interval of the loss'),
          calibrated: Type.Union([calibrated, Type.Null()], {
            description:
              'Intervals that backtests on the same runs support; null where the fit has none, or a batch did not ask for them',
          }),
          extrapolation: Type.Object(
            {
              flops: numberOrNull('Compute'),
              params: numberOrNull('Model size'),
              tokens: numberOrNull('Training tokens'),
            },
            {
              description:
                'Times the largest value in the data (above 1), a fraction of the smallest (below 1), or 1 inside; null where unknown',
            },
          ),
        },
        { additionalProperties: Type.Number({ description: 'Another input, or the response that the law predicts' }) },
      ),
    ),
    warnings: Type.Array(warning),
  }),
);

/** Many predictions, in the form in which the points came. */
export const batchPrediction = Type.Union([
  prediction,
  Type.Object({
    columns: Type.Record(Type.String(), Type.Array(numberOrNull('Value')), {
      description:
        'params, tokens, flops, other inputs, loss (or another response), lower, upper, extrapolation (of compute); newRunLower and newRunUpper where calibrated intervals were asked for',
    }),
    warnings: Type.Array(warning),
  }),
]);
