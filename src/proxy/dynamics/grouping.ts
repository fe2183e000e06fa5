import type { RecordedRun } from '../record/recordedRuns.ts';
import type { MetricsRow } from '../train/metrics.ts';

/** Things by a key, in the order in which the keys first come. */
export function groupBy<T>(items: readonly T[], key: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const name = key(item);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [item]);
    else group.push(item);
  }
  return [...groups.values()];
}

/** A run that has ended, with its last row. */
export interface EndedRun extends RecordedRun {
  readonly last: MetricsRow;
  readonly rate: number;
  readonly diverged: boolean;
}

/** Runs that have ended with at least one evaluation. */
export function endedRuns(runs: readonly RecordedRun[]): EndedRun[] {
  return runs.flatMap((run) => {
    const last = run.rows.at(-1);
    if (run.result === undefined || last === undefined) return [];
    return [{ ...run, last, rate: run.config.schedule.rate, diverged: run.result.status === 'diverged' }];
  });
}

/** Tokens that a run was planned to take, of which a diverged one saw fewer. */
export const budgetOf = ({ config }: RecordedRun): number => Number(config.tokens.toPrecision(2));

/** Values with their mean. */
export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Numbers once each, the least first. */
export const distinct = (values: readonly number[]): number[] => [...new Set(values)].sort((a, b) => a - b);
