import { Type } from '@fastify/type-provider-typebox';
import type { Static } from '@fastify/type-provider-typebox';
import { fitSchema } from '../../src/report/fitSchema.ts';
import type { FitJson } from '../../src/report/json.ts';
import { errorBody } from './error.ts';
import { plotly } from './figure.ts';
import { fitRequest, newFitId, wait, type CreateFit } from './fitRequest.ts';
import { prediction } from './prediction.ts';
import { previewExtras } from './preview.ts';
import { numberOrNull, textOrNull } from './quantities.ts';

const status = Type.Enum(['converged', 'degenerate', 'stalled']);

/** A fit in the list. */
const fitSummary = Type.Object({
  id: Type.String(),
  law: Type.String({ description: 'Id of the law, or the formula' }),
  formula: Type.Boolean({ description: 'Whether the law is a formula' }),
  status,
  points: Type.Integer({ description: 'Rows that were fitted' }),
  objective: Type.String({ examples: ['log-huber'] }),
  source: Type.String({ description: 'Files that were fitted' }),
  dataset: textOrNull('Ids of these files, with commas between; null for published coefficients'),
  created: Type.String({ description: 'ISO 8601' }),
  warnings: Type.Object({ error: Type.Integer(), warning: Type.Integer(), info: Type.Integer() }),
  coefficients: Type.Record(Type.String(), numberOrNull('Value')),
});
export type FitSummary = Static<typeof fitSummary>;

/** Which fits are listed. */
export const fitListQuery = Type.Object(
  {
    law: Type.Optional(Type.String({ maxLength: 2000, description: 'Id of a law' })),
    status: Type.Optional(status),
    dataset: Type.Optional(Type.String({ pattern: '^[0-9a-f]{64}$', description: 'Id of a data set' })),
    q: Type.Optional(Type.String({ maxLength: 200, description: 'Words that id, law or source hold' })),
    offset: Type.Optional(Type.Integer({ minimum: 0 })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, description: 'Default 100' })),
  },
  { additionalProperties: false },
);

/** Fits in the folder. */
export const fitList = Type.Object({
  fits: Type.Array(fitSummary),
  broken: Type.Array(Type.Object({ id: Type.String(), ...errorBody.properties }), {
    description: 'Files that are not valid saved fits, and why',
  }),
  total: Type.Integer({ description: 'Fits that match, on all pages' }),
});

// What a fit's JSON shares with the saved fit has the same schema there.
const { law, reasons, points, objective, params, optimum, seeds, condition, gradientNorm, residualRms, confidence } =
  fitSchema.properties;
const { warnings, data, settings, version } = fitSchema.properties;

const fitJson = Type.Unsafe<FitJson>({
  type: 'object',
  description: 'What isoflop fit --json prints',
  properties: {
    ...{ law, status, reasons, points, objective, params, optimum, seeds, condition, gradientNorm, residualRms },
    ...{ confidence, warnings, data, settings, version },
  },
  additionalProperties: true,
});

/** What `isoflop fit --json` prints, with the report. */
export const fitDetail = Type.Object({
  id: Type.String(),
  created: Type.String({ description: 'ISO 8601' }),
  dataset: textOrNull('Ids of the files that were fitted, with commas between'),
  fit: fitJson,
  report: Type.String({ description: 'The report as plain text' }),
  command: textOrNull('Command line that makes the fit'),
  request: Type.Union([Type.Unsafe<CreateFit>({ type: 'object', additionalProperties: true }), Type.Null()], {
    description: 'The request that makes the fit again; null for published coefficients',
  }),
});
export type FitDetail = Static<typeof fitDetail>;

/** A fit to be made and saved. */
export const createFit = Type.Object(
  { ...fitRequest, id: Type.Optional(newFitId), wait },
  {
    additionalProperties: false,
    description: 'Data sets and all the options of isoflop fit, in camel case',
    examples: [{ datasets: ['0'.repeat(64)], law: 'chinchilla', where: 'loss < 3.44', bootstrap: 4000 }],
  },
);

export const renameFit = Type.Object({ id: newFitId }, { additionalProperties: false });

/** A fit that is only looked at. */
export const previewRequest = Type.Object({ ...fitRequest, ...previewExtras }, { additionalProperties: false });

export const preview = Type.Object({
  fit: fitJson,
  report: Type.String(),
  figures: Type.Record(Type.String(), Type.Union([plotly, Type.Object({ unavailable: Type.String() })])),
  prediction: Type.Union([prediction, errorBody, Type.Null()]),
});
