import type { ApproachTwoBias } from './approachTwoBias.ts';
import type { EnvelopeStep } from './envelope.ts';
import type { BudgetMinimum } from './minima.ts';
import type { Advice, AdviceIntervals, Interval } from './trend.ts';

/** The three approaches of the Chinchilla paper: 1 envelope, 2 isoFLOP minima, 3 parametric law. */
export type ApproachNumber = 1 | 2 | 3;

/** What one approach says about a compute budget. */
export interface Approach {
  readonly approach: ApproachNumber;
  /** `envelope`, `parabola` (approach 2 with parabolas), `akima` (approach 2 with interpolation) or `law`. */
  readonly method: 'envelope' | 'parabola' | 'akima' | 'law';
  /** Exponents of N* ~ C^a and D* ~ C^b, or `null` with a reason. */
  readonly paramsExponent: number | null;
  readonly tokensExponent: number | null;
  /** N*, D* and D* / N* at the target. */
  readonly params: number | null;
  readonly tokens: number | null;
  readonly tokensPerParam: number | null;
  /** Loss there: of the law; for the others by a saturating power law through the losses of their optima. */
  readonly loss: number | null;
  readonly intervals: AdviceIntervals & { readonly loss: Interval };
  /** What it rests on, in words. */
  readonly data: string;
  /** Why it has no answer, or `null`. */
  readonly reason: string | null;
  /** What to know about it: budgets that were dropped, scatter beyond the noise. */
  readonly notes: readonly string[];
  /** Approach 2: the minimum of each budget. */
  readonly budgets: readonly BudgetMinimum[];
  /** Approach 1: the sizes on the envelope. */
  readonly steps: readonly EnvelopeStep[];
  /** Approach 2 with all budgets alike (which the parabola's numbers are) and weighted by their noise (which Akima's are). */
  readonly ordinary: Advice | null;
  readonly weighted: Advice | null;
  /** Approach 2: the error that its method makes on this grid without noise, if the fitted law were the truth. */
  readonly bias: ApproachTwoBias | null;
}

/** An approach that is ready to answer for any compute. */
export interface PreparedApproach {
  readonly approach: ApproachNumber;
  readonly method: Approach['method'];
  /** All that it says about a compute in FLOP. */
  readonly at: (flops: number) => Approach;
  /** N* with its interval at several budgets, and no more, which is quicker; `null` where the approach has no answer. */
  readonly paramsAt: (
    budgets: readonly number[],
  ) => readonly ({ readonly params: number; readonly interval: Interval } | null)[];
}
