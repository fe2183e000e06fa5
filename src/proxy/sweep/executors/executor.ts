import type { SweepResult } from '../collect.ts';
import type { SweepPlan } from '../plan.ts';
import type { SweepOptions } from '../runSweep.ts';
import type { Submission } from '../submission.ts';

/** A sweep that an executor is asked to train. */
export interface SweepOrder extends Omit<SweepOptions, 'jobs' | 'resume'> {
  readonly plan: SweepPlan;
  readonly folder: string;
  /** Runs at once. */
  readonly jobs: number;
  readonly resume: boolean;
}

/** What came of an order: all runs have ended, or others train them now, and `note` says what to do next. */
export type Started =
  | { readonly kind: 'ended'; readonly result: SweepResult }
  | { readonly kind: 'submitted'; readonly submission: Submission; readonly note: string };

/** What a scheduler says of the task of a run. */
export interface Task {
  readonly state: 'waiting' | 'running' | 'ended';
  /** Why it waits, or how it ended, in the scheduler's words. */
  readonly detail: string | null;
}

/** A way to have the runs of a sweep trained. Executors submit, watch and cancel; what a run leaves, its files say. */
export interface Executor {
  readonly id: string;
  readonly title: string;
  /**
   * Trains the runs of a plan that have not ended, or hands them over.
   *
   * @throws {@link IsoflopError} `RUN_EXISTS`, `SWEEP_RUNNING`, `SWEEP_SUBMITTED`, `SCHEDULER_MISSING`, `SCHEDULER_FAILED`
   */
  readonly start: (order: SweepOrder) => Promise<Started>;
  /** Tasks by the number of their run, from 0; of runs that are not in it the scheduler knows nothing. */
  readonly watch: (submission: Submission) => Promise<ReadonlyMap<number, Task>>;
  readonly cancel: (submission: Submission) => Promise<void>;
}
