import { Type } from '@fastify/type-provider-typebox';
import { fitSchema } from '../../src/report/fitSchema.ts';
import type { FitJson } from '../../src/report/json.ts';
import { errorBody } from './error.ts';

const status = Type.Enum(['converged', 'degenerate', 'stalled']);

/** Fits in the folder. */
export const fitList = Type.Object({
  fits: Type.Array(
    Type.Object({
      id: Type.String(),
      law: Type.String(),
      status,
      points: Type.Integer({ description: 'Rows that were fitted' }),
      objective: Type.String({ examples: ['log-huber'] }),
      source: Type.String({ description: 'Files that were fitted' }),
    }),
  ),
  broken: Type.Array(Type.Object({ id: Type.String(), ...errorBody.properties }), {
    description: 'Files that are not valid saved fits, and why',
  }),
});

// What a fit's JSON shares with the saved fit has the same schema there.
const { law, reasons, points, objective, params, optimum, seeds, condition, gradientNorm, residualRms, confidence } =
  fitSchema.properties;
const { warnings, data, settings, version } = fitSchema.properties;

/** What `isoflop fit --json` prints, with the report. */
export const fitDetail = Type.Object({
  id: Type.String(),
  fit: Type.Unsafe<FitJson>({
    type: 'object',
    description: 'What isoflop fit --json prints',
    properties: {
      ...{ law, status, reasons, points, objective, params, optimum, seeds, condition, gradientNorm, residualRms },
      ...{ confidence, warnings, data, settings, version },
    },
    additionalProperties: true,
  }),
  report: Type.String({ description: 'The report as plain text' }),
  command: Type.Union([Type.String(), Type.Null()], { description: 'Command line that made the fit' }),
});
