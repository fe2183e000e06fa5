import { createRequire } from 'node:module';
import type { Engine, Tensor, TensorLibrary } from './engine.ts';

const require = createRequire(import.meta.url);

/** TensorFlow.js, which is one CommonJS module whose backends register with it. */
export function loadTensorFlow(): TensorLibrary {
  const { warn } = console;
  // It recommends another backend on stderr when it is loaded; which one is used is the user's choice.
  console.warn = () => undefined;
  try {
    return require('@tensorflow/tfjs') as TensorLibrary;
  } finally {
    console.warn = warn;
  }
}

/** The version of a package as it is installed. */
export const versionOf = (name: string): string => (require(`${name}/package.json`) as { version: string }).version;

/** Products and rows by kernels that all backends have. */
export function plainOperations(tf: TensorLibrary): Pick<Engine, 'matMul' | 'rows' | 'sumRows'> {
  const matMul = (a: Tensor, b: Tensor): Tensor => tf.matMul(a, b);
  return {
    matMul,
    rows: (table, indices) => tf.gather(table, indices as never),
    // By a product with a one-hot matrix: some backends lack a sum by segments.
    sumRows: (rows, indices, size) =>
      matMul(tf.transpose(tf.cast(tf.oneHot(indices as never, size), 'float32')), rows),
  };
}
