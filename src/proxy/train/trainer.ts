import type { RunConfig } from '../runConfig.ts';
import type { Corpus } from '../corpus/corpus.ts';
import type { Engine, Tensor } from '../engines/engine.ts';
import { createModel, type ForwardOptions, type Parameters } from '../model.ts';
import { countModelFlops, countParameters, sizeOf, type ModelShape, type ParameterSpec } from '../model/shape.ts';
import type { Weights } from '../model/weights.ts';
import { startOptimizer, updateWeights, type OptimizerState, type UpdateStats } from '../optimizer.ts';
import { rateShare } from '../schedule.ts';
import { memoryNeed, requireMemory } from './memory.ts';
import { combineStrategies } from './strategySet.ts';

/** What a step came to. */
export interface StepResult extends UpdateStats {
  readonly step: number;
  /** Tokens trained on so far. */
  readonly tokens: number;
  /** Mean loss of the batch before the update, nats a token. */
  readonly loss: number;
  /** Learning rate of the step. */
  readonly rate: number;
}

/** What an evaluation came to. */
export interface Evaluation {
  /** Mean loss of the validation windows, nats a token. */
  readonly loss: number;
  /** Mean of log Z. */
  readonly logZ: number;
  /** Largest logit of attention before the mask. */
  readonly maxAttentionLogit: number;
}

/** A model in training, as far as its arithmetic goes. */
export interface Trainer {
  readonly shape: ModelShape;
  readonly specs: readonly ParameterSpec[];
  readonly weights: Weights;
  readonly optimizer: OptimizerState;
  /** Parameters N, with those of embeddings. */
  readonly params: number;
  readonly flopsPerToken: number;
  readonly stepTokens: number;
  readonly steps: number;
  readonly step: () => Promise<StepResult>;
  readonly evaluate: () => Promise<Evaluation>;
  /** Gradient of one batch without an update, for the noise scale. */
  readonly gradient: (windows: Int32Array, rows: number, step: number) => Promise<{ loss: number; gradients: Weights }>;
  /** Frees what it holds on the engine. */
  readonly dispose: () => void;
}

/** Rows that one forward pass of an evaluation takes. */
const evaluationChunk = 16;

/** Windows as inputs and targets. */
function cut(windows: Int32Array, rows: number, context: number): { ids: Int32Array; targets: Int32Array } {
  const ids = new Int32Array(rows * context);
  const targets = new Int32Array(rows * context);
  for (let row = 0; row < rows; row++) {
    const from = row * (context + 1);
    ids.set(windows.subarray(from, from + context), row * context);
    targets.set(windows.subarray(from + 1, from + 1 + context), row * context);
  }
  return { ids, targets };
}

/**
 * Makes a model ready to train.
 *
 * @param saved - weights and moments from which an interrupted run goes on
 * @throws {@link IsoflopError} `RUN_MEMORY`
 */
export function createTrainer(
  config: RunConfig,
  engine: Engine,
  corpus: Corpus,
  saved?: { readonly weights: Weights; readonly optimizer: OptimizerState },
): Trainer {
  const { tf } = engine;
  const plain = { ...config.model, vocabulary: corpus.vocabulary };
  const strategy = combineStrategies(config.strategies, plain, engine, config.seed);
  const { shape, specs } = strategy;
  const { context } = shape;
  requireMemory(config.name, memoryNeed(shape, specs, Math.ceil(config.batch / config.accumulate)), engine.id);
  const model = createModel(engine, shape);
  const { ops } = model;
  const weights = saved?.weights ?? strategy.start(config.seed);
  const optimizer = saved?.optimizer ?? startOptimizer(weights);
  const stepTokens = config.batch * context;
  const steps = Math.max(1, Math.round(config.tokens / stepTokens));
  const total = steps * stepTokens;

  const valuesOf = (name: string): Float32Array => {
    const values = weights.get(name);
    if (values === undefined) throw new Error(`no tensor ${name}`);
    return values;
  };
  const upload = (): Tensor[] => specs.map(({ name, shape: lengths }) => tf.tensor(valuesOf(name), [...lengths]));
  const named = (tensors: readonly Tensor[]): Parameters =>
    Object.fromEntries(specs.map(({ name }, k) => [name, tensors[k]]));

  /** Objective and gradients of one micro-batch. */
  const differentiate = async (windows: Int32Array, rows: number, options: ForwardOptions) => {
    const { ids, targets } = cut(windows, rows, context);
    const [mean, ...gradients] = tf.tidy(() => {
      const inputs = tf.tensor1d(ids, 'int32');
      const hot = ops.oneHot(tf.tensor1d(targets, 'int32'), shape.vocabulary);
      let plainLoss: Tensor | undefined;
      const objective = (...tensors: Tensor[]): Tensor => {
        const logits = model.logits(named(tensors), inputs, rows, options);
        const losses = ops.tokenLosses(logits, hot);
        plainLoss = tf.keep(tf.mean(losses));
        const weighted = strategy.rowWeights === undefined ? tf.mean(losses) : weigh(losses, rows, strategy.rowWeights);
        if (strategy.logz === 0) return weighted;
        return tf.add(weighted, tf.mul(tf.mean(tf.square(ops.logPartition(logits))), strategy.logz));
      };
      const { grads } = tf.valueAndGrads(objective)(upload());
      if (plainLoss === undefined) throw new Error('no loss');
      return [plainLoss, ...grads];
    });
    const values = await Promise.all([mean, ...gradients].map(async (tensor) => (await tensor.data()) as Float32Array));
    tf.dispose([mean, ...gradients]);
    return { loss: values[0][0], gradients: values.slice(1) };
  };

  /** Mean of losses by row, weighted; the weights have no gradient. */
  const weigh = (losses: Tensor, rows: number, by: (losses: Tensor) => Tensor): Tensor => {
    const means = tf.mean(tf.reshape(losses, [rows, context]), -1);
    const constant = tf.customGrad(((x: Tensor) => ({
      value: by(x),
      gradFunc: (dy: Tensor) => tf.zerosLike(dy),
    })) as never);
    return tf.sum(tf.mul(means, constant(means)));
  };

  const gradientOf: Trainer['gradient'] = async (windows, rows, step) => {
    const parts = Math.min(config.accumulate, rows);
    const sums = new Map(specs.map((spec) => [spec.name, new Float32Array(sizeOf(spec))]));
    let loss = 0;
    for (let part = 0; part < parts; part++) {
      const [from, end] = [part, part + 1].map((k) => Math.floor((k * rows) / parts));
      const piece = windows.subarray(from * (context + 1), end * (context + 1));
      const share = (end - from) / rows;
      const about = { engine, seed: config.seed, step, part };
      const found = await differentiate(piece, end - from, { ...strategy.forward, ...strategy.training(about) });
      loss += share * found.loss;
      for (const [k, { name }] of specs.entries()) {
        const gradient = found.gradients[k];
        const sum = sums.get(name);
        if (sum !== undefined) for (let i = 0; i < sum.length; i++) sum[i] += share * gradient[i];
      }
    }
    return { loss, gradients: sums };
  };

  const step = async (): Promise<StepResult> => {
    const index = optimizer.step;
    const windows = await corpus.batch(config.seed, index, config.batch, context);
    const { loss, gradients } = await gradientOf(windows, config.batch, index);
    const { rate: peak } = config.schedule;
    const rate = peak * rateShare(config.schedule, index * stepTokens, total, stepTokens);
    const about = { rate, peak, config: config.optimizer, rule: strategy.update };
    const stats = updateWeights(specs, weights, gradients, optimizer, about);
    return { step: index + 1, tokens: (index + 1) * stepTokens, loss, rate, ...stats };
  };

  let validation: Int32Array | undefined;
  const evaluate = async (): Promise<Evaluation> => {
    validation ??= await corpus.validation(config.evaluationRows, context);
    const rows = validation.length / (context + 1);
    const tensors = upload();
    const parameters = named(tensors);
    let [loss, logZ, maxAttentionLogit] = [0, 0, -Infinity];
    for (let from = 0; from < rows; from += evaluationChunk) {
      const count = Math.min(evaluationChunk, rows - from);
      const piece = validation.subarray(from * (context + 1), (from + count) * (context + 1));
      const { ids, targets } = cut(piece, count, context);
      const found = tf.tidy(() => {
        let largest: Tensor = tf.scalar(-Infinity);
        const look = (name: string, value: Tensor): void => {
          if (name.endsWith('.logits')) largest = tf.maximum(largest, tf.max(value));
        };
        const inputs = tf.tensor1d(ids, 'int32');
        const logits = model.logits(parameters, inputs, count, { ...strategy.forward, look });
        const hot = ops.oneHot(tf.tensor1d(targets, 'int32'), shape.vocabulary);
        return [tf.sum(ops.tokenLosses(logits, hot)), tf.sum(ops.logPartition(logits)), largest];
      });
      const [lossSum, logZSum, largest] = await Promise.all(found.map(async (tensor) => (await tensor.data())[0]));
      tf.dispose(found);
      loss += lossSum;
      logZ += logZSum;
      maxAttentionLogit = Math.max(maxAttentionLogit, largest);
    }
    tf.dispose(tensors);
    const tokens = rows * context;
    return { loss: loss / tokens, logZ: logZ / tokens, maxAttentionLogit };
  };

  return {
    shape,
    specs,
    weights,
    optimizer,
    params: countParameters(shape, specs).total,
    flopsPerToken: countModelFlops(shape, specs).training,
    stepTokens,
    steps,
    step,
    evaluate,
    gradient: gradientOf,
    dispose: model.dispose,
  };
}
