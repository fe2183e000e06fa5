import type { CheckpointOptions } from './checkpointOptions.ts';

/** How {@link readRuns} and {@link parseRuns} read. */
export interface ReadOptions {
  /** Which column, or expression of columns, holds each quantity: `params=N,tokens=10^num_token`, or an object. */
  readonly columns?: string | Readonly<Record<string, string>> | undefined;
  /** Keep the rows that fulfil this condition on columns (or else quantities), such as `loss < 4 and family == "opt"`. */
  readonly where?: string | undefined;
  /**
   * Which checkpoints to keep (see {@link selectCheckpoints}); all unless given. An empty object leaves out the first tenth
   * of each run where rows are checkpoints, as the command line does.
   */
  readonly checkpoints?: CheckpointOptions | undefined;
  /** The short form of `checkpoints: { fromFraction }`. */
  readonly fromFraction?: number | undefined;
  /** FLOP per parameter and token, the k of C = k N D; 6 by default. */
  readonly flopsPerParamToken?: number | undefined;
  /** Number of parameters of all rows, for files that do not tell it. */
  readonly params?: number | undefined;
  /** Tokens of one step, for files that count steps only. */
  readonly tokensPerStep?: number | undefined;
  /** Other columns to keep under the names given here: as numbers when all their cells are numbers, else as categories. */
  readonly extra?: readonly string[] | undefined;
  /**
   * Quantities that have to be there, in every row that is kept. By default `loss`, and of `params`, `tokens` and `flops`
   * those that the file has; when given, rows may lack the others (NaN).
   */
  readonly needs?: readonly string[] | undefined;
  /** Told the bytes read so far, over all files. */
  readonly onProgress?: ((bytes: number) => void) | undefined;
}
