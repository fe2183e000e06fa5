/** Symbols to train on and, apart from them, symbols to evaluate on. */
export interface Corpus {
  /** Symbols V. */
  readonly vocabulary: number;
  /** Where it comes from, for the record of a run: kind, path or parameters, digest. */
  readonly source: Readonly<Record<string, string | number>>;
  /** Symbols to train on; `Infinity` for a source that makes them. */
  readonly trainTokens: number;
  readonly validationTokens: number;
  /** Entropy rate where it is known exactly, nats a symbol: the loss that no model can go below. */
  readonly entropyRate?: number;
  /**
   * Windows of `context + 1` symbols, row by row, which only `seed` and `step` decide: inputs are all but the last of each
   * row and targets all but the first.
   */
  readonly batch: (seed: number, step: number, rows: number, context: number) => Promise<Int32Array>;
  /** The same windows for every run, spread over the validation part: up to `rows` of them. */
  readonly validation: (rows: number, context: number) => Promise<Int32Array>;
  readonly close: () => Promise<void>;
}
