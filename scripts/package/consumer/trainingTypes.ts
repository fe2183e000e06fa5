// The entry whose declarations lead to those of TensorFlow.js, which contradict TypeScript's own of WebGPU.
import * as proxy from 'isoflop/proxy';

export const modules: readonly object[] = [proxy];
