import { openBinding } from './binding.ts';
import type { EngineDefinition } from './engine.ts';

const packageName = '@tensorflow/tfjs-node';

/** TensorFlow's C library on all cores of the CPU. */
export const tfjsNode: EngineDefinition = {
  id: 'tfjs-node',
  title: 'TensorFlow on the CPU',
  needs: packageName,
  open: () => openBinding('tfjs-node', packageName),
};
