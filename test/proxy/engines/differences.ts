import type { Engine, Tensor } from '../../../src/proxy/engines/engine.ts';
import { createRandom, type Random } from '../../../src/core/random.ts';

/** A tensor's shape and what it starts from. */
export interface Input {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** Normal values of a shape, around a number. */
export function normal(random: Random, shape: readonly number[], around = 0, deviation = 1): Input {
  const length = shape.reduce((product, n) => product * n, 1);
  return { shape, values: Float32Array.from({ length }, () => around + deviation * random.normal()) };
}

/**
 * Steps of the differences, of which the better counts: their error grows as the fourth power of the step and is large near
 * the zeros of a norm, that of rounding grows as its inverse.
 */
const steps = [1 / 64, 1 / 256];
/** Derivatives agree to this share of the sum of the sizes of their terms. */
const relative = 1e-3;
/** Below this, a derivative of sums of about 1 is rounding. */
const absolute = 3e-5;

/**
 * Compares the gradient of `w . f(inputs)` for a random `w` with differences along random directions, one input after the
 * other.
 *
 * @param make - makes f, and the constants that it needs, which are freed in the end
 * @returns for each input the largest deviation as a multiple of what rounding allows: 1 or less where the gradient is right
 */
export function deviations(
  { tf }: Engine,
  inputs: readonly Input[],
  make: () => (...all: Tensor[]) => Tensor,
): number[] {
  tf.engine().startScope();
  const f = make();
  const random = createRandom(7);
  const upload = (values: readonly Float32Array[]): Tensor[] =>
    values.map((one, k) => tf.tensor(one, [...inputs[k].shape]));
  const start = inputs.map(({ values }) => values);
  const output = tf.tidy(() => f(...upload(start)).shape);
  const w = normal(random, output);
  /** In float64, from the outputs on. */
  const project = (values: readonly Float32Array[]): number =>
    tf.tidy(() => f(...upload(values)).dataSync<'float32'>()).reduce((sum, value, i) => sum + value * w.values[i], 0);
  const gradients = tf.tidy(() =>
    tf
      .grads(f)(upload(start), tf.tensor(w.values, [...output]))
      .map((gradient) => gradient.dataSync<'float32'>()),
  );
  const found = gradients.map((gradient, k) => {
    const worst = [1, 2].map(() => {
      const u = start[k].map(() => (random.next() < 0.5 ? -1 : 1));
      const at = (h: number): number =>
        project(start.map((values, j) => (j === k ? values.map((value, i) => value + h * u[i]) : values)));
      const differences = steps.map((h) => (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h));
      const terms = Array.from(gradient, (value, i) => value * u[i]);
      const derivative = terms.reduce((sum, term) => sum + term, 0);
      const size = terms.reduce((sum, term) => sum + Math.abs(term), 0);
      const least = Math.min(...differences.map((difference) => Math.abs(difference - derivative)));
      return least / (relative * size + absolute);
    });
    return Math.max(...worst);
  });
  tf.engine().endScope();
  return found;
}
