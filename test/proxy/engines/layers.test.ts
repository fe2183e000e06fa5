import { beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/core/random.ts';
import { cpu } from '../../../src/proxy/engines/cpu.ts';
import type { Engine } from '../../../src/proxy/engines/engine.ts';
import { createModel } from '../../../src/proxy/model.ts';
import { parameterSpecs } from '../../../src/proxy/model/shape.ts';
import { deviations, normal } from './differences.ts';
import { models } from './models.ts';

describe('gradients of every tensor of a model against differences', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await cpu.open();
  });

  it.each(Object.entries(models))('%s', (_, shape) => {
    const { tf } = engine;
    const batch = 2;
    const model = createModel(engine, shape);
    const specs = parameterSpecs(shape);
    const random = createRandom(5);
    // Larger than a model starts from: the curvature of a norm is that of 1/x.
    const inputs = specs.map((spec) =>
      'value' in spec.start
        ? normal(random, spec.shape, spec.start.value, 0.3)
        : normal(random, spec.shape, 0, spec.isHidden ? 1.5 * spec.start.deviation : 1),
    );
    const symbols = () => Array.from({ length: batch * shape.context }, () => random.integer(shape.vocabulary));
    const [ids, targets] = [symbols(), symbols()];
    const found = deviations(engine, inputs, () => {
      const input = tf.tensor1d(ids, 'int32');
      const hot = model.ops.oneHot(tf.tensor1d(targets, 'int32'), shape.vocabulary);
      return (...tensors) => {
        const parameters = Object.fromEntries(specs.map(({ name }, k) => [name, tensors[k]]));
        return model.ops.tokenLosses(model.logits(parameters, input, batch), hot);
      };
    });
    for (const [k, { name }] of specs.entries()) expect(found[k], name).toBeLessThan(1);
    model.dispose();
  });
});
