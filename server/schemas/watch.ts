import { Type } from '@fastify/type-provider-typebox';
import type { Static } from '@fastify/type-provider-typebox';
import type { WatchState } from '../../src/watch/watchRun.ts';
import { sweepIdPattern, sweepParams } from './sweep.ts';
import { confidence } from './quantities.ts';

export const watchParams = Type.Object({
  ...sweepParams.properties,
  run: Type.String({ pattern: sweepIdPattern.source, description: 'Name of the run' }),
});

const positive = (description: string) =>
  Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 1e300, description }));

/** What is asked of a watched run. */
export const watchQuery = Type.Object(
  {
    targetLoss: positive('Loss that the run is to reach, nats a token'),
    confidence,
    flopsPerSecond: positive('Speed of training'),
    pricePerHour: positive('Price of an hour at that speed'),
  },
  { additionalProperties: false },
);
export type WatchQuery = Static<typeof watchQuery>;

/** What `isoflop watch --json` prints; docs/watch.md says what its parts mean. */
export const watchState = Type.Unsafe<WatchState>(
  Type.Object(
    {
      run: Type.String(),
      state: Type.Enum(['waiting', 'running', 'diverged', 'ended']),
      alarms: Type.Array(Type.Object({ kind: Type.String(), message: Type.String(), remedy: Type.String() })),
    },
    { description: 'What isoflop watch --json prints' },
  ),
);
