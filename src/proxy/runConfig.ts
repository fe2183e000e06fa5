import type { ModelShape } from './model/shape.ts';

/** Where symbols come from. */
export type CorpusConfig =
  | { readonly kind: 'text'; readonly path: string; readonly validationFraction: number }
  | {
      readonly kind: 'bin';
      readonly path: string;
      readonly validation?: string;
      readonly validationFraction: number;
      readonly vocabulary: number;
    }
  | {
      readonly kind: 'markov';
      readonly vocabulary: number;
      readonly order: number;
      readonly exponent: number;
      readonly straying: number;
      readonly seed: number;
      readonly validationTokens: number;
    };

/** How the learning rate goes. */
export interface ScheduleConfig {
  readonly kind: 'constant' | 'cosine' | 'wsd';
  /** Peak learning rate. */
  readonly rate: number;
  /** Share of the run, or tokens where larger than 1, over which it rises linearly. */
  readonly warmup: number;
  /** Rate at the end, as a share of the peak. */
  readonly final: number;
  /** Share of the run over which `wsd` decays. */
  readonly decay: number;
  /** Length of the cosine cycle as a multiple of the run. @see arXiv 2203.15556, appendix B */
  readonly cycle: number;
}

/** AdamW. */
export interface OptimizerConfig {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
  /** Whether decay follows the schedule alone, not the peak rate. @see arXiv 2309.14322, section 3.2.2 */
  readonly independentDecay: boolean;
  /** Largest norm of a gradient; 0 clips nothing. */
  readonly clip: number;
}

export interface StrategyConfig {
  readonly name: string;
  readonly args: Readonly<Record<string, number>>;
}

/** Everything that one run needs to be repeated. */
export interface RunConfig {
  readonly name: string;
  readonly family: string | null;
  /** An engine's id, or `auto`. */
  readonly engine: string;
  readonly seed: number;
  readonly corpus: CorpusConfig;
  /** The vocabulary is the corpus's. */
  readonly model: Omit<ModelShape, 'vocabulary'>;
  readonly strategies: readonly StrategyConfig[];
  readonly optimizer: OptimizerConfig;
  readonly schedule: ScheduleConfig;
  /** Tokens D to train on. */
  readonly tokens: number;
  /** Rows of a step, over all of its micro-batches. */
  readonly batch: number;
  /** Micro-batches whose gradients are summed. */
  readonly accumulate: number;
  /** Evaluations, spaced evenly in the logarithm of tokens, the last at the end. */
  readonly evaluations: number;
  /** Windows of the validation part that an evaluation reads. */
  readonly evaluationRows: number;
  /** Seconds between checkpoints from which an interrupted run goes on. */
  readonly checkpointSeconds: number;
  /** Whether the weights at every evaluation are kept, for training dynamics. */
  readonly keepWeights: boolean;
}
