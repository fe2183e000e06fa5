import type { Warning } from '../../core/warnings.ts';
import type { DesignMultiplier, MultiplierModel } from './multiplier.ts';
import type { ObservedDifferences } from './observed.ts';
import type { ComparePath } from './path.ts';
import type { Resampling } from '../../uncertainty/bootstrap.ts';
import type { Settled } from './verdict.ts';

/** One family as it was fitted by itself. */
export interface FamilySummary {
  readonly name: string;
  readonly points: number;
  /** Natural parameters of its own fit. */
  readonly params: Readonly<Record<string, number>>;
  readonly status: string;
  readonly objective: number;
  /** Smallest and largest value of the axis among its runs. */
  readonly range: readonly [number, number];
}

/** A fit of both families with some parameters in common, and the test of that assumption. */
export interface SharedFit {
  readonly shared: readonly string[];
  /** Natural parameters of each family. */
  readonly params: readonly [Readonly<Record<string, number>>, Readonly<Record<string, number>>];
  readonly certified: boolean;
  /** Objective of both families together, and by how much sharing raised it. */
  readonly objective: number;
  readonly raised: number;
  /**
   * Probability of a rise at least as large where the parameters are the same, by resampling the shared fit; `null` without
   * resamples that keep the design.
   */
  readonly probability: number | null;
}

/** What a comparison settles. */
export interface Verdict {
  /** In the range of the data; settled only where it is with and without shared parameters. */
  readonly inRange: Settled;
  /** Stretches of the range in which the same is settled, from the low end to the high end. */
  readonly parts: readonly { readonly from: number; readonly to: number; readonly settled: Settled }[];
  /** The same at each target. */
  readonly atTargets: readonly { readonly at: number; readonly beyond: number; readonly settled: Settled }[];
  /** Probability, by the free fits, that the family that is behind in the range is ahead: in it, and at each target. */
  readonly flip: { readonly inRange: number | null; readonly atTargets: readonly (number | null)[] };
  /** Whether the multiplier rises or falls with compute, or neither is settled. */
  readonly trend: 'rises' | 'falls' | 'undecided';
  readonly sentences: readonly string[];
}

/** A candidate compared with a baseline: how much more compute the baseline needs for the same loss. */
export interface FamilyComparison {
  readonly law: string;
  /** What the multiplier multiplies: `flops`, or the input of a law of one quantity. */
  readonly axis: string;
  readonly path: ComparePath;
  readonly confidence: number;
  readonly equalWithin: number;
  readonly baseline: FamilySummary;
  readonly candidate: FamilySummary;
  /** Where the data of both families support the multiplier, in the candidate's compute; `null` where nowhere. */
  readonly range: readonly [number, number] | null;
  readonly free: MultiplierModel;
  /** The same with shared parameters; `null` where there are none to share. */
  readonly tied: MultiplierModel | null;
  readonly sharing: SharedFit | null;
  readonly designs: readonly DesignMultiplier[];
  readonly observed: ObservedDifferences | null;
  readonly pairing: {
    readonly by: string;
    readonly pairs: number;
    readonly alone: readonly [number, number];
    /** Correlation of the residuals of pairs. */
    readonly correlation: number | null;
  };
  readonly bootstrap: {
    readonly resamples: number;
    readonly certified: number;
    readonly resampling: Resampling;
    readonly seed: number;
  };
  readonly verdict: Verdict;
  readonly warnings: readonly Warning[];
}
