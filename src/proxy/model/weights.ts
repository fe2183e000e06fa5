import { createRandom } from '../../core/random.ts';
import { sizeOf, type ParameterSpec } from './shape.ts';

/** Values of the tensors of a model by name, row-major float32. */
export type Weights = ReadonlyMap<string, Float32Array>;

/**
 * The weights that a model starts from: the same for the same seed, whatever the engine. Every tensor has its own stream
 * of random numbers, so that adding one leaves the others as they are.
 */
export function startWeights(specs: readonly ParameterSpec[], seed: number): Weights {
  return new Map(
    specs.map((spec, k) => {
      const values = new Float32Array(sizeOf(spec));
      const { start } = spec;
      if ('value' in start) return [spec.name, values.fill(start.value)] as const;
      const random = createRandom(seed, k);
      for (let i = 0; i < values.length; i++) values[i] = start.deviation * random.normal();
      return [spec.name, values] as const;
    }),
  );
}
