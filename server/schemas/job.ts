import { Type } from '@fastify/type-provider-typebox';
import type { Static } from '@fastify/type-provider-typebox';
import { errorBody } from './error.ts';
import { titledFigure } from './figure.ts';
import { textOrNull } from './quantities.ts';

/** Work that may take longer than a request. */
export const job = Type.Object({
  id: Type.String(),
  kind: Type.Enum(['fit', 'backtest', 'compare']),
  title: Type.String(),
  state: Type.Enum(['queued', 'running', 'done', 'failed', 'cancelled']),
  created: Type.String({ description: 'ISO 8601' }),
  started: textOrNull('ISO 8601'),
  finished: textOrNull('ISO 8601'),
  position: Type.Union([Type.Integer(), Type.Null()], { description: 'Place in the queue, from 1; null once it runs' }),
  progress: Type.Union(
    [
      Type.Object({
        stage: Type.String({ examples: ['reading', 'fitting', 'bootstrap', 'backtests'] }),
        done: Type.Number(),
        total: Type.Union([Type.Number(), Type.Null()]),
      }),
      Type.Null(),
    ],
    { description: 'How far it is' },
  ),
  fit: textOrNull('Id of the fit that was saved'),
  result: textOrNull('Address of the result'),
  error: Type.Union([errorBody.properties.error, Type.Null()]),
});
export type Job = Static<typeof job>;

export const jobParams = Type.Object({ id: Type.String({ pattern: '^[0-9a-f-]{36}$', description: 'Id of the job' }) });

export const jobList = Type.Object({ jobs: Type.Array(job) });

/** The work goes on as a job. */
export const accepted = Type.Object({ job }, { description: 'It takes longer and goes on as a job' });

/** What backtests give. */
export const backtestResult = Type.Object({
  backtest: Type.Record(Type.String(), Type.Unknown(), { description: 'What isoflop backtest --json prints' }),
  report: Type.String(),
  figures: Type.Array(titledFigure),
});

/** What comparisons give. */
export const comparisonResult = Type.Object({
  comparison: Type.Unknown({ description: 'What isoflop compare --json prints' }),
  report: Type.String(),
  figures: Type.Array(titledFigure),
});
