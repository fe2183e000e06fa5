import type { EngineDefinition } from './engine.ts';
import { loadTensorFlow, plainOperations, versionOf } from './tensorflow.ts';

/** Plain JavaScript: slow, there everywhere, and what the other engines are checked against. */
export const cpu: EngineDefinition = {
  id: 'cpu',
  title: 'TensorFlow.js in plain JavaScript',
  needs: 'nothing',
  open: async () => {
    const tf = loadTensorFlow();
    await tf.setBackend('cpu');
    return {
      id: 'cpu',
      tf,
      device: 'CPU (JavaScript)',
      versions: { '@tensorflow/tfjs': versionOf('@tensorflow/tfjs') },
      ...plainOperations(tf),
    };
  },
};
