import { BacktestWork, type BacktestTask, type FailedSplit, type SplitScore } from '../backtest/backtestSplit.ts';
import { MatrixWork, type MatrixCell, type MatrixTask } from '../backtest/matrixCell.ts';
import { Refitter, type BootstrapPart, type BootstrapTask } from '../uncertainty/bootstrap.ts';

/**
 * The kinds of work that threads share. Each prepares itself for a task, plain data that can be sent to a thread, and then
 * does the numbered pieces `from` to `to` - 1 of it; what a piece gives depends on nothing but the task and its number.
 */
export const kinds = {
  bootstrap: (task: BootstrapTask): ((from: number, to: number) => BootstrapPart) => {
    const refitter = new Refitter(task);
    return (from, to) => refitter.run(from, to);
  },
  backtest: (task: BacktestTask): ((from: number, to: number) => (SplitScore | FailedSplit)[]) => {
    const work = new BacktestWork(task);
    return (from, to) => work.run(from, to);
  },
  matrix: (task: MatrixTask): ((from: number, to: number) => MatrixCell[]) => {
    const work = new MatrixWork(task);
    return (from, to) => work.run(from, to);
  },
} as const;

/** Name of a kind of work. */
export type Kind = keyof typeof kinds;

/** What a kind of work is prepared with. */
export type TaskOf<K extends Kind> = Parameters<(typeof kinds)[K]>[0];

/** What some pieces of it give. */
export type PartOf<K extends Kind> = ReturnType<ReturnType<(typeof kinds)[K]>>;

/** Some pieces of a task, as a thread gets them. */
export interface Part<K extends Kind = Kind> {
  /** Number of the task, so that a thread prepares itself once for all of its parts. */
  readonly id: number;
  readonly kind: K;
  readonly task: TaskOf<K>;
  readonly from: number;
  readonly to: number;
}

/** Prepares a kind of work for a task. */
export function prepare<K extends Kind>(kind: K, task: TaskOf<K>): (from: number, to: number) => PartOf<K> {
  return (kinds[kind] as (task: TaskOf<K>) => (from: number, to: number) => PartOf<K>)(task);
}
