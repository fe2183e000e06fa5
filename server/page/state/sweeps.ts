import { computed, signal } from '@preact/signals';
import { api, type ApiError } from '../api.ts';
import type { Figure, SweepDetail, SweepFigures, SweepList } from '../contract.ts';
import { apiError, isAbort, Resource } from './loading.ts';
import { spoken } from './messages.ts';
import { Latest } from './refit.ts';

/** Sweeps and single runs in the server's folder. */
export const sweeps = new Resource<SweepList>((signal) => api.sweeps(signal));

export const sweepCount = computed(() => (sweeps.value?.sweeps.length ?? 0) + (sweeps.value?.broken.length ?? 0));
export const isSweepRunning = computed(() => sweeps.value?.sweeps.some(({ state }) => state === 'running') === true);

/** How often the list is loaded again, which nobody tells that another process has begun a sweep. */
const listMs = 10_000;

/** Keeps the list of sweeps up to date while the page is seen. */
export async function watchSweeps(): Promise<void> {
  setInterval(() => {
    if (document.visibilityState === 'visible') void sweeps.refresh();
  }, listMs);
  await sweeps.refresh();
}

/** The sweep on the page. */
export interface Followed {
  readonly id: string;
  /** What the server told last; it stays when the connection is lost. */
  readonly detail: SweepDetail | null;
  readonly figures: SweepFigures | null;
  readonly connection: 'opening' | 'open' | 'lost';
  /** Why it cannot be shown at all. */
  readonly error: ApiError | null;
}

export const followed = signal<Followed | null>(null);

/** The name of a sweep with its progress, for the title of the window. */
export function sweepTitle(id: string): string {
  const detail = followed.value?.id === id ? followed.value.detail : null;
  if (detail?.state !== 'running') return detail?.name ?? id;
  return `${String(Math.floor(100 * detail.done.share))}% ${detail.name}`;
}

function change(id: string, values: Partial<Followed>): void {
  const now = followed.peek();
  if (now?.id === id) followed.value = { ...now, ...values };
}

/** Whoever has zoomed into a figure keeps the view when it is drawn again. */
const steady = (figure: Figure, id: string): Figure => ({
  ...figure,
  layout: { ...figure.layout, uirevision: id },
});

const drawing = new Latest<string>(async (id, abort) => {
  try {
    const { curves, ladder } = await api.sweepFigures(id, abort);
    if (!abort.aborted) change(id, { figures: { curves: steady(curves, id), ladder: steady(ladder, id) } });
  } catch (error) {
    // The stream of events tells of a server that is gone, and the next event asks again.
    if (!abort.aborted) apiError(error);
  }
});

/** Runs of a sweep that have one of some statuses. */
export const countRuns = ({ runs }: SweepDetail, ...statuses: readonly RunStatus[]): number =>
  runs.filter(({ status }) => statuses.includes(status)).length;
type RunStatus = SweepDetail['runs'][number]['status'];

/** Tells a screen reader, and the list, what has changed for good. */
function tellChange(before: SweepDetail | null, now: SweepDetail): void {
  const [known, ended] = [before ?? now, now].map((detail) => countRuns(detail, 'done', 'diverged'));
  if (before === null || (before.state === now.state && known === ended)) return;
  spoken.value = `${now.name}: ${now.state}, ${String(ended)} of ${String(now.runs.length)} runs have ended`;
  void sweeps.refresh();
}

/** The first wait before a lost connection is tried again, and the longest. */
const [firstWaitMs, longestWaitMs] = [1000, 15_000];

/** Answers that another try would not change; too many requests at once, and what fails in the server, may pass. */
const isFinal = ({ status }: ApiError): boolean => status >= 400 && status < 500 && status !== 429;

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });

async function keepFollowing(id: string, signal: AbortSignal): Promise<void> {
  for (let waitMs = firstWaitMs; !signal.aborted; waitMs = Math.min(longestWaitMs, 2 * waitMs)) {
    try {
      for await (const detail of api.followSweep(id, signal)) {
        waitMs = firstWaitMs / 2;
        tellChange(followed.peek()?.detail ?? null, detail);
        change(id, { detail, connection: 'open', error: null });
        drawing.ask(id);
      }
    } catch (error) {
      if (isAbort(error)) return;
      const fault = apiError(error);
      if (isFinal(fault)) {
        change(id, { error: fault });
        return;
      }
    }
    change(id, { connection: 'lost' });
    await pause(waitMs, signal);
  }
}

let following: AbortController | undefined;

/** Follows a sweep on the page, through lost connections; what was there of it stays until there is news. */
export function followSweep(id: string): void {
  following?.abort();
  const controller = new AbortController();
  following = controller;
  const known = followed.peek();
  const nothing = { id, detail: null, figures: null };
  followed.value = { ...(known?.id === id ? known : nothing), connection: 'opening', error: null };
  void keepFollowing(id, controller.signal);
}

/** Follows a sweep no more; the view that takes its place may follow another by then, which goes on. */
export function unfollow(id: string): void {
  if (followed.peek()?.id === id) following?.abort();
}
