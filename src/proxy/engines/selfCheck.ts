import { IsoflopError } from '../../core/errors.ts';
import { createRandom } from '../../core/random.ts';
import { createModel, type Parameters } from '../model.ts';
import { parameterSpecs, type ModelShape } from '../model/shape.ts';
import { startWeights } from '../model/weights.ts';
import { cpu } from './cpu.ts';
import type { Engine, Tensor } from './engine.ts';
import { briefly } from './packages.ts';

/** How an engine compares with `cpu`. */
export interface SelfCheck {
  /** Largest difference of a loss or gradient, relative to the size of that tensor. */
  readonly difference: number;
  /** The loss or gradient that differs most. */
  readonly what: string;
  /** Differences up to this one are those of rounding. */
  readonly tolerance: number;
  /** Time that it took, milliseconds. */
  readonly ms: number;
}

/** Rounding in float32 came to 1e-6 on every engine that was tried; a kernel that is wrong is off by far more. */
const tolerance = 1e-4;

/** Gradients below this share of the largest are mostly rounding: that of a key's bias is 0 but for it. */
const leastShare = 0.01;

/** The least models that have every option, and one with products as large as those of a run. */
const cases: readonly { readonly shape: ModelShape; readonly batch: number }[] = [
  {
    batch: 2,
    shape: {
      vocabulary: 11,
      context: 6,
      layers: 2,
      width: 8,
      heads: 2,
      hidden: 12,
      positions: 'rotary',
      activation: 'swiglu',
      norm: 'rmsnorm',
      biases: 'none',
      tied: true,
      qkNorm: true,
      parametrisation: { kind: 'standard' },
    },
  },
  {
    batch: 3,
    shape: {
      vocabulary: 13,
      context: 5,
      layers: 1,
      width: 6,
      heads: 1,
      hidden: 10,
      positions: 'learned',
      activation: 'gelu',
      norm: 'layernorm',
      biases: 'all',
      tied: false,
      qkNorm: false,
      parametrisation: { kind: 'mup', baseWidth: 4 },
    },
  },
  {
    batch: 1,
    shape: {
      vocabulary: 256,
      context: 16,
      layers: 1,
      width: 64,
      heads: 4,
      hidden: 128,
      positions: 'rotary',
      activation: 'gelu',
      norm: 'layernorm',
      biases: 'mlp',
      tied: true,
      qkNorm: true,
      parametrisation: { kind: 'standard' },
    },
  },
];

/** Values by name: the loss, and the gradient of each tensor. */
type Results = ReadonlyMap<string, Float32Array>;

/** Loss and gradients of a tiny model from seeded weights, on whichever backend `engine` has set. */
async function compute(engine: Engine, { shape, batch }: (typeof cases)[number]): Promise<Results> {
  const { tf } = engine;
  const model = createModel(engine, shape);
  const specs = parameterSpecs(shape);
  const weights = startWeights(specs, 1);
  const random = createRandom(2);
  const symbols = () => Int32Array.from({ length: batch * shape.context }, () => random.integer(shape.vocabulary));
  const [ids, targets] = [symbols(), symbols()];
  const found = tf.tidy(() => {
    const inputs = tf.tensor1d(ids, 'int32');
    const hot = model.ops.oneHot(tf.tensor1d(targets, 'int32'), shape.vocabulary);
    const objective = (...tensors: Tensor[]): Tensor => {
      const parameters: Parameters = Object.fromEntries(specs.map(({ name }, k) => [name, tensors[k]]));
      const logits = model.logits(parameters, inputs, batch);
      const penalty = tf.mean(tf.square(model.ops.logPartition(logits)));
      return tf.add(tf.mean(model.ops.tokenLosses(logits, hot)), tf.mul(penalty, 0.01));
    };
    const start = specs.map(({ name, shape: lengths }) => tf.tensor(weights.get(name) ?? [], [...lengths]));
    const { value, grads } = tf.valueAndGrads(objective)(start);
    return [value, ...grads];
  });
  const values = await Promise.all(found.map(async (tensor) => Float32Array.from(await tensor.data())));
  tf.dispose(found);
  model.dispose();
  return new Map(values.map((value, k) => [k === 0 ? 'loss' : `gradient of ${specs[k - 1].name}`, value]));
}

let reference: Promise<readonly Results[]> | undefined;

/** Results of every case, one after the other: they share a backend. */
async function computeAll(engine: Engine): Promise<readonly Results[]> {
  const all: Results[] = [];
  for (const one of cases) all.push(await compute(engine, one));
  return all;
}

/**
 * Compares an engine with `cpu` in loss and gradients of tiny models with every option.
 *
 * @throws IsoflopError `ENGINE_WRONG` with the difference, `ENGINE_UNAVAILABLE` where something cannot be computed
 */
export async function selfCheck(engine: Engine): Promise<SelfCheck> {
  const start = performance.now();
  const { tf } = engine;
  const backend = tf.getBackend();
  reference ??= cpu.open().then(computeAll);
  const expected = await reference;
  await tf.setBackend(backend);
  const found = await computeAll(engine).catch((error: unknown) => {
    const reason = `its self-check ends with "${briefly(error)}"`;
    throw new IsoflopError('ENGINE_UNAVAILABLE', { engine: engine.id, reason, remedy: 'Choose another engine.' });
  });
  let [difference, what] = [0, 'loss'];
  for (const [k, results] of expected.entries()) {
    const scale = Math.max(...[...results.values()].map(largestOf));
    for (const [name, values] of results) {
      const one = relativeDifference(found[k].get(name), values, leastShare * scale);
      if (one > difference) [difference, what] = [one, name];
    }
  }
  if (difference <= tolerance) return { difference, what, tolerance, ms: performance.now() - start };
  throw new IsoflopError('ENGINE_WRONG', { engine: engine.id, device: engine.device, what, difference, tolerance });
}

const largestOf = (values: Float32Array): number => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

/** Largest difference of two tensors over the largest number of the second, or `least`; infinite where one is no number. */
function relativeDifference(found: Float32Array | undefined, expected: Float32Array, least: number): number {
  const differences = expected.map((value, i) => Math.abs((found?.[i] ?? NaN) - value));
  return differences.some(Number.isNaN) ? Infinity : largestOf(differences) / Math.max(largestOf(expected), least);
}
