import type { Fit } from '../../fit/result.ts';
import type { CurveRow, RunCurve } from '../../watch/curve.ts';

/** A run as its source has it now. */
export interface RunRows {
  readonly name: string;
  readonly rows: readonly CurveRow[];
  readonly params: number | null;
  /** Tokens at which it ends; null where the source does not say. */
  readonly plannedTokens: number | null;
  readonly flopsPerToken: number | null;
  /** When its first row was written, ms since 1970; null where that is not known. */
  readonly since: number | null;
  /** Other runs of its family that the source knows of. */
  readonly family: readonly RunCurve[];
  /** The law of the ends of these, where there are enough; the run itself is not among them. */
  readonly law?: Fit;
  /** Whether the source says that nothing will come any more. */
  readonly hasEnded: boolean;
  /** Why what trains it has given it up, where it has. */
  readonly givenUp?: string;
}

/** Where the rows of a run come from. */
export interface RunSource {
  /** What messages call it. */
  readonly name: string;
  /**
   * The run as it is now; undefined where nothing has changed since the last call.
   *
   * @throws {@link IsoflopError} for what can be read and is no run
   */
  readonly poll: () => Promise<RunRows | undefined>;
}

/** A run of which there is nothing yet. */
export const noRows = (name: string): RunRows => ({
  name,
  rows: [],
  params: null,
  plannedTokens: null,
  flopsPerToken: null,
  since: null,
  family: [],
  hasEnded: false,
});
