import type { Engine, Tensor } from './engines/engine.ts';
import { createOps, type Ops, type RotaryTables } from './model/ops.ts';
import type { ModelShape } from './model/shape.ts';

/** Tensors of a model by name, as `parameterSpecs` names them. */
export type Parameters = Readonly<Record<string, Tensor>>;

/** What a strategy may change in the forward pass. */
export interface ForwardOptions {
  /** A linear layer inside a block, `x (n, i)` to `(n, o)`, by the name of its matrix; a plain product unless given. */
  readonly linear?: (x: Tensor, name: string, parameters: Parameters, ops: Ops) => Tensor;
  /** What is added to the residual stream by a branch `(n, d)`, such as `blocks.0.mlp`; as it is unless given. */
  readonly branch?: (x: Tensor, name: string) => Tensor;
  /** Looks at what is inside: `blocks.0.attention` and `blocks.0.mlp` `(n, d)`, `blocks.0.attention.logits` `(g, T, T)` before the mask. */
  readonly look?: (name: string, value: Tensor) => void;
}

/** The forward pass of a model on an engine. */
export interface Model {
  readonly shape: ModelShape;
  readonly ops: Ops;
  /** Logits `(batch x T, V)` of int32 `ids (batch x T)`, row by row; T may be any length up to the context. */
  readonly logits: (parameters: Parameters, ids: Tensor, batch: number, options?: ForwardOptions) => Tensor;
  /** Frees what it keeps on the engine. */
  readonly dispose: () => void;
}

const maskedOut = -1e9;
/** Wavelengths of rotary positions grow to this number. @see arXiv 2104.09864, section 3.4.2 */
const rotaryBase = 10_000;

/** Cosines, sines and the turn of pairs (i, i + h/2) for positions 0..T-1. */
function rotaryTables({ tf }: Engine, length: number, width: number): RotaryTables {
  const half = width / 2;
  const angle = (position: number, i: number): number => position / rotaryBase ** ((i % half) / half);
  const table = (f: (angle: number) => number): Tensor =>
    tf.tensor2d(
      Float32Array.from({ length: length * width }, (_, k) => f(angle(Math.floor(k / width), k % width))),
      [length, width],
    );
  const turn = new Float32Array(width * width);
  const turnBack = new Float32Array(width * width);
  for (let i = 0; i < half; i++) {
    // (a, b) turns to (-b, a).
    turn[(i + half) * width + i] = turnBack[i * width + i + half] = -1;
    turn[i * width + i + half] = turnBack[(i + half) * width + i] = 1;
  }
  const matrix = (values: Float32Array): Tensor => tf.tensor2d(values, [width, width]);
  return { cos: table(Math.cos), sin: table(Math.sin), turn: matrix(turn), turnBack: matrix(turnBack) };
}

/** What the forward pass needs of a length. */
interface Tables {
  readonly mask: Tensor;
  readonly rotary: RotaryTables | undefined;
}

const tensorsOf = ({ mask, rotary }: Tables): Tensor[] =>
  rotary === undefined ? [mask] : [mask, rotary.cos, rotary.sin, rotary.turn, rotary.turnBack];

/** Makes the forward pass of a model of some shape. */
export function createModel(engine: Engine, shape: ModelShape): Model {
  const { tf } = engine;
  const ops = createOps(engine);
  const { width, heads, layers, vocabulary, parametrisation } = shape;
  const headWidth = width / heads;
  const isMup = parametrisation.kind === 'mup';
  const baseHead = isMup ? (parametrisation.baseWidth * headWidth) / width : headWidth;
  const attentionScale = isMup ? Math.sqrt(baseHead) / headWidth : 1 / Math.sqrt(headWidth);
  const logitScale = isMup ? parametrisation.baseWidth / width : 1;

  /** Tables for a length, kept: nearly all batches have the same. */
  const tables = new Map<number, Tables>();
  const tablesOf = (length: number): Tables => {
    let found = tables.get(length);
    if (found === undefined) {
      const mask = Float32Array.from({ length: length * length }, (_, k) =>
        k % length <= Math.floor(k / length) ? 0 : maskedOut,
      );
      const rotary = shape.positions === 'rotary' ? rotaryTables(engine, length, headWidth) : undefined;
      found = { mask: tf.tensor2d(mask, [length, length]), rotary };
      // They outlive the step in which they were made.
      for (const tensor of tensorsOf(found)) tf.keep(tensor);
      tables.set(length, found);
    }
    return found;
  };

  const logits: Model['logits'] = (p, ids, batch, { linear, branch = (x: Tensor) => x, look } = {}) => {
    const length = ids.size / batch;
    const { mask, rotary } = tablesOf(length);
    const layer = (x: Tensor, name: string): Tensor => {
      const product = linear === undefined ? ops.linear(x, p[name]) : linear(x, name, p, ops);
      const bias = p[`${name}.bias`] as Tensor | undefined;
      return bias === undefined ? product : ops.addBias(product, bias);
    };
    const norm = (x: Tensor, name: string): Tensor => ops.norm(x, shape.norm, p[`${name}.gain`], p[`${name}.bias`]);
    const split = (x: Tensor): Tensor =>
      tf.reshape(tf.transpose(tf.reshape(x, [batch, length, heads, headWidth]), [0, 2, 1, 3]), [
        batch * heads,
        length,
        headWidth,
      ]);
    const join = (x: Tensor): Tensor =>
      tf.reshape(tf.transpose(tf.reshape(x, [batch, heads, length, headWidth]), [0, 2, 1, 3]), [batch * length, width]);

    const attention = (x: Tensor, name: string): Tensor => {
      const [query, key] = ['query', 'key'].map((part) => {
        const heads = split(layer(x, `${name}.${part}`));
        const gain = p[`${name}.${part}.norm.gain`] as Tensor | undefined;
        const normed = gain === undefined ? heads : ops.norm(heads, 'rmsnorm', gain);
        return rotary === undefined ? normed : ops.rotary(normed, rotary);
      });
      look?.(`${name}.logits`, tf.mul(engine.matMul(query, tf.transpose(key, [0, 2, 1])), attentionScale));
      const mixed = ops.attention(query, key, split(layer(x, `${name}.value`)), attentionScale, mask);
      return layer(join(mixed), `${name}.out`);
    };
    const mlp = (x: Tensor, name: string): Tensor => {
      const up = layer(x, `${name}.up`);
      const inner = shape.activation === 'swiglu' ? ops.swiglu(layer(x, `${name}.gate`), up) : ops.gelu(up);
      return layer(inner, `${name}.down`);
    };

    let x = ops.embed(p.embedding, ids);
    if (shape.positions === 'learned') {
      const positions = tf.slice(p.positions, [0, 0], [length, width]);
      x = tf.reshape(tf.add(tf.reshape(x, [batch, length, width]), positions), [batch * length, width]);
    }
    for (let k = 0; k < layers; k++)
      for (const [part, apply] of [
        ['attention', attention],
        ['mlp', mlp],
      ] as const) {
        const name = `blocks.${String(k)}.${part}`;
        const added = apply(norm(x, `${name}.norm`), name);
        look?.(name, added);
        x = tf.add(x, branch(added, name));
      }
    const top = norm(x, 'norm');
    const scaled = logitScale === 1 ? top : tf.mul(top, logitScale);
    // The table is (V, d); its transpose is the head.
    return tf.reshape(ops.linear(scaled, tf.transpose(shape.tied ? p.embedding : p.head)), [
      batch * length,
      vocabulary,
    ]);
  };

  return {
    shape,
    ops,
    logits,
    dispose: () => {
      for (const found of tables.values()) tf.dispose(tensorsOf(found));
      tables.clear();
    },
  };
}
