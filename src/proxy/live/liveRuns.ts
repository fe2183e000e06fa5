import type { RunConfig } from '../runConfig.ts';
import { costOf } from '../sweep/cost.ts';
import type { LiveInput } from './liveInput.ts';

/**
 * `waiting` has not begun, or not again; `interrupted` began and nothing works on it; `failed` ended with an error, for
 * which only the log of its process has more.
 */
export type RunStatus = 'waiting' | 'training' | 'done' | 'diverged' | 'interrupted' | 'failed';

/** A run as it stands. */
export interface LiveRun {
  readonly name: string;
  readonly family: string;
  readonly status: RunStatus;
  /** Why it diverged or failed. */
  readonly reason: string | null;
  readonly params: number;
  /** Tokens at its last evaluation. */
  readonly tokens: number;
  readonly plannedTokens: number;
  readonly plannedFlops: number;
  /** Share done, 0 to 1; one that has ended, however it did, is done. */
  readonly share: number;
  /** Loss on the validation part at its last evaluation, nats a token. */
  readonly loss: number | null;
  readonly tokensPerSecond: number | null;
}

/** The family under which the rows of a run are recorded. */
const familyOf = ({ family, strategies }: RunConfig): string =>
  family ?? (strategies.map(({ name }) => name).join('+') || 'none');

const finiteOrNull = (value: number | null | undefined): number | null =>
  typeof value === 'number' && Number.isFinite(value) ? value : null;

/** Every planned run as it stands, in the order of the plan. */
export function liveRuns({ recorded, isWorking, workingSince, failed, times }: LiveInput): LiveRun[] {
  const begun = new Map(recorded.runs.map((run) => [run.name, run]));
  return recorded.plan.map((config): LiveRun => {
    const { name } = config;
    const run = begun.get(name);
    const last = run?.rows.at(-1);
    const result = run?.result;
    const cost = costOf(config);
    const status = ((): RunStatus => {
      if (result !== undefined) return result.status;
      if (!isWorking) return failed.has(name) ? 'failed' : run === undefined ? 'waiting' : 'interrupted';
      // A process that goes on with a sweep touches a run again when it comes to it.
      return run !== undefined && (times.get(name)?.changed ?? 0) >= workingSince ? 'training' : 'waiting';
    })();
    const tokens = result?.tokens ?? last?.tokens ?? 0;
    return {
      name,
      family: familyOf(config),
      status,
      reason: result?.reason ?? (status === 'failed' ? (failed.get(name) ?? null) : null),
      params: result?.params ?? last?.params ?? cost.params,
      tokens,
      plannedTokens: cost.tokens,
      plannedFlops: cost.flops,
      share: result === undefined ? Math.min(1, tokens / cost.tokens) : 1,
      loss: finiteOrNull(result === undefined ? last?.loss : result.loss),
      tokensPerSecond: finiteOrNull(last?.tokens_per_second),
    };
  });
}
