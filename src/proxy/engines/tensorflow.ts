import { createRequire } from 'node:module';
import type { Engine, Tensor, TensorLibrary } from './engine.ts';
import type { InstalledPackage } from './packages.ts';
import { loadQuietly } from './quiet.ts';

const require = createRequire(import.meta.url);

const unionName = '@tensorflow/tfjs';

/**
 * TensorFlow.js, which is one CommonJS module whose backends register with it. Copies of it in one process share their
 * backends and tensors.
 *
 * @param backend - the package that is to register with it: the copy beside it is taken, if there is one
 */
export function loadTensorFlow(backend?: InstalledPackage): TensorLibrary {
  const tf = loadQuietly((): unknown => backend?.loadBeside(unionName) ?? require(unionName)) as TensorLibrary;
  // Otherwise it advertises another backend on stderr when a tensor is first made; which one is used is the user's choice.
  tf.enableProdMode();
  return tf;
}

/** The version of a package that isoflop brings. */
export const versionOf = (name: string): string => (require(`${name}/package.json`) as { version: string }).version;

/** Products and rows by kernels that all backends have. */
export function plainOperations(tf: TensorLibrary): Pick<Engine, 'matMul' | 'rows' | 'sumRows'> {
  const matMul = (a: Tensor, b: Tensor): Tensor => tf.matMul(a, b);
  return {
    matMul,
    rows: (table, indices) => tf.gather(table, indices),
    // By a product with a one-hot matrix: some backends lack a sum by segments.
    sumRows: (rows, indices, size) => matMul(tf.transpose(tf.cast(tf.oneHot(indices, size), 'float32')), rows),
  };
}
