import { IsoflopError } from '../../core/errors.ts';
import { openBinding } from './binding.ts';
import type { EngineDefinition } from './engine.ts';

const packageName = '@tensorflow/tfjs-node-gpu';

/** TensorFlow's C library on an NVIDIA GPU. */
export const tfjsNodeGpu: EngineDefinition = {
  id: 'tfjs-node-gpu',
  title: 'TensorFlow on an NVIDIA GPU (CUDA)',
  needs: `${packageName}, CUDA, cuDNN`,
  open: async () => {
    const engine = await openBinding('tfjs-node-gpu', packageName);
    if (engine.hasGpu) return engine;
    throw new IsoflopError('ENGINE_UNAVAILABLE', {
      engine: 'tfjs-node-gpu',
      reason: `${packageName} loads, but TensorFlow finds no GPU`,
      remedy:
        'Set TF_CPP_MIN_LOG_LEVEL=0 to see which library of CUDA or cuDNN it misses; docs/engines.md has the versions.',
    });
  },
};
