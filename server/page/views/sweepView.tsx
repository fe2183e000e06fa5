import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { formatQuantity } from '../../../src/core/quantity.ts';
import type { SweepDetail } from '../contract.ts';
import { FigureCard } from '../figures/figureCard.tsx';
import { Problem } from '../parts/problem.tsx';
import { SweepLaw } from '../parts/sweepLaw.tsx';
import { SweepRuns } from '../parts/sweepRuns.tsx';
import { WatchedRun } from '../parts/watchedRun.tsx';
import { ago, many } from '../state/format.ts';
import { countRuns, followed, followSweep, unfollow, type Followed } from '../state/sweeps.ts';

/** A duration as an estimate: no more digits than it deserves. */
function roughly(seconds: number): string {
  if (seconds < 10) return 'a few seconds';
  if (seconds < 90) return `about ${String(10 * Math.round(seconds / 10))} s`;
  if (seconds < 90 * 60) return `about ${String(Math.round(seconds / 60))} min`;
  if (seconds < 36 * 3600) return `about ${String(Math.round(seconds / 3600))} h`;
  return `about ${String(Math.round(seconds / 86_400))} days`;
}

/** How many runs there are of each kind, those that have ended first. */
function counts(detail: SweepDetail): string {
  const kinds = [
    ['done', 'done'],
    ['training', 'in training'],
    ['waiting', 'waiting'],
    ['diverged', 'diverged'],
    ['interrupted', 'interrupted'],
    ['failed', 'failed'],
  ] as const;
  const parts = kinds.flatMap(([status, words]) => {
    const count = countRuns(detail, status);
    return count === 0 ? [] : [`${String(count)} ${words}`];
  });
  return `${many(detail.runs.length, 'run')}: ${parts.join(', ')}`;
}

/** How far a sweep is and how long it still takes, counted down from when that was estimated. */
function SweepProgress({ detail }: { readonly detail: SweepDetail }) {
  const now = useSignal(Date.now());
  const { state, at, done } = detail;
  const { share, plannedFlops, secondsLeft } = done;
  useEffect(() => {
    if (state !== 'running') return undefined;
    const timer = setInterval(() => (now.value = Date.now()), 1000);
    return () => {
      clearInterval(timer);
    };
  }, [state]);
  const left = secondsLeft === null ? null : secondsLeft - Math.max(0, now.value - Date.parse(at)) / 1000;
  return (
    <div class="sweep-progress">
      <progress value={share} max={1} aria-label={`Progress of ${detail.name}`} />
      <p>
        <strong>{(100 * share).toFixed(share < 1 ? 1 : 0)}%</strong> of {formatQuantity(plannedFlops)} FLOP
        {left !== null && <span class="muted"> · {roughly(Math.max(0, left))} left</span>}
      </p>
    </div>
  );
}

function Lost({ detail, id }: { readonly detail: SweepDetail; readonly id: string }) {
  return (
    <p class="problem-box" role="status">
      The connection to the server is lost. What you see is {ago(detail.at)} old; the page keeps trying.{' '}
      <button
        type="button"
        onClick={() => {
          followSweep(id);
        }}
      >
        Try now
      </button>
    </p>
  );
}

/** The two figures, drawn again in place as the sweep goes on. */
function SweepFigures({ figures }: Pick<Followed, 'figures'>) {
  return (
    <div class="figures">
      <div class="place">
        <FigureCard
          id="sweep-curves"
          title="Validation loss over training"
          description="Every evaluation of every run. The loss of a run before its learning rate has decayed is above what a run of that length reaches."
          figure={figures?.curves ?? null}
          linked={false}
        />
      </div>
      <div class="place">
        <FigureCard
          id="sweep-ladder"
          title="Loss over model size"
          description="Where the runs that have ended lie, a color for each budget of tokens, the law that they follow so far, and where it expects the others."
          figure={figures?.ladder ?? null}
          linked={false}
        />
      </div>
    </div>
  );
}

/** A sweep while it is trained: how far it is, the law so far, what that predicts, and its runs. */
export function SweepView({ id }: { readonly id: string }) {
  useEffect(() => {
    followSweep(id);
    return () => {
      unfollow(id);
    };
  }, [id]);
  const now = followed.value?.id === id ? followed.value : null;
  if (now?.error != null)
    return (
      <Problem
        title="This sweep cannot be shown"
        error={now.error}
        retry={() => {
          followSweep(id);
        }}
      />
    );
  const detail = now?.detail ?? null;
  if (detail === null)
    return (
      <div class="center lone" aria-busy="true">
        {now?.connection === 'lost' && <p role="status">The server does not answer; the page keeps trying.</p>}
        <div class="skeleton block" />
      </div>
    );
  return (
    <div class="center lone">
      <header class="fit-head">
        <h1>{detail.name}</h1>
        <p class="status">
          <strong class={detail.state}>{detail.state}</strong> {counts(detail)}
        </p>
        {detail.name !== id && <p class="meta">{id}</p>}
      </header>
      {now?.connection === 'lost' && <Lost detail={detail} id={id} />}
      <SweepProgress detail={detail} />
      <SweepLaw detail={detail} />
      <SweepFigures figures={now?.figures ?? null} />
      <WatchedRun detail={detail} id={id} />
      <SweepRuns runs={detail.runs} />
    </div>
  );
}
