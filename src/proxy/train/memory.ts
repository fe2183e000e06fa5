import { availableMemory } from 'node:process';
import { IsoflopError } from '../../core/errors.ts';
import { sizeOf, type ModelShape, type ParameterSpec } from '../model/shape.ts';

const float = 4;
/** What WebAssembly can address. */
const wasmBytes = 2 ** 32;

/** Bytes that training takes at least, here and on the engine. */
export interface MemoryNeed {
  /** Weights, two moments, the sum of gradients and the gradient of a micro-batch. */
  readonly host: number;
  /** Weights, gradients, and what the backward pass needs of the forward one. */
  readonly engine: number;
}

/** Counts what is surely held at once; nothing of what an engine holds for a moment. */
export function memoryNeed(shape: ModelShape, specs: readonly ParameterSpec[], rows: number): MemoryNeed {
  const { vocabulary, context, layers, width, hidden, heads } = shape;
  const weights = specs.reduce((sum, spec) => sum + sizeOf(spec), 0);
  // Inputs of norms, queries, keys and values, what the MLP squashes; the shares of attention; probabilities and targets.
  const layer = context * (4 * width + hidden) + heads * context * context;
  const activations = rows * (layers * layer + 2 * context * vocabulary);
  return { host: 5 * float * weights, engine: float * (2 * weights + activations) };
}

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toPrecision(3)} GB`;

/**
 * Refuses a model that cannot be held: to try would take the memory of everything else on the machine first.
 *
 * @param engine - the id of an engine, some of which share the memory of the process
 * @throws {@link IsoflopError} `RUN_MEMORY`
 */
export function requireMemory(run: string, { host, engine: onEngine }: MemoryNeed, engine: string): void {
  if (engine === 'wasm' && onEngine > wasmBytes) {
    const reason = `its tensors take ${gigabytes(onEngine)} or more, and WebAssembly holds ${gigabytes(wasmBytes)}`;
    throw new IsoflopError('RUN_MEMORY', { run, reason });
  }
  const isShared = engine === 'wasm' || engine === 'cpu' || engine === 'tfjs-node';
  const needed = isShared ? host + onEngine : host;
  const free = availableMemory();
  if (needed > free) {
    const reason = `it takes ${gigabytes(needed)} or more, and ${gigabytes(free)} are free`;
    throw new IsoflopError('RUN_MEMORY', { run, reason });
  }
}

/**
 * What a failure of training is to be told as: WebAssembly aborts or traps where it has no memory left, and V8 and the
 * engines say so in words of their own.
 */
export function tellMemory(run: string, error: unknown): unknown {
  if (error instanceof IsoflopError || !(error instanceof Error)) return error;
  const isMemory =
    error instanceof WebAssembly.RuntimeError ||
    /out of memory|allocation failed|invalid typed array length|OOM/i.test(error.message);
  if (!isMemory) return error;
  const reason =
    error instanceof WebAssembly.RuntimeError
      ? `WebAssembly has none left (${error.message.split('. ')[0]})`
      : error.message;
  return new IsoflopError('RUN_MEMORY', { run, reason });
}
