import type { Job } from '../contract.ts';
import { cancel } from '../state/study.ts';

/** Where a job stands, in words. */
export function stateWords({ state, position, progress }: Job): string {
  if (state === 'queued') return position === null ? 'waits' : `waits, place ${position}`;
  if (state === 'running') return progress?.stage ?? 'running';
  return state;
}

/** How far a job is, and the way to stop it; nothing once it is over. */
export function Progress({ job }: { readonly job: Job }) {
  const { state, progress } = job;
  if (state !== 'queued' && state !== 'running') return null;
  const share = progress?.total == null || progress.total === 0 ? null : Math.min(1, progress.done / progress.total);
  return (
    <div class="progress-row">
      <progress {...(share === null ? {} : { value: share, max: 1 })} aria-label={`Progress of ${job.title}`} />
      <span class="muted number">{share === null ? '' : `${(100 * share).toFixed(0)}%`}</span>
      <button type="button" class="quiet" onClick={() => void cancel(job.id)} aria-label={`Cancel ${job.title}`}>
        Cancel
      </button>
    </div>
  );
}
