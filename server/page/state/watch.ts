import { signal } from '@preact/signals';
import { api, type ApiError } from '../api.ts';
import type { Figure, WatchState } from '../contract.ts';
import { apiError, isAbort } from './loading.ts';
import { Latest } from './refit.ts';

/** A run that is asked about, and the loss that it is to reach. */
interface Asked {
  readonly id: string;
  readonly run: string;
  readonly target: number | null;
}

/** The run on the page, as it stands. */
export interface Watched extends Asked {
  /** What the server said last; it stays while it is asked again. */
  readonly state: WatchState | null;
  readonly figure: Figure | null;
  readonly error: ApiError | null;
}

export const watched = signal<Watched | null>(null);

/** The target as it was typed, which stays from run to run. */
export const targetText = signal('');

/** The target in nats; null where nothing, or no positive number, stands there. */
export function targetOf(text: string): number | null {
  const value = Number(text);
  return text.trim() !== '' && value > 0 && value < Infinity ? value : null;
}

const isOf = (asked: Asked, now: Watched | null): boolean =>
  now !== null && now.id === asked.id && now.run === asked.run && now.target === asked.target;

const asking = new Latest<Asked>(async (asked, abort) => {
  const about = asked.target === null ? {} : { targetLoss: asked.target };
  try {
    const state = await api.watchRun(asked.id, asked.run, about, abort);
    const figure = await api.watchFigure(asked.id, asked.run, about, abort);
    if (isOf(asked, watched.peek())) {
      const layout = { ...figure.layout, uirevision: `${asked.id} ${asked.run}` };
      watched.value = { ...asked, state, figure: { ...figure, layout }, error: null };
    }
  } catch (error) {
    if (isAbort(error)) return;
    const fault = apiError(error);
    // What a lost connection means is said above; the next event asks again.
    if (fault.status >= 400 && fault.status < 500 && isOf(asked, watched.peek()))
      watched.value = { ...asked, state: null, figure: null, error: fault };
  }
}, 10_000);

/** Asks about a run, again where it is there already; what is known of it stays until the answer. */
export function watchRun(asked: Asked): void {
  const known = watched.peek();
  const isSame = known !== null && known.id === asked.id && known.run === asked.run;
  watched.value = { ...(isSame ? known : { state: null, figure: null, error: null }), ...asked };
  asking.ask(asked);
}
