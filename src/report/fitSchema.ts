/**
 * The JSON Schema (2020-12) of a saved fit, as plain data: it is published as `isoflop/schema/fit.json`, the type
 * {@link FitDocument} is inferred from it, and the reader interprets it (savedFitValidator.ts). It is not built with
 * TypeBox's functions because loading them takes longer than the whole of `isoflop predict` may.
 */

const string = { type: 'string' } as const;
const number = { type: 'number' } as const;
const positive = { type: 'number', exclusiveMinimum: 0 } as const;
const boolean = { type: 'boolean' } as const;
const count = { type: 'integer', minimum: 0 } as const;
const base64 = { type: 'string', pattern: '^[A-Za-z0-9+/]*={0,2}$' } as const;
const pair = { type: 'array', items: number, minItems: 2, maxItems: 2 } as const;

const nullable = <const S>(schema: S) => ({ anyOf: [schema, { type: 'null' }] }) as const;
const list = <const S>(items: S) => ({ type: 'array', items }) as const;
const record = <const S>(values: S) => ({ type: 'object', additionalProperties: values }) as const;
const oneOf = <const V>(...values: readonly V[]) => ({ enum: values }) as const;
const described = <const S>(description: string, schema: S) => ({ description, ...schema });

/** An object that has exactly these properties. */
const object = <const P extends Record<string, unknown>>(properties: P) =>
  ({
    type: 'object',
    properties,
    required: Object.keys(properties) as (keyof P & string)[],
    additionalProperties: false,
  }) as const;

const formula = described(
  'What makes the law again where a user wrote it.',
  nullable(object({ text: string, inputs: list(string), positive: list(string) })),
);

const schedule = {
  anyOf: [
    object({
      kind: oneOf('rows'),
      name: string,
      step: list(count),
      learningRate: list(number),
      warmup: nullable(count),
      between: oneOf('smooth', 'linear'),
    }),
    object({
      kind: oneOf('constant', 'cosine', 'linear', 'wsd', 'wsdld', 'wsdcon'),
      name: string,
      steps: count,
      warmup: count,
      peak: number,
      end: number,
      decay: count,
    }),
  ],
} as const;

const fittedParam = object({
  value: number,
  stderr: nullable(number),
  interval: nullable(pair),
  state: oneOf('free', 'fixed', 'tied', 'bound', 'off'),
});

const toldWarning = object({
  code: string,
  level: oneOf('info', 'warning', 'error'),
  message: string,
  remedy: string,
});
/** Not every warning has numbers, and saved fits of earlier versions have none. */
const warning = {
  ...toldWarning,
  properties: {
    ...toldWarning.properties,
    numbers: described('The numbers of the message, by name.', record(number)),
  },
} as const;

const calibration = object({
  holdout: described('The quantity that the backtests rolled over, such as flops.', string),
  largest: described('Its largest value among the rows.', positive),
  scale: oneOf('log', 'raw'),
  forms: described(
    "The fit's own law and those that stand for what its form may be otherwise.",
    list(
      object({
        law: string,
        formula,
        theta: described('Coordinates; null stands for the logarithm of a term that is off.', list(nullable(number))),
        means: described('Mean of each log input.', list(number)),
        held: described('Parameters that are fixed or off.', list(string)),
        tied: record(string),
        scales: object({ misfit: positive, lengths: list(positive), noise: positive, run: number }),
        backtestError: nullable(number),
      }),
    ),
  ),
  rows: described('Fitted rows whose residuals show the misfit, by their number.', list(count)),
  runs: described('Run of each of these rows, where runs have several.', nullable(list(count))),
  splits: list(
    object({
      cut: number,
      train: count,
      test: count,
      distances: described('ln of how far each run was beyond those known: float64, little-endian, base64.', base64),
      scores: described('Error of each prediction in units of its spread, in the same way.', base64),
    }),
  ),
  measured: object({ nominal: number, runs: count, coverage: nullable(number), plainCoverage: nullable(number) }),
});

const notFinite = 'null stands for a number that is not finite';

/** Format of the documents that this version writes and reads. */
export const savedFitFormat = 1;

const required = object({
  format: { const: savedFitFormat },
  kind: { const: 'isoflop-fit' },
  version: described('Version of isoflop that made the fit.', string),
  command: described('Command line that made the fit, where one did.', nullable(string)),
  law: described('Id of the law; of a formula, its text.', string),
  formula,
  status: oneOf('converged', 'degenerate', 'stalled'),
  reasons: described('Why the status is not converged.', list(string)),
  points: count,
  objective: object({
    name: string,
    delta: nullable(number),
    value: described(`Sum over the rows at the optimum; ${notFinite}.`, nullable(number)),
  }),
  params: described('Estimates in natural units, by name, in the order of the law.', record(fittedParam)),
  optimum: described(
    'Exponents a and b of N* ~ C^a and D* ~ C^b.',
    nullable(object({ paramsExponent: number, tokensExponent: number })),
  ),
  seeds: object({ tried: count, reached: count }),
  condition: nullable(number),
  gradientNorm: described(`Largest component at the optimum; ${notFinite}.`, nullable(number)),
  residualRms: described(`Root mean square of the residuals; ${notFinite}.`, nullable(number)),
  residualScale: described('Whether these residuals are logarithmic.', oneOf('log', 'raw')),
  aicc: described('Akaike information criterion with its small-sample correction.', nullable(number)),
  confidence: described('Level of every interval.', { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1 }),
  covariance: object({
    kind: oneOf('sandwich', 'classical', 'bootstrap'),
    coordinates: described('Fitted coordinates, one a parameter: "log A" or "alpha".', list(string)),
    matrix: nullable(list(list(number))),
    degreesOfFreedom: described('null stands for infinitely many.', nullable(number)),
  }),
  bootstrap: nullable(
    object({
      resamples: count,
      seed: number,
      resampling: oneOf('cases', 'wild'),
      group: string,
      groups: count,
      certified: count,
      draws: described(
        'Fitted coordinates of each certified refit: float32, little-endian, row-major certified x params, base64.',
        base64,
      ),
    }),
  ),
  warnings: list(warning),
  data: object({
    source: string,
    sha256: string,
    rows: count,
    used: count,
    dropped: list(object({ rows: count, why: string })),
    ranges: record(pair),
    sizes: nullable(count),
    runs: described(
      'Runs among the rows used, and how many rows they have.',
      nullable(object({ count, fewest: count, median: number, most: count })),
    ),
    conventions: object({ columns: record(string), derived: record(string), flopsPerParamToken: positive }),
  }),
  settings: object({
    solver: string,
    weights: oneOf('none', 'run', 'given'),
    where: nullable(string),
    dropTokens: nullable(number),
    afterWarmup: {
      anyOf: [oneOf('learningRate'), object({ tokens: number }), object({ steps: number }), { type: 'null' }],
    },
    fromFraction: nullable(number),
    lastPart: nullable(number),
    finals: boolean,
    thin: nullable(count),
    nearOptimal: nullable(object({ within: number, by: list(string) })),
    fixed: record(number),
    tied: record(string),
    bounds: record(pair),
    start: record(number),
  }),
  fitted: described(
    'The rows that were fitted, thinned when there are very many.',
    object({
      rows: count,
      columns: described('Each column: float64, little-endian, base64.', record(base64)),
      names: nullable(list(string)),
    }),
  ),
});

/** JSON Schema of a saved fit. */
export const fitSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'urn:isoflop:schema:fit:1',
  title: 'A fitted scaling law saved by isoflop',
  ...required,
  properties: {
    ...required.properties,
    // Only laws of curves have schedules.
    schedules: described(
      'The learning-rate schedules of the runs, which the rows name by their number.',
      list(schedule),
    ),
    // Not every fit is calibrated, and saved fits of earlier versions have none.
    calibration: described('What backtests on these rows say about predictions.', calibration),
  },
} as const;

/** The type of the values that conform to a schema of this file. */
type FromSchema<S> = S extends { const: infer V }
  ? V
  : S extends { enum: readonly (infer V)[] }
    ? V
    : S extends { anyOf: readonly (infer Option)[] }
      ? FromSchema<Option>
      : S extends { items: infer Item }
        ? FromSchema<Item>[]
        : S extends { properties: infer P; required: readonly (infer R)[] }
          ? { -readonly [K in keyof P as K extends R ? K : never]: FromSchema<P[K]> } & {
              -readonly [K in keyof P as K extends R ? never : K]?: FromSchema<P[K]>;
            }
          : S extends { additionalProperties: infer V }
            ? Record<string, FromSchema<V>>
            : S extends { type: 'string' }
              ? string
              : S extends { type: 'number' | 'integer' }
                ? number
                : S extends { type: 'boolean' }
                  ? boolean
                  : null;

/** A saved fit as it stands in the file. */
export type FitDocument = FromSchema<typeof fitSchema>;
