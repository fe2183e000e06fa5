import { Type, type Static } from '@fastify/type-provider-typebox';
import type { Plan } from '../../src/plan/budget/plan.ts';
import { plotly } from './figure.ts';
import { confidence, quantityText } from './quantities.ts';

const optional = (description: string, ...examples: string[]) => Type.Optional(quantityText(description, ...examples));
const share = (description: string) => Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 1, description }));

/** What a plan may cost, what it has to reach, and what is at hand. */
export const planBody = Type.Object(
  {
    flops: optional('Most compute, of training and serving together, FLOP', '5.76e23'),
    acceleratorHours: optional('Most hours of one accelerator', '1M'),
    money: optional('Most money, in the currency of the price', '2M'),
    days: optional('Longest training, days of wall-clock time', '30'),
    targetLoss: optional('Loss to reach at the least cost, nats per token', '1.95'),
    matchParams: optional('Reach the loss of the compute-optimal model of this size', '30B'),
    inferenceTokens: optional('Tokens to be served in its life', '10T'),
    uniqueTokens: optional('Distinct tokens there are', '500B'),
    maxEpochs: optional('Most times the distinct tokens are seen', '4'),
    minParams: optional('Smallest model', '1B'),
    maxParams: optional('Largest model', '70B'),
    minTokens: optional('Fewest tokens', '100B'),
    maxTokens: optional('Most tokens', '15T'),
    servingMemory: optional('Bytes for the weights where it is served', '80e9'),
    bytesPerParam: optional('Bytes of a parameter there', '2'),
    machine: Type.Optional(
      Type.Object(
        {
          accelerator: Type.String({ minLength: 1, maxLength: 60, examples: ['h100-sxm'] }),
          count: optional('Accelerators at hand', '1024'),
          trainingMfu: share('Share of the peak that training reaches'),
          inferenceMfu: share('Share of the peak that serving reaches'),
          price: optional('Money for an hour of one accelerator', '2.5'),
          tokensPerAccelerator: optional('Fewest tokens of a step that keep one busy', '4096'),
        },
        { additionalProperties: false },
      ),
    ),
    context: optional('Tokens in a sequence', '4096'),
    shapes: Type.Optional(
      Type.String({ minLength: 1, maxLength: 60, description: 'Family of shapes: llama-2, llama-3, gpt-3 or small' }),
    ),
    within: optional('What counts as near-optimal, a share of the loss', '0.01'),
    confidence,
  },
  { additionalProperties: false, examples: [{ flops: '5.76e23', maxParams: '30B', inferenceTokens: '1T' }] },
);
export type PlanBody = Static<typeof planBody>;

/** A plan, its figure, and what people read. */
export const planAnswer = Type.Object({
  plan: Type.Unsafe<Plan>(
    Type.Record(Type.String(), Type.Unknown(), { description: 'What `isoflop plan --json` prints' }),
  ),
  figure: plotly,
  report: Type.String({ description: 'What `isoflop plan` prints' }),
});

/** The accelerators that plans know. */
export const acceleratorList = Type.Object({
  accelerators: Type.Array(
    Type.Object({
      id: Type.String(),
      name: Type.String(),
      peakFlops: Type.Number({ description: 'Peak of dense matrix products in 16 bits, FLOP/s' }),
      memory: Type.Number({ description: 'Bytes' }),
      trainingMfu: Type.Number(),
      inferenceMfu: Type.Number(),
      pricePerHour: Type.Union([Type.Number(), Type.Null()]),
      source: Type.String(),
    }),
  ),
});
