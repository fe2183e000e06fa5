import { Type } from '@fastify/type-provider-typebox';
import type { Static } from '@fastify/type-provider-typebox';
import type { Warning } from '../../src/core/warnings.ts';
import { errorBody } from './error.ts';
import { plotly } from './figure.ts';
import { intervalOrNull, numberOrNull, textOrNull, warning } from './quantities.ts';

/** Names of folders that are looked at below the folder of runs; those of sweeps and runs match. */
export const sweepIdPattern = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$/;

export const sweepParams = Type.Object({
  id: Type.String({ pattern: sweepIdPattern.source, description: 'Id of the sweep: the name of its folder' }),
});

const state = Type.Enum(['running', 'ended', 'stopped'], {
  description: 'ended: every run has a result; else running while a process of this machine works on it, or stopped',
});
const share = (description: string) => Type.Number({ minimum: 0, maximum: 1, description });

/** A sweep in the list. */
const sweepSummary = Type.Object({
  id: Type.String(),
  name: Type.String(),
  state,
  runs: Type.Object({ total: Type.Integer(), ended: Type.Integer(), training: Type.Integer() }),
  share: share('Share of the planned FLOP that is done'),
  updated: Type.String({ description: 'When something of it last changed, ISO 8601' }),
});
export type SweepSummary = Static<typeof sweepSummary>;

/** Sweeps in the folder. */
export const sweepList = Type.Object({
  sweeps: Type.Array(sweepSummary),
  broken: Type.Array(Type.Object({ id: Type.String(), ...errorBody.properties }), {
    description: 'Folders whose runs cannot be read, and why',
  }),
});

const run = Type.Object({
  name: Type.String(),
  family: Type.String(),
  status: Type.Enum(['waiting', 'training', 'done', 'diverged', 'interrupted', 'failed']),
  reason: textOrNull('Why it diverged or failed'),
  params: Type.Number(),
  tokens: Type.Number({ description: 'At the last evaluation' }),
  plannedTokens: Type.Number(),
  plannedFlops: Type.Number(),
  share: share('Share done; 1 once it has ended'),
  loss: numberOrNull('Validation loss at the last evaluation, nats a token'),
  tokensPerSecond: numberOrNull('Speed of training'),
});

const times = (of: string) =>
  numberOrNull(`How many times the largest ${of} of the fitted runs; below 1, the smallest`);

const prediction = Type.Object({
  params: Type.Number(),
  tokens: Type.Number(),
  loss: Type.Number(),
  interval: intervalOrNull('For a single run'),
  extrapolation: Type.Object({ params: times('size'), tokens: times('token count'), flops: times('compute') }),
  isPlanned: Type.Boolean({
    description: 'Whether the sweep is still to train it; else it is a model beyond the sweep',
  }),
});

const family = Type.Object({
  family: Type.String(),
  fit: Type.Union([
    Type.Object({
      law: Type.String(),
      points: Type.Integer(),
      params: Type.Record(Type.String(), Type.Object({ value: Type.Number(), stderr: numberOrNull('Standard error') })),
      warnings: Type.Array(Type.Unsafe<Warning>(warning)),
    }),
    Type.Null(),
  ]),
  missing: textOrNull('Why there is no fit yet'),
  predictions: Type.Array(prediction),
});

/** A sweep as it stands. */
export const sweepDetail = Type.Object({
  id: Type.String(),
  name: Type.String(),
  state,
  at: Type.String({ description: 'When it stood so, ISO 8601' }),
  updated: Type.String({ description: 'When something of it last changed, ISO 8601' }),
  runs: Type.Array(run, { description: 'In the order in which they are trained' }),
  done: Type.Object({
    share: share('Share of the planned FLOP'),
    tokens: Type.Number(),
    plannedTokens: Type.Number(),
    plannedFlops: Type.Number(),
    secondsLeft: numberOrNull('Estimate; null where nothing runs or no speed is known'),
  }),
  confidence: share('Level of the intervals of predictions'),
  families: Type.Array(family, { description: 'The law of the runs that have ended, a family each' }),
});

/** The figures of a sweep. */
export const sweepFigures = Type.Object({ curves: plotly, ladder: plotly });
