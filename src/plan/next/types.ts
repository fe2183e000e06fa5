import type { Warning } from '../../core/warnings.ts';

/** Size and training tokens of a run. */
export interface RunShape {
  readonly params: number;
  readonly tokens: number;
  /** What the run costs in FLOP; the fit's convention, such as 6 N D, unless given. */
  readonly flops?: number;
}

/** What a design is for: the best model for a budget of compute, or a model of this size and these tokens. */
export type NextTarget = { readonly flops: number } | { readonly params: number; readonly tokens: number };

/** Options of `nextRuns`. */
export interface NextOptions {
  readonly target: NextTarget;
  /** FLOP that all runs together may cost. */
  readonly budget: number;
  /**
   * What shall be known better: the `loss` at the target (the default), or the best size `params` for the target's compute.
   */
  readonly criterion?: 'loss' | 'params';
  /** Probability of the intervals; that of the fit unless given. */
  readonly confidence?: number;
  /**
   * Which errors count: `calibrated` (coefficients, the misfit of the law, other laws, and what backtests say; the default for
   * a fit that was calibrated), or `coefficients` alone, as in textbooks.
   */
  readonly errors?: 'calibrated' | 'coefficients';
  /** Smallest and largest model, parameters. */
  readonly minParams?: number;
  readonly maxParams?: number;
  /** Most FLOP of one run; half of the budget unless given. */
  readonly maxRunFlops?: number;
  /** Fewest and most tokens per parameter; unless given those of the data, but a factor of 4 to 9 about the target's. */
  readonly tokensPerParam?: readonly [number, number];
  /** Most runs, seeds counted; 16 unless given. */
  readonly maxRuns?: number;
  /** The sizes that can be trained, instead of a grid. */
  readonly sizes?: readonly number[];
  /** The runs that can be trained, instead of a grid of sizes and tokens. */
  readonly candidates?: readonly RunShape[];
  /** Most runs of one shape, each with a seed of its own; 1 unless given. */
  readonly seeds?: number;
  /** Runs that start together; all of them unless given. */
  readonly batch?: number;
}

/** One run to buy. */
export interface NextRun {
  /** Place in the order in which they are worth their compute, from 1. */
  readonly run: number;
  readonly params: number;
  readonly tokens: number;
  readonly tokensPerParam: number;
  readonly flops: number;
  /** Numbered from 0 among runs of this shape. */
  readonly seed: number;
  /** Runs of one batch start together; from 1. */
  readonly batch: number;
  /** Expected half width at the target once this run and those before it are there. */
  readonly after: number;
  /** Expected half width with all others but without this one. */
  readonly without: number;
  /** What this run takes off the interval that the others leave, as a share of it. */
  readonly saves: number;
  /** The same for each 1% of the budget. */
  readonly savesPerPercent: number;
}

/** An interval of the mean at the target. */
export interface TargetInterval {
  /** Half width in the logarithm of the loss (or of the best size); in the response itself for a fit of raw residuals. */
  readonly halfWidth: number;
  /** The ends in natural units. */
  readonly interval: readonly [number, number];
}

/** What another way to spend the same compute is expected to give. */
export interface NextRival {
  readonly name: string;
  readonly runs: readonly Required<RunShape>[];
  readonly flops: number;
  readonly halfWidth: number;
}

/** Which runs to buy, and what they are worth. */
export interface NextRuns {
  readonly target: { readonly params: number; readonly tokens: number; readonly flops: number; readonly loss: number };
  readonly criterion: 'loss' | 'params';
  readonly errors: 'calibrated' | 'coefficients';
  readonly confidence: number;
  readonly scale: 'log' | 'raw';
  /** Standard deviation of a single run about the mean, on that scale. */
  readonly noise: number;
  readonly budget: number;
  /** FLOP of the chosen runs. */
  readonly flops: number;
  readonly runs: readonly NextRun[];
  readonly before: TargetInterval;
  /** Expected, with the chosen runs. */
  readonly after: TargetInterval;
  /** The same if every allowed shape were trained without noise: no plan under these constraints can do better. */
  readonly limit: TargetInterval;
  /** Shapes that were compared. */
  readonly candidates: number;
  readonly rivals: readonly NextRival[];
  readonly warnings: readonly Warning[];
}
