import type { RecordedRuns } from '../record/recordedRuns.ts';

/** What is known of a folder of runs while they are trained. */
export interface LiveInput {
  readonly recorded: RecordedRuns;
  /** Whether a process works on it. */
  readonly isWorking: boolean;
  /** When that process began, ms since 1970; 0 where that is not known. */
  readonly workingSince: number;
  /** Runs that could not be trained, by name, and why. */
  readonly failed: ReadonlyMap<string, string>;
  /** When the folder of a run that has not ended was last changed, and its rows, ms since 1970. */
  readonly times: ReadonlyMap<string, { readonly changed: number; readonly rows: number }>;
  /** ms since 1970. */
  readonly now: number;
}
