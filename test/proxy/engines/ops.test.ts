import { beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/core/random.ts';
import { cpu } from '../../../src/proxy/engines/cpu.ts';
import type { Engine, Tensor } from '../../../src/proxy/engines/engine.ts';
import { createOps, type Ops, type RotaryTables } from '../../../src/proxy/model/ops.ts';
import { deviations, normal, type Input } from './differences.ts';

/** An op with inputs to differentiate it at; what is constant is made first, since it has to outlast the forward pass. */
interface Case {
  readonly op: keyof Ops;
  readonly about?: string;
  readonly inputs: readonly Input[];
  readonly make: (ops: Ops, engine: Engine) => (...inputs: Tensor[]) => Tensor;
}

const random = createRandom(3);
const of = (...shape: number[]): Input => normal(random, shape);
const gain = (length: number): Input => normal(random, [length], 1, 0.3);

const ids = ({ tf }: Engine): Tensor => tf.tensor1d([2, 0, 2, 4], 'int32');

/** The angle of pairs (i, i + 2) of four features, which grows with the position. */
function rotaryTables({ tf }: Engine): RotaryTables {
  const table = (f: (angle: number) => number): Tensor =>
    tf.tensor2d([0, 1, 2].map((position) => [1, 0.1, 1, 0.1].map((wave) => f(position * wave))));
  const turn = tf.tensor2d([
    [0, 0, 1, 0],
    [0, 0, 0, 1],
    [-1, 0, 0, 0],
    [0, -1, 0, 0],
  ]);
  return { cos: table(Math.cos), sin: table(Math.sin), turn, turnBack: tf.transpose(turn) };
}

/** 0 where a position may look. */
const mask = ({ tf }: Engine): Tensor =>
  tf.tensor2d([0, 1, 2].map((row) => [0, 1, 2].map((column) => (column <= row ? 0 : -1e9))));

const cases: readonly Case[] = [
  { op: 'add', inputs: [of(3, 4), of(3, 4)], make: (ops) => ops.add },
  { op: 'linear', inputs: [of(5, 3), of(3, 4)], make: (ops) => ops.linear },
  { op: 'addBias', inputs: [of(5, 3), of(3)], make: (ops) => ops.addBias },
  {
    op: 'embed',
    inputs: [of(6, 3)],
    make: (ops, engine) => {
      const rows = ids(engine);
      return (table) => ops.embed(table, rows);
    },
  },
  {
    op: 'norm',
    about: 'RMSNorm',
    inputs: [of(4, 6), gain(6)],
    make: (ops) => (x, g) => ops.norm(x, 'rmsnorm', g),
  },
  {
    op: 'norm',
    about: 'RMSNorm of heads',
    inputs: [of(2, 3, 4), gain(4)],
    make: (ops) => (x, g) => ops.norm(x, 'rmsnorm', g),
  },
  {
    op: 'norm',
    about: 'LayerNorm without shift',
    inputs: [of(4, 6), gain(6)],
    make: (ops) => (x, g) => ops.norm(x, 'layernorm', g),
  },
  {
    op: 'norm',
    about: 'LayerNorm',
    inputs: [of(4, 6), gain(6), of(6)],
    make: (ops) => (x, g, bias) => ops.norm(x, 'layernorm', g, bias),
  },
  { op: 'gelu', inputs: [of(6, 5)], make: (ops) => ops.gelu },
  { op: 'swiglu', inputs: [of(6, 5), of(6, 5)], make: (ops) => ops.swiglu },
  {
    op: 'rotary',
    inputs: [of(2, 3, 4)],
    make: (ops, engine) => {
      const tables = rotaryTables(engine);
      return (x) => ops.rotary(x, tables);
    },
  },
  {
    op: 'attention',
    inputs: [of(2, 3, 4), of(2, 3, 4), of(2, 3, 4)],
    make: (ops, engine) => {
      const causal = mask(engine);
      return (q, k, v) => ops.attention(q, k, v, 0.5, causal);
    },
  },
  {
    op: 'tokenLosses',
    inputs: [of(4, 6)],
    make: (ops, engine) => {
      const hot = ops.oneHot(ids(engine), 6);
      return (logits) => ops.tokenLosses(logits, hot);
    },
  },
  { op: 'logPartition', inputs: [of(4, 6)], make: (ops) => ops.logPartition },
];

/** Ops of integers, which have no gradient. */
const constant: readonly (keyof Ops)[] = ['oneHot'];

describe('gradients of ops against differences', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await cpu.open();
  });

  it('covers every op', () => {
    expect([...new Set([...cases.map(({ op }) => op), ...constant])].sort()).toEqual(
      Object.keys(createOps(engine)).sort(),
    );
  });

  it.each(cases.map((one) => [one.about ?? one.op, one] as const))('%s', (_, { inputs, make }) => {
    const found = deviations(engine, inputs, () => make(createOps(engine), engine));
    expect(found).toHaveLength(inputs.length);
    for (const [k, deviation] of found.entries()) expect(deviation, `input ${String(k)}`).toBeLessThan(1);
  });

  it('tells a gradient that is wrong in one element', () => {
    const { tf } = engine;
    const wrong = tf.customGrad(((x: Tensor) => ({
      value: tf.square(x),
      gradFunc: (dy: Tensor) => tf.mul(tf.mul(dy, x), tf.tensor1d([2, 2, 2, 3])),
    })) as never);
    expect(deviations(engine, [of(4)], () => wrong)[0]).toBeGreaterThan(1.5);
    expect(deviations(engine, [of(4)], () => tf.square)[0]).toBeLessThan(1);
  });

  it('reads one-hot rows as float32 ones', async () => {
    const rows = createOps(engine).oneHot(ids(engine), 5);
    expect(rows.dtype).toBe('float32');
    expect(await rows.array()).toEqual([2, 0, 2, 4].map((id) => [0, 1, 2, 3, 4].map((k) => (k === id ? 1 : 0))));
    rows.dispose();
  });
});
