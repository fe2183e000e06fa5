import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { EngineDefinition, Tensor } from './engine.ts';
import { loadTensorFlow, plainOperations, versionOf } from './tensorflow.ts';

const require = createRequire(import.meta.url);
const packageName = '@tensorflow/tfjs-backend-wasm';

/** WebAssembly with SIMD: the default without a GPU. */
export const wasm: EngineDefinition = {
  id: 'wasm',
  title: 'TensorFlow.js in WebAssembly',
  needs: 'nothing',
  open: async () => {
    const tf = loadTensorFlow();
    const backend = require('@tensorflow/tfjs-backend-wasm') as { setWasmPaths: (folder: string) => void };
    backend.setWasmPaths(join(dirname(require.resolve(`${packageName}/package.json`)), 'dist/'));
    await withoutNewListeners(() => tf.setBackend('wasm'));
    const plain = plainOperations(tf);
    const isSimd = await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT');
    return {
      id: 'wasm',
      tf,
      device: isSimd === true ? 'CPU (WebAssembly, SIMD)' : 'CPU (WebAssembly)',
      versions: { '@tensorflow/tfjs': versionOf('@tensorflow/tfjs'), [packageName]: versionOf(packageName) },
      ...plain,
      // Its gather takes twenty times as long as the product with a one-hot matrix.
      rows: (table: Tensor, indices: Tensor) =>
        tf.matMul(tf.cast(tf.oneHot(indices, table.shape[0]), 'float32'), table),
    };
  },
};

/**
 * Takes back the listeners for failures of the process that the WebAssembly module adds when it starts: whatever fails
 * later, elsewhere, would be told with the whole source of the module.
 */
async function withoutNewListeners(start: () => Promise<unknown>): Promise<void> {
  const events = ['uncaughtException', 'unhandledRejection'] as const;
  const before = events.map((event) => new Set(process.rawListeners(event)));
  await start();
  for (const [k, event] of events.entries())
    for (const listener of process.rawListeners(event))
      if (!before[k].has(listener)) process.removeListener(event, listener as () => void);
}
