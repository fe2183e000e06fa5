import type { Schema } from './savedFitValidator.ts';

const string = { type: 'string' } as const;
const number = { type: 'number' } as const;
const positive = { type: 'number', exclusiveMinimum: 0 } as const;
const count = { type: 'integer', minimum: 0 } as const;
const digest = { type: 'string', pattern: '^[0-9a-f]{64}$' } as const;
const nullable = (schema: Schema): Schema => ({ anyOf: [schema, { type: 'null' }] });

/** An object that has exactly these properties. */
const object = (properties: Readonly<Record<string, Schema>>): Schema => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
});

const point = object({
  share: positive,
  tokens: positive,
  loss: nullable(positive),
  lower: nullable(positive),
  upper: nullable(positive),
  from: { enum: ['law', 'law and curves', null] },
  reason: nullable(string),
});

/** The JSON Schema of the file of a registration. */
export const registrationSchema: Schema = object({
  format: { const: 1 },
  kind: { const: 'isoflop-registration' },
  version: string,
  written: { type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$' },
  run: object({
    name: string,
    params: nullable(positive),
    tokens: positive,
    inputs: { type: 'object', additionalProperties: number },
  }),
  fit: object({ file: string, law: string, sha256: digest }),
  curves: count,
  confidence: { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1 },
  band: { type: 'array', items: point, minItems: 1 },
  late: nullable(object({ rows: count, tokens: number, since: nullable(string) })),
  warnings: { type: 'array', items: { type: 'object' } },
  sha256: digest,
});
