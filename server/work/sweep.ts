import { liveFigures, type LiveFigures } from '../../src/proxy/live/liveFigures.ts';
import { liveState, type LiveState } from '../../src/proxy/live/liveState.ts';
import { readLive } from '../../src/proxy/live/readLive.ts';
import type { SweepSummary } from '../schemas/sweep.ts';

/** A sweep as it stands, for the list, for its own page, and drawn. */
export interface SweepLook {
  readonly summary: SweepSummary;
  readonly detail: LiveState & { readonly id: string; readonly updated: string };
  readonly figures: LiveFigures;
}

/**
 * Reads a folder of runs, fits what has ended, and draws.
 *
 * @param updated - when the folder last changed, ISO 8601
 * @throws {@link IsoflopError} as `readLive`
 */
export async function lookAtSweep(id: string, path: string, updated: string): Promise<SweepLook> {
  const input = await readLive(path);
  const state = liveState(input);
  const { name, runs, done } = state;
  const count = (...statuses: readonly string[]): number =>
    runs.filter(({ status }) => statuses.includes(status)).length;
  return {
    summary: {
      id,
      name,
      state: state.state,
      runs: { total: runs.length, ended: count('done', 'diverged'), training: count('training') },
      share: done.share,
      updated,
    },
    detail: { id, updated, ...state },
    figures: liveFigures(input, state),
  };
}
