import type * as TensorFlow from '@tensorflow/tfjs';

export type Tensor = TensorFlow.Tensor;

/** TensorFlow.js, whichever backend does its work. */
export type TensorLibrary = typeof TensorFlow;

/** What does the arithmetic of a run: one backend of TensorFlow.js. */
export interface Engine {
  readonly id: string;
  readonly tf: TensorLibrary;
  /** What it runs on, such as `CPU (WebAssembly, SIMD)` or the name of a GPU. */
  readonly device: string;
  /** Packages and their versions. */
  readonly versions: Readonly<Record<string, string>>;
  /** Why `auto` passes it over although it works, such as a GPU that is software. */
  readonly passOver?: string;
  /** Matrix product of the last two axes of tensors of equal rank, the quickest way that the backend has. */
  readonly matMul: (a: Tensor, b: Tensor) => Tensor;
  /** Rows of a table, `indices.length x table.shape[1]`; without a gradient. */
  readonly rows: (table: Tensor, indices: Tensor) => Tensor;
  /** Sums rows that have the same index, the gradient of `rows`: `size x rows.shape[1]`. */
  readonly sumRows: (rows: Tensor, indices: Tensor, size: number) => Tensor;
}

/** An engine that may not be there. */
export interface EngineDefinition {
  readonly id: string;
  readonly title: string;
  /** What it needs that isoflop does not bring. */
  readonly needs: string;
  /**
   * Loads it and makes it TensorFlow.js's backend.
   *
   * @throws IsoflopError `ENGINE_UNAVAILABLE` with the reason
   */
  readonly open: () => Promise<Engine>;
}
