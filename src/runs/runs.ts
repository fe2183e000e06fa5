import type { Warning } from '../core/warnings.ts';
import type { Selection } from './selection.ts';

/** A column of names: `labels[codes[i]]` is the name in row i. */
export interface Category {
  /** Int32Array, length rows; -1 where the cell is blank. */
  readonly codes: Int32Array;
  readonly labels: readonly string[];
}

/** Rows left out on the way to the fit, and the reason, as the report prints it. */
export interface Dropped {
  readonly rows: number;
  readonly why: string;
}

/** Where runs come from. */
export interface Source {
  /** Name of the file as the user gave it (or another name for data made in memory). */
  readonly name: string;
  /** Hex SHA-256 of the bytes of the file. */
  readonly sha256: string;
  /** Data rows of the file. */
  readonly rows: number;
}

/** How the quantities were counted and found; kept in the saved fit. */
export interface Conventions {
  /** Quantity to the column (or expression) it was read from, such as `params: "Model Size"`. */
  readonly columns: Readonly<Record<string, string>>;
  /** Quantities computed from others, such as `tokens: "flops / (6 params)"`. */
  readonly derived: Readonly<Record<string, string>>;
  /** FLOP per parameter and token, 6 unless changed. */
  readonly flopsPerParamToken: number;
}

/** The learning rates that the rows of one run tell. */
export interface RecordedRates {
  /** Name of the run, of its file where runs have no names, or `run 1`. */
  readonly name: string;
  /** Steps at which a rate is known, rising. */
  readonly step: readonly number[];
  readonly learningRate: readonly number[];
}

/**
 * Training runs (or checkpoints of runs) as columns: one `Float64Array` of length `rows` for each quantity.
 *
 * Well-known quantities are `params` (N), `tokens` (D), `flops` (C), `loss` (nats per token), `step`, `learningRate`,
 * `batchSize`; any other numeric column keeps its own name. A missing number is NaN.
 */
export interface Runs {
  readonly rows: number;
  readonly quantities: Readonly<Record<string, Float64Array | undefined>>;
  /** `run` and `family` where present, and every other column of text that was asked for. */
  readonly categories: Readonly<Record<string, Category | undefined>>;
  /** Line of the file that each row came from (1 is the header), for messages. Uint32Array, length rows. */
  readonly lines: Uint32Array;
  /** Index into `sources` of each row. Uint16Array, length rows. */
  readonly files: Uint16Array;
  readonly sources: readonly Source[];
  readonly dropped: readonly Dropped[];
  readonly conventions: Conventions;
  /** The learning rates of every run, which the quantity `schedule` counts, where a law of curves asked for them. */
  readonly recordedRates?: readonly RecordedRates[];
  /** How the rows were chosen, where an option did. */
  readonly selection?: Selection;
  readonly warnings: readonly Warning[];
}
