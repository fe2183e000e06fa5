import { formatQuantity } from '../core/quantity.ts';

/** Where the warm-up of a run ends: after a number of tokens or of steps, or where its learning rate stops rising. */
export type Warmup = 'learningRate' | { readonly tokens: number } | { readonly steps: number };

/** How the rows of some runs were chosen; `null` (or `false`) where an option was not used. */
export interface Selection {
  /** Condition on the columns. */
  readonly where: string | null;
  /** Rows up to this number of tokens were left out. */
  readonly dropTokens: number | null;
  readonly afterWarmup: Warmup | null;
  /** Rows in this first fraction of their run were left out. */
  readonly fromFraction: number | null;
  /** Rows before this last part of their run were left out. */
  readonly lastPart: number | null;
  /** Whether only the last row of each run was kept. */
  readonly finals: boolean;
  /** Most rows that were kept of each run. */
  readonly thin: number | null;
  /** Runs further than `within` (relative) above the least loss of equal `by` were left out. */
  readonly nearOptimal: { readonly within: number; readonly by: readonly string[] } | null;
}

/** Every row, as it was read. */
export const noSelection: Selection = {
  where: null,
  dropTokens: null,
  afterWarmup: null,
  fromFraction: null,
  lastPart: null,
  finals: false,
  thin: null,
  nearOptimal: null,
};

/** A warm-up as the command line takes it. */
export function formatWarmup(warmup: Warmup): string {
  if (warmup === 'learningRate') return 'lr';
  return 'tokens' in warmup ? `${formatQuantity(warmup.tokens, 15)}tokens` : `${String(warmup.steps)}steps`;
}
