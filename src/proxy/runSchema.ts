import Type, { type Static } from 'typebox';

/** A whole number from `least`. */
const whole = (least: number, description: string) => Type.Integer({ minimum: least, description });
const share = (description: string) => Type.Number({ minimum: 0, maximum: 1, description });
const closed = { additionalProperties: false } as const;

/** A quantity such as 1.4T, as text or as a number. */
const quantity = (description: string) =>
  Type.Union([Type.Number({ exclusiveMinimum: 0 }), Type.String({ minLength: 1 })], { description });

const textCorpus = Type.Object(
  {
    kind: Type.Literal('text'),
    path: Type.String({ minLength: 1, description: 'A file or a folder of files, read as bytes: 256 symbols' }),
    validationFraction: Type.Optional(
      share('Share at the end that is evaluated on and not trained on; 0.1 unless given'),
    ),
  },
  closed,
);

const binCorpus = Type.Object(
  {
    kind: Type.Literal('bin'),
    path: Type.String({
      minLength: 1,
      description: 'A file of uint16 tokens as nanoGPT writes them, or a folder of them',
    }),
    vocabulary: whole(2, 'Symbols'),
    validation: Type.Optional(
      Type.String({ minLength: 1, description: 'File to evaluate on; else the end of the first' }),
    ),
    validationFraction: Type.Optional(share('Share at the end that is evaluated on; 0.1 unless given')),
  },
  closed,
);

const markovCorpus = Type.Object(
  {
    kind: Type.Literal('markov'),
    vocabulary: whole(2, 'Symbols'),
    order: Type.Optional(whole(0, 'Symbols that decide the next; 1 unless given')),
    exponent: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: 10,
        description: 'Exponent of the power law of the next symbol; 1.5 unless given',
      }),
    ),
    straying: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: 10,
        description: 'How far states differ in their rankings; 0.5 unless given',
      }),
    ),
    seed: Type.Optional(whole(0, 'Seed of the chain; 0 unless given')),
    validationTokens: Type.Optional(whole(1, 'Tokens to evaluate on; 65536 unless given')),
  },
  closed,
);

const model = Type.Object(
  {
    layers: whole(1, 'Blocks'),
    width: whole(2, 'Width d'),
    heads: Type.Optional(whole(1, 'Heads; about one for each 32 of the width unless given')),
    hidden: Type.Optional(whole(1, "Width of the MLP's hidden layer; 4 d unless given")),
    context: whole(2, 'Positions T'),
    positions: Type.Optional(Type.Enum(['rotary', 'learned'])),
    activation: Type.Optional(Type.Enum(['gelu', 'swiglu'])),
    norm: Type.Optional(Type.Enum(['rmsnorm', 'layernorm'])),
    biases: Type.Optional(Type.Enum(['none', 'mlp', 'all'])),
    tied: Type.Optional(
      Type.Boolean({ description: 'Whether the head is the transposed embedding; true unless given' }),
    ),
    qkNorm: Type.Optional(Type.Boolean({ description: 'Whether queries and keys are normed' })),
    mupBaseWidth: Type.Optional(whole(2, 'Base width of muP; standard parametrisation unless given')),
  },
  closed,
);

const optimizer = Type.Object(
  {
    beta1: Type.Optional(share('Decay of the mean of gradients; 0.9 unless given')),
    beta2: Type.Optional(share('Decay of the mean of their squares; 0.95 unless given')),
    epsilon: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
    weightDecay: Type.Optional(Type.Number({ minimum: 0 })),
    independentDecay: Type.Optional(Type.Boolean()),
    clip: Type.Optional(
      Type.Number({ minimum: 0, description: 'Largest norm of a gradient, 0 for none; 1 unless given' }),
    ),
  },
  closed,
);

const schedule = Type.Object(
  {
    kind: Type.Optional(Type.Enum(['cosine', 'wsd', 'constant'])),
    rate: Type.Number({ exclusiveMinimum: 0, description: 'Peak learning rate' }),
    warmup: Type.Optional(
      Type.Number({ minimum: 0, description: 'Share of the run, or tokens above 1; 0.05 unless given' }),
    ),
    final: Type.Optional(share('Rate at the end, as a share of the peak; 0.1 unless given')),
    decay: Type.Optional(share('Share of the run over which wsd decays; 0.2 unless given')),
    cycle: Type.Optional(
      Type.Number({ minimum: 1, description: "Length of the cosine cycle in runs; 1, the run's own, unless given" }),
    ),
  },
  closed,
);

const strategy = Type.Union([
  Type.String({ minLength: 1 }),
  Type.Object(
    { name: Type.String({ minLength: 1 }), args: Type.Optional(Type.Record(Type.String(), Type.Number())) },
    closed,
  ),
]);

/** The YAML of a run; what is left out has the value that its description names. */
export const runSchema = Type.Object(
  {
    name: Type.Optional(
      Type.String({ pattern: '^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$', description: 'Name of the run and its folder' }),
    ),
    family: Type.Optional(Type.String({ minLength: 1, maxLength: 100, description: 'Family, for isoflop compare' })),
    engine: Type.Optional(Type.String({ description: 'auto unless given' })),
    seed: Type.Optional(whole(0, 'Seed of weights and batches; 0 unless given')),
    corpus: Type.Union([textCorpus, binCorpus, markovCorpus]),
    model,
    strategies: Type.Optional(Type.Array(strategy)),
    optimizer: Type.Optional(optimizer),
    schedule,
    tokens: Type.Optional(quantity('Tokens D')),
    tokensPerParam: Type.Optional(
      Type.Number({ exclusiveMinimum: 0, description: 'Tokens as a multiple of the parameters' }),
    ),
    batch: Type.Optional(whole(1, 'Rows of a step; 8 unless given')),
    accumulate: Type.Optional(whole(1, 'Micro-batches of a step; 1 unless given')),
    evaluations: Type.Optional(whole(1, 'Evaluations, evenly in the logarithm of tokens; 10 unless given')),
    evaluationRows: Type.Optional(whole(1, 'Windows that an evaluation reads; 128 unless given')),
    checkpointSeconds: Type.Optional(
      Type.Number({ minimum: 0, description: 'Seconds between checkpoints; 60 unless given' }),
    ),
    keepWeights: Type.Optional(Type.Boolean({ description: 'Whether the weights at every evaluation are kept' })),
  },
  closed,
);

/** A run as its YAML has it. */
export type RunInput = Static<typeof runSchema>;
