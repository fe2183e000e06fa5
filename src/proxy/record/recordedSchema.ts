import Type from 'typebox';
import { Compile } from 'typebox/compile';

/**
 * The parts of recorded files that are read again. The files lie in a folder where anybody may write, and a name in them
 * becomes a part of a path.
 */
const name = Type.String({ pattern: '^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$' });
const count = Type.Integer({ minimum: 1, maximum: 2 ** 40 });
/** JSON has null for what is no number. */
const measured = Type.Union([Type.Number(), Type.Null()]);

const config = Type.Object({
  name,
  family: Type.Union([Type.String(), Type.Null()]),
  corpus: Type.Union([
    Type.Object({ kind: Type.Literal('text') }),
    Type.Object({ kind: Type.Enum(['bin', 'markov']), vocabulary: count }),
  ]),
  model: Type.Object({
    // Each block is counted by itself.
    layers: Type.Integer({ minimum: 1, maximum: 10_000 }),
    width: count,
    heads: count,
    hidden: count,
    context: count,
    positions: Type.String(),
    activation: Type.String(),
    norm: Type.String(),
    biases: Type.String(),
    tied: Type.Boolean(),
    qkNorm: Type.Boolean(),
    parametrisation: Type.Object({ kind: Type.String() }),
  }),
  strategies: Type.Array(Type.Object({ name: Type.String() })),
  schedule: Type.Object({ rate: Type.Number() }),
  tokens: Type.Number({ exclusiveMinimum: 0 }),
  batch: count,
  evaluations: count,
  evaluationRows: count,
});

const row = Type.Object({
  family: Type.String(),
  step: Type.Number(),
  params: Type.Number({ exclusiveMinimum: 0 }),
  tokens: Type.Number({ minimum: 0 }),
  loss: measured,
  tokens_per_second: measured,
});

const result = Type.Object({
  status: Type.Enum(['done', 'diverged']),
  reason: Type.Union([Type.String(), Type.Null()]),
  params: Type.Number({ exclusiveMinimum: 0 }),
  tokens: Type.Number({ minimum: 0 }),
  loss: measured,
  seconds: Type.Number({ minimum: 0 }),
});

/** Checks of what the files of runs and sweeps hold. */
export const recordedChecks = {
  plan: Compile(Type.Object({ name: Type.String(), runs: Type.Array(config) })),
  config: Compile(Type.Object({ config })),
  rows: Compile(Type.Array(row)),
  result: Compile(result),
} as const;
