import type { Engine, Tensor } from '../engines/engine.ts';

/**
 * The differentiable parts of a transformer, each with a gradient of its own: fewer kernels than TensorFlow.js would run,
 * no transposed products, which are an order of magnitude slower on some backends, and nothing that one backend lacks.
 *
 * Shapes: n tokens of a batch, d features, T positions, h features of a head, g = batch x heads.
 */
export interface Ops {
  /** `x (n, i) * w (i, o)`. */
  readonly linear: (x: Tensor, w: Tensor) => Tensor;
  /** `x + y` of one shape. */
  readonly add: (x: Tensor, y: Tensor) => Tensor;
  /** `x (n, d) + bias (d)`. */
  readonly addBias: (x: Tensor, bias: Tensor) => Tensor;
  /** Rows of `table (V, d)` for int32 `ids (n)`: `(n, d)`. */
  readonly embed: (table: Tensor, ids: Tensor) => Tensor;
  /** Rows scaled to unit root mean square, then by `gain (d)`; centred before and shifted by `bias (d)` where there is one. */
  readonly norm: (x: Tensor, kind: NormKind, gain: Tensor, bias?: Tensor) => Tensor;
  /** GELU in its tanh form, by the sigmoid: `x s(2 sqrt(2/pi) (x + 0.044715 x^3))`. @see arXiv 1606.08415, section 2 */
  readonly gelu: (x: Tensor) => Tensor;
  /** `x s(x) * y`. @see arXiv 2002.05202, equation 5 */
  readonly swiglu: (x: Tensor, y: Tensor) => Tensor;
  /** Rotates pairs of features of `x (g, T, h)` by angles that grow with the position. @see arXiv 2104.09864 */
  readonly rotary: (x: Tensor, tables: RotaryTables) => Tensor;
  /** Causal attention of `q, k, v (g, T, h)`; `mask (T, T)` is 0 where a position may look and very negative elsewhere. */
  readonly attention: (q: Tensor, k: Tensor, v: Tensor, scale: number, mask: Tensor) => Tensor;
  /** Loss of each token `(n)`, nats, of `logits (n, V)` where the targets are the ones of `hot (n, V)`. */
  readonly tokenLosses: (logits: Tensor, hot: Tensor) => Tensor;
  /** Log Z of each token `(n)`: the log of the sum of its exponentiated logits. */
  readonly logPartition: (logits: Tensor) => Tensor;
  /** The ones of int32 `ids (n)` among V symbols, `(n, V)`. */
  readonly oneHot: (ids: Tensor, symbols: number) => Tensor;
}

export type NormKind = 'layernorm' | 'rmsnorm';

/** Cosines and sines `(T, h)` and the matrix `(h, h)` that turns a pair by a right angle, with its transpose. */
export interface RotaryTables {
  readonly cos: Tensor;
  readonly sin: Tensor;
  readonly turn: Tensor;
  readonly turnBack: Tensor;
}

const geluSlope = 2 * Math.sqrt(2 / Math.PI);
const geluCubic = 0.044715;
const epsilon = 1e-5;
/** The least positive normal number of float32: softmax gives 0 below it. */
const least = 1.1754944e-38;

/** The parts on one engine. */
export function createOps({ tf, matMul, rows, sumRows }: Engine): Ops {
  const swap = (x: Tensor): Tensor => tf.transpose(x, x.rank === 2 ? [1, 0] : [0, 2, 1]);
  // TensorFlow.js types the arguments of a custom gradient for one tensor; it takes and gives lists as well.
  type Custom = (...inputs: Tensor[]) => Tensor;
  type Save = (tensors: Tensor[]) => void;
  const custom = (
    forward: (inputs: readonly Tensor[], save: Save) => Tensor,
    backward: (dy: Tensor, saved: readonly Tensor[]) => Tensor[],
  ): Custom =>
    tf.customGrad((...all: unknown[]) => {
      const save = all.pop() as Save;
      const value = forward(all as Tensor[], save);
      return { value, gradFunc: (dy: Tensor, saved: Tensor[]) => backward(dy, saved) };
    });

  const linear = custom(
    ([x, w], save) => {
      save([x, w]);
      return matMul(x, w);
    },
    (dy, [x, w]) => [matMul(dy, swap(w)), matMul(swap(x), dy)],
  );

  const addBias = custom(
    ([x, bias]) => tf.add(x, bias),
    (dy) => [dy, tf.sum(dy, 0)],
  );

  const embed = (table: Tensor, ids: Tensor): Tensor =>
    custom(
      ([weights]) => rows(weights, ids),
      (dy) => [sumRows(dy, ids, table.shape[0])],
    )(table);

  const norm = (x: Tensor, kind: NormKind, gain: Tensor, bias?: Tensor): Tensor => {
    const isCentred = kind === 'layernorm';
    const run = custom(
      ([input, g, b], save) => {
        const centred = isCentred ? tf.sub(input, tf.mean(input, -1, true)) : input;
        const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(centred), -1, true), epsilon));
        const unit = tf.mul(centred, inverse);
        save([unit, inverse, g]);
        const scaled = tf.mul(unit, g);
        return (b as Tensor | undefined) === undefined ? scaled : tf.add(scaled, b);
      },
      (dy, [unit, inverse, g]) => {
        const axes = dy.shape.slice(0, -1).map((_, axis) => axis);
        const dUnit = tf.mul(dy, g);
        const along = tf.mul(unit, tf.mean(tf.mul(dUnit, unit), -1, true));
        const rest = isCentred ? tf.sub(dUnit, tf.mean(dUnit, -1, true)) : dUnit;
        const dx = tf.mul(tf.sub(rest, along), inverse);
        const dGain = tf.sum(tf.mul(dy, unit), axes);
        return bias === undefined ? [dx, dGain] : [dx, dGain, tf.sum(dy, axes)];
      },
    );
    return bias === undefined ? run(x, gain) : run(x, gain, bias);
  };

  const gelu = custom(
    ([x], save) => {
      const square = tf.square(x);
      const gate = tf.sigmoid(tf.mul(x, tf.add(tf.mul(square, geluSlope * geluCubic), geluSlope)));
      save([x, square, gate]);
      return tf.mul(x, gate);
    },
    (dy, [x, square, gate]) => {
      const inner = tf.add(tf.mul(square, 3 * geluSlope * geluCubic), geluSlope);
      const bent = tf.mul(tf.mul(x, inner), tf.sub(1, gate));
      return [tf.mul(dy, tf.mul(gate, tf.add(bent, 1)))];
    },
  );

  const swiglu = custom(
    ([x, y], save) => {
      const gate = tf.sigmoid(x);
      const swish = tf.mul(x, gate);
      save([x, y, gate, swish]);
      return tf.mul(swish, y);
    },
    (dy, [x, y, gate, swish]) => {
      const slope = tf.mul(gate, tf.add(1, tf.mul(x, tf.sub(1, gate))));
      return [tf.mul(tf.mul(dy, y), slope), tf.mul(dy, swish)];
    },
  );

  const rotary = (x: Tensor, { cos, sin, turn, turnBack }: RotaryTables): Tensor => {
    const [g, length, width] = x.shape;
    const product = (y: Tensor, by: Tensor): Tensor =>
      tf.reshape(matMul(tf.reshape(y, [g * length, width]), by), [g, length, width]);
    return custom(
      ([input]) => tf.add(tf.mul(input, cos), tf.mul(product(input, turn), sin)),
      (dy) => [tf.add(tf.mul(dy, cos), product(tf.mul(dy, sin), turnBack))],
    )(x);
  };

  const attention = (q: Tensor, k: Tensor, v: Tensor, scale: number, mask: Tensor): Tensor =>
    custom(
      ([query, key, value], save) => {
        const share = tf.softmax(tf.add(tf.mul(matMul(query, swap(key)), scale), mask));
        save([query, key, value, share]);
        return matMul(share, value);
      },
      (dy, [query, key, value, share]) => {
        const dShare = matMul(dy, swap(value));
        const mean = tf.sum(tf.mul(dShare, share), -1, true);
        const dLogits = tf.mul(tf.mul(share, tf.sub(dShare, mean)), scale);
        return [matMul(dLogits, key), matMul(swap(dLogits), query), matMul(swap(share), dy)];
      },
    )(q, k, v);

  const tokenLosses = custom(
    ([logits, hot], save) => {
      const p = tf.softmax(logits);
      save([p, hot]);
      return tf.neg(tf.log(tf.maximum(tf.sum(tf.mul(p, hot), -1), least)));
    },
    (dy, [p, hot]) => [tf.mul(tf.sub(p, hot), tf.reshape(dy, [-1, 1])), tf.zerosLike(hot)],
  );

  const logPartition = custom(
    ([logits], save) => {
      const largest = tf.max(logits, -1, true);
      save([logits]);
      return tf.add(tf.log(tf.sum(tf.exp(tf.sub(logits, largest)), -1)), tf.reshape(largest, [-1]));
    },
    (dy, [logits]) => [tf.mul(tf.softmax(logits), tf.reshape(dy, [-1, 1]))],
  );

  // An int32 one-hot, cast: the float32 one is wrong on the wasm backend.
  const oneHot = (ids: Tensor, symbols: number): Tensor => tf.cast(tf.oneHot(ids, symbols), 'float32');

  const add = (x: Tensor, y: Tensor): Tensor => tf.add(x, y);

  return { add, linear, addBias, embed, norm, gelu, swiglu, rotary, attention, tokenLosses, logPartition, oneHot };
}
