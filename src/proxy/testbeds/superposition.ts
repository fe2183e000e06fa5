import { IsoflopError } from '../../core/errors.ts';
import { createRandom, type Random } from '../../core/random.ts';

/** A model that has to keep more features than it has dimensions. */
export interface Superposition {
  /** Features n of the data, each on by itself. */
  readonly features: number;
  /** a: feature i is on with a probability that falls as i^-a. */
  readonly frequency: number;
  /** Features that are on in one example, in the mean; no feature is on with more than probability 1. */
  readonly active: number;
  /**
   * Weight decay. Positive: vectors shrink, and only frequent features keep one, each its own dimension (weak superposition).
   * Negative: vectors are drawn to length 1, so all features have one and the vectors overlap (strong superposition).
   */
  readonly decay: number;
  readonly steps: number;
  readonly batch: number;
  /** Peak learning rate of Adam, after a warm-up over a twentieth of the steps; it falls to zero as a cosine. */
  readonly learningRate: number;
}

/** 600 features with a = 1.2, strong superposition. */
export const superpositionDefaults: Superposition = {
  features: 600,
  frequency: 1.2,
  active: 1,
  decay: -1,
  steps: 600,
  batch: 64,
  learningRate: 0.02,
};

/** Weights of y = ReLU(W W' x + b). */
export interface SuperpositionWeights {
  /** W, row-major features x width: the vector of each feature. */
  readonly vectors: Float64Array;
  /** b, length features. */
  readonly bias: Float64Array;
}

/** Examples with few features on: example t has values[k] of feature columns[k] for starts[t] <= k < starts[t + 1]. */
export interface SparseBatch {
  readonly starts: Int32Array;
  readonly columns: Int32Array;
  readonly values: Float64Array;
}

/** A trained model with its loss on examples that it has not seen. */
export interface TrainedSuperposition extends SuperpositionWeights {
  readonly width: number;
  /** Squared error summed over features, averaged over examples. */
  readonly loss: number;
  /** Share of features whose vector is longer than 1/2. */
  readonly represented: number;
}

/** What is known of the loss as the width m grows. */
export interface SuperpositionTruth {
  readonly regime: 'strong' | 'weak';
  /** L ~ m^-exponent for 1 << m << n. */
  readonly exponent: number;
}

/**
 * Probability with which each feature is on: proportional to i^-a, with the sum that was asked for.
 *
 * @returns length features
 * @throws {@link IsoflopError} `OPTION_INVALID` when a feature would be on with more than probability 1
 */
export function featureProbabilities({ features, frequency, active }: Superposition): Float64Array {
  const p = Float64Array.from({ length: features }, (_, i) => (i + 1) ** -frequency);
  const scale = active / p.reduce((sum, value) => sum + value, 0);
  if (!(scale > 0 && scale <= 1))
    throw new IsoflopError('OPTION_INVALID', {
      option: '--active',
      value: String(active),
      expected: `a positive number up to ${String(Number((active / scale).toPrecision(3)))}, with which the most frequent feature is always on`,
    });
  return p.map((value) => value * scale);
}

/**
 * The exponent of the loss in the width. Strong: vectors overlap by 1/m in the mean square whatever the frequencies, so the
 * loss falls as 1/m. Weak: the m most frequent features are kept and the loss is what the others have,
 * sum over i > m of p_i, which falls as m^(1-a).
 *
 * @see arXiv 2505.10465 (Liu et al. 2025)
 * @example
 * ```ts
 * superpositionTruth({ ...superpositionDefaults, decay: 1, frequency: 1.8 }).exponent.toFixed(1); // '0.8'
 * ```
 */
export function superpositionTruth({ decay, frequency }: Superposition): SuperpositionTruth {
  return decay > 0 ? { regime: 'weak', exponent: frequency - 1 } : { regime: 'strong', exponent: 1 };
}

/**
 * The loss of an ideal weak superposition: the `width` most frequent features without error, the others at their mean, which
 * leaves E[x^2] - E[x]^2 = 4 p/3 - p^2 of each.
 *
 * @example
 * ```ts
 * const bed = { ...superpositionDefaults, features: 3, frequency: 1, active: 1.1 };
 * weakSuperpositionLoss(bed, 2).toFixed(6); // '0.226667'
 * ```
 */
export function weakSuperpositionLoss(bed: Superposition, width: number): number {
  return featureProbabilities(bed).reduce((sum, p, i) => (i < width ? sum : sum + (4 / 3) * p - p * p), 0);
}

/** Draws examples: each feature is on with its probability, and then uniform between 0 and 2. */
export function drawExamples(probabilities: Float64Array, count: number, random: Random): SparseBatch {
  const rows: { column: number; value: number }[][] = Array.from({ length: count }, () => []);
  for (const [column, p] of probabilities.entries()) {
    if (p >= 1) {
      for (const row of rows) row.push({ column, value: 2 * random.next() });
      continue;
    }
    // From one example with the feature to the next, the gap is geometric.
    const rate = Math.log1p(-p);
    for (let t = Math.floor(Math.log(1 - random.next()) / rate); t < count;)
      if (t >= 0) {
        rows[t].push({ column, value: 2 * random.next() });
        t += 1 + Math.floor(Math.log(1 - random.next()) / rate);
      }
  }
  const starts = new Int32Array(count + 1);
  for (let t = 0; t < count; t++) starts[t + 1] = starts[t] + rows[t].length;
  const all = rows.flat();
  return {
    starts,
    columns: Int32Array.from(all, ({ column }) => column),
    values: Float64Array.from(all, ({ value }) => value),
  };
}

/**
 * Mean squared error of the model on a batch, summed over features, with its exact gradient.
 *
 * @param width - m
 * @param gradient - receives the derivatives, of the same shapes as the weights
 */
export function superpositionLoss(
  { vectors, bias }: SuperpositionWeights,
  width: number,
  { starts, columns, values }: SparseBatch,
  gradient?: SuperpositionWeights,
): number {
  const n = bias.length;
  const count = starts.length - 1;
  const hidden = new Float64Array(width);
  const back = new Float64Array(width);
  const wanted = new Float64Array(n);
  gradient?.vectors.fill(0);
  gradient?.bias.fill(0);
  let loss = 0;
  for (let t = 0; t < count; t++) {
    hidden.fill(0);
    back.fill(0);
    for (let k = starts[t]; k < starts[t + 1]; k++) {
      const from = columns[k] * width;
      wanted[columns[k]] = values[k];
      for (let d = 0; d < width; d++) hidden[d] += values[k] * vectors[from + d];
    }
    for (let i = 0; i < n; i++) {
      const from = i * width;
      let pre = bias[i];
      for (let d = 0; d < width; d++) pre += vectors[from + d] * hidden[d];
      const off = (pre > 0 ? pre : 0) - wanted[i];
      loss += off * off;
      if (gradient === undefined || pre <= 0) continue;
      const slope = (2 * off) / count;
      gradient.bias[i] += slope;
      for (let d = 0; d < width; d++) {
        gradient.vectors[from + d] += slope * hidden[d];
        back[d] += slope * vectors[from + d];
      }
    }
    for (let k = starts[t]; k < starts[t + 1]; k++) {
      wanted[columns[k]] = 0;
      if (gradient === undefined) continue;
      const from = columns[k] * width;
      for (let d = 0; d < width; d++) gradient.vectors[from + d] += values[k] * back[d];
    }
  }
  return loss / count;
}

/** Adam's constants. */
const adam = { first: 0.9, second: 0.99, epsilon: 1e-8 };
/** Examples of the test, as many as make the loss certain to a few per cent. */
const testExamples = 4096;

/**
 * Trains one model with Adam, its weight decay decoupled from the gradient and, where it is negative, towards length 1 of each
 * vector.
 *
 * @param width - m
 * @param seed - of the weights and the examples
 * @throws {@link IsoflopError} `OPTION_INVALID`
 * @see arXiv 2505.10465, section 2 (Liu et al. 2025)
 * @example
 * ```ts
 * const bed = { ...superpositionDefaults, features: 50, steps: 100, batch: 32 };
 * trainSuperposition(bed, 4, 0).loss === trainSuperposition(bed, 4, 0).loss; // true
 * ```
 */
export function trainSuperposition(bed: Superposition, width: number, seed: number): TrainedSuperposition {
  checkBed(bed, width);
  const { features: n, decay, steps, batch, learningRate } = bed;
  const probabilities = featureProbabilities(bed);
  const random = createRandom(seed, width);
  const weights: SuperpositionWeights = {
    vectors: Float64Array.from({ length: n * width }, () => random.normal() / Math.sqrt(width)),
    bias: new Float64Array(n),
  };
  const zero = (): SuperpositionWeights => ({ vectors: new Float64Array(n * width), bias: new Float64Array(n) });
  const [gradient, first, second] = [zero(), zero(), zero()];
  const warmUp = Math.max(1, Math.round(steps / 20));
  for (let step = 1; step <= steps; step++) {
    superpositionLoss(weights, width, drawExamples(probabilities, batch, random), gradient);
    const falling = 0.5 * (1 + Math.cos((Math.PI * Math.max(0, step - warmUp)) / Math.max(1, steps - warmUp)));
    const rate = learningRate * Math.min(1, step / warmUp) * falling;
    decayVectors(weights.vectors, n, width, rate * decay);
    for (const part of ['vectors', 'bias'] as const)
      adamStep(weights[part], gradient[part], first[part], second[part], rate, step);
  }
  let represented = 0;
  for (let i = 0; i < n; i++) if (Math.sqrt(squaredLength(weights.vectors, i, width)) > 0.5) represented++;
  const test = drawExamples(probabilities, testExamples, createRandom(seed, 2 ** 24 + width));
  return { ...weights, width, loss: superpositionLoss(weights, width, test), represented: represented / n };
}

function adamStep(
  weights: Float64Array,
  gradient: Float64Array,
  first: Float64Array,
  second: Float64Array,
  rate: number,
  step: number,
): void {
  const a = 1 - adam.first ** step;
  const b = 1 - adam.second ** step;
  for (let k = 0; k < weights.length; k++) {
    const g = gradient[k];
    first[k] = adam.first * first[k] + (1 - adam.first) * g;
    second[k] = adam.second * second[k] + (1 - adam.second) * g * g;
    weights[k] -= (rate * first[k]) / a / (Math.sqrt(second[k] / b) + adam.epsilon);
  }
}

function decayVectors(vectors: Float64Array, n: number, width: number, amount: number): void {
  for (let i = 0; i < n; i++) {
    // Negative: the step leads to length 1 from both sides.
    const length = amount < 0 ? Math.sqrt(squaredLength(vectors, i, width)) : 0;
    const factor = amount < 0 ? 1 - amount * (1 / Math.max(length, 1e-6) - 1) : 1 - amount;
    for (let d = 0; d < width; d++) vectors[i * width + d] *= factor;
  }
}

function squaredLength(vectors: Float64Array, i: number, width: number): number {
  let sum = 0;
  for (let d = 0; d < width; d++) sum += vectors[i * width + d] ** 2;
  return sum;
}

function checkBed(bed: Superposition, width: number): void {
  const invalid = (option: string, value: number, expected: string): IsoflopError =>
    new IsoflopError('OPTION_INVALID', { option, value: String(value), expected });
  const { features, frequency, active, decay, steps, batch, learningRate } = bed;
  for (const [option, value, least] of [
    ['--features', features, 2],
    ['--steps', steps, 1],
    ['--batch', batch, 1],
    ['--widths', width, 1],
  ] as const)
    if (!(Number.isInteger(value) && value >= least && value <= 1e6))
      throw invalid(option, value, `a whole number from ${String(least)}`);
  if (!(frequency > 0 && frequency <= 10))
    throw invalid('--frequency', frequency, 'an exponent above 0, and at most 10');
  if (!(active > 0)) throw invalid('--active', active, 'a positive number');
  if (!(Math.abs(decay) <= 10)) throw invalid('--decay', decay, 'a number between -10 and 10');
  if (!(learningRate > 0 && learningRate < 1))
    throw invalid('--learning-rate', learningRate, 'a number between 0 and 1');
}
