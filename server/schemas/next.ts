import { Type } from '@fastify/type-provider-typebox';
import type { Figure } from '../../src/plots/figure.ts';
import type { NextRuns } from '../../src/plan/next/types.ts';
import { plotly } from './figure.ts';
import { confidence, quantityText, warning } from './quantities.ts';

/** What a request may ask for at most, so that every answer is quick: the work grows with the square of both. */
const most = { candidates: 500, sizes: 100, runs: 40 };

const quantity = (description: string, example: string) => Type.Optional(quantityText(description, example));
const count = (description: string) => Type.Optional(Type.Integer({ minimum: 1, maximum: most.runs, description }));
const end = Type.Array(Type.Number(), { minItems: 2, maxItems: 2 });

/** A target, a budget and constraints. */
export const nextBody = Type.Object(
  {
    target: Type.Object(
      {
        flops: quantity('The best model for this compute, FLOP', '1e24'),
        params: quantity('or a model of this size', '70B'),
        tokens: quantity('and these tokens', '1.4T'),
      },
      { additionalProperties: false, description: 'flops, or params and tokens' },
    ),
    budget: quantityText('FLOP that all runs together may cost', '1e22'),
    criterion: Type.Optional(
      Type.Enum(['loss', 'params'], { description: 'What shall be known better: the loss there, or the best size' }),
    ),
    errors: Type.Optional(
      Type.Enum(['calibrated', 'coefficients'], { description: 'Which errors count; calibrated where the fit was' }),
    ),
    minParams: quantity('Smallest model', '100M'),
    maxParams: quantity('Largest model', '7B'),
    maxRunFlops: quantity('Most FLOP of one run; half of the budget unless given', '1e21'),
    tokensPerParam: Type.Optional(
      Type.Array(Type.Number(), { minItems: 2, maxItems: 2, description: 'Fewest and most tokens per parameter' }),
    ),
    sizes: Type.Optional(
      Type.Array(quantityText('Size', '1B'), {
        minItems: 1,
        maxItems: most.sizes,
        description: 'The sizes that can be trained',
      }),
    ),
    candidates: Type.Optional(
      Type.Array(
        Type.Object(
          { params: Type.Number(), tokens: Type.Number(), flops: Type.Optional(Type.Number()) },
          { additionalProperties: false },
        ),
        { minItems: 1, maxItems: most.candidates, description: 'The runs that can be trained' },
      ),
    ),
    maxRuns: count('Most runs, seeds counted; 16 unless given'),
    seeds: count('Most runs of one shape; 1 unless given'),
    batch: count('Runs that start together; all unless given'),
    confidence,
    figure: Type.Optional(Type.Boolean({ description: 'Whether a figure of the plan is wanted as well' })),
  },
  { additionalProperties: false },
);

const interval = (description: string) =>
  Type.Object(
    {
      halfWidth: Type.Number({ description: 'Half width in the logarithm, or in the response of raw fits' }),
      interval: end,
    },
    { description },
  );
const shape = { params: Type.Number(), tokens: Type.Number(), flops: Type.Number() };

/** A plan with its figure, where that was asked for. */
export type NextAnswer = NextRuns & { readonly figure?: Figure };

/** What `isoflop next --json` prints, and the figure. */
export const nextAnswer = Type.Unsafe<NextAnswer>(
  Type.Object({
    target: Type.Object({ ...shape, loss: Type.Number() }),
    criterion: Type.String(),
    errors: Type.String(),
    confidence: Type.Number(),
    scale: Type.String(),
    noise: Type.Number({ description: 'Standard deviation of one run' }),
    budget: Type.Number(),
    flops: Type.Number({ description: 'FLOP of the chosen runs' }),
    runs: Type.Array(
      Type.Object({
        run: Type.Integer({ description: 'Place in the order in which they are worth their compute' }),
        ...shape,
        tokensPerParam: Type.Number(),
        seed: Type.Integer(),
        batch: Type.Integer(),
        after: Type.Number({ description: 'Expected half width with this run and those before it' }),
        without: Type.Number({ description: 'Expected half width with all others' }),
        saves: Type.Number({ description: 'Share that the run takes off the interval that the others leave' }),
        savesPerPercent: Type.Number({ description: 'The same for each 1% of the budget' }),
      }),
    ),
    before: interval('Today'),
    after: interval('Expected with the runs'),
    limit: interval('If every allowed shape were trained without noise'),
    candidates: Type.Integer({ description: 'Shapes that were compared' }),
    rivals: Type.Array(
      Type.Object({
        name: Type.String(),
        runs: Type.Array(Type.Object(shape)),
        flops: Type.Number(),
        halfWidth: Type.Number(),
      }),
      { description: 'What usual designs of the same cost are expected to give' },
    ),
    warnings: Type.Array(warning),
    figure: Type.Optional(plotly),
  }),
);
