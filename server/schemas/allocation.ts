import { Type } from '@fastify/type-provider-typebox';
import type { Allocation } from '../../src/plan/allocate.ts';
import { confidence, intervalOrNull, quantityText } from './quantities.ts';

/** A budget in a query string. */
export const allocateQuery = Type.Object(
  { flops: quantityText('Training compute C, FLOP', '5.76e23'), confidence },
  { additionalProperties: false },
);

/** What `isoflop allocate --json` prints. */
export const allocation = Type.Unsafe<Allocation>(
  Type.Object({
    flops: Type.Number({ description: 'Training compute C, FLOP' }),
    params: Type.Number({ description: 'Optimal model size N*, parameters' }),
    tokens: Type.Number({ description: 'Optimal training tokens D*' }),
    tokensPerParam: Type.Number({ description: 'D* / N*' }),
    loss: Type.Number({ description: 'Expected loss at the optimum, nats per token' }),
    intervals: Type.Object({
      params: intervalOrNull('Interval of N*'),
      tokens: intervalOrNull('Interval of D*'),
      tokensPerParam: intervalOrNull('Interval of D* / N*'),
      loss: intervalOrNull('Interval of the loss'),
    }),
  }),
);
