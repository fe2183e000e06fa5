import { dependOn } from './dependOn.ts';
import { batch, effect, signal, untracked } from '@preact/signals';
import { api } from '../api.ts';
import type { Point, PredictionJson, Request } from '../contract.ts';
import type { ApiError } from '../api.ts';
import { address } from './address.ts';
import { drawingOf, type Drawing, forgetDrawings, inView, isDrawing, keyOf, stale } from './drawing.ts';
import { needDetail } from './library.ts';
import { apiError, nothing } from './loading.ts';
import { Latest } from './refit.ts';
import { base, built, confidence, isLive, query, saved, shown, viewedData, viewedFit } from './workspace.ts';

/** The answer to the query bar, with the query that it answers. */
export const answer = signal<{ readonly point: Point; readonly prediction: PredictionJson } | null>(null);
export const answerProblem = signal<string | null>(null);

/** Why the settings lead to no fit. */
export const refitProblem = signal<ApiError | null>(null);

/** Whether a fit is being made. */
export const refitting = signal(false);

interface Asked {
  readonly request: Request;
  readonly point: Point | null;
  readonly run: string | null;
  readonly key: string;
}

const words = (error: { readonly message: string; readonly remedy: string }): string =>
  `${error.message} ${error.remedy}`;

/** Asks for a fit that is not kept, its figures in view and the answer to the query, all in one. */
const preview = new Latest<Asked>(async ({ request, point, run, key }, abort) => {
  refitting.value = true;
  const since = performance.now();
  const wanted = untracked(() => stale(key, run));
  try {
    const found = await api.preview(
      {
        ...request,
        figures: wanted,
        ...(point === null ? {} : { predict: point }),
        ...(run === null ? {} : { run }),
      },
      abort,
    );
    if (abort.aborted) return;
    batch(() => {
      shown.value = { fit: found.fit, report: found.report, command: null, tookMs: performance.now() - since };
      refitProblem.value = null;
      for (const [id, figure] of Object.entries(found.figures)) {
        const made = { key: keyOf(key, id, run), error: null };
        drawingOf(id).value =
          'unavailable' in figure
            ? { ...made, figure: null, unavailable: figure.unavailable }
            : { ...made, figure, unavailable: null };
      }
      const { prediction } = found;
      const isAnswer = prediction !== null && !('error' in prediction);
      answer.value = isAnswer && point !== null ? { point, prediction } : null;
      answerProblem.value = prediction !== null && 'error' in prediction ? words(prediction.error) : null;
    });
  } catch (error) {
    if (!abort.aborted) refitProblem.value = apiError(error);
  } finally {
    refitting.value = false;
  }
});

let loading: AbortController | undefined;

/** Loads the saved fit of the address. */
async function loadSaved(id: string): Promise<void> {
  loading?.abort();
  const controller = new AbortController();
  loading = controller;
  batch(() => {
    saved.value = { value: null, busy: true, error: null };
    shown.value = null;
    answer.value = null;
    forgetDrawings();
  });
  try {
    const detail = await api.getFit(id, controller.signal);
    if (controller.signal.aborted) return;
    batch(() => {
      saved.value = { value: detail, busy: false, error: null };
      showSaved();
    });
  } catch (error) {
    if (!controller.signal.aborted) saved.value = { value: null, busy: false, error: apiError(error) };
  }
}

/** Shows the saved fit as it stands. */
function showSaved(): void {
  const { value } = saved.peek();
  if (value === null) return;
  shown.value = { fit: value.fit, report: value.report, command: value.command, tookMs: null };
  refitProblem.value = null;
}

/** Loads the saved fit again, after it was renamed or replaced. */
export const reload = (): void => {
  const id = viewedFit.peek();
  if (id !== null) void loadSaved(id);
};

let drawn: AbortController | undefined;
let drawnKey = '';
const pending = new Map<string, string>();

/** Loads figures of a saved fit, each as soon as it is in view. */
function loadFigures(id: string, key: string, level: number | null, run: string | null): void {
  if (key !== drawnKey || drawn === undefined) {
    drawn?.abort();
    drawn = new AbortController();
    drawnKey = key;
    pending.clear();
  }
  for (const figure of stale(key, run)) {
    const wanted = keyOf(key, figure, run);
    if (pending.get(figure) === wanted) continue;
    pending.set(figure, wanted);
    const options = {
      ...(level === null ? {} : { confidence: level }),
      ...(wanted === key || run === null ? {} : { run }),
    };
    void loadFigure(id, figure, wanted, options, drawn.signal);
  }
  isDrawing.value = pending.size > 0;
}

async function loadFigure(
  id: string,
  figure: string,
  key: string,
  options: { confidence?: number; run?: string },
  abort: AbortSignal,
): Promise<void> {
  const isWanted = (): boolean => !abort.aborted && pending.get(figure) === key;
  const put = (rest: Partial<Drawing>): void => {
    if (isWanted()) drawingOf(figure).value = { key, figure: null, unavailable: null, error: null, ...rest };
  };
  try {
    put({ figure: await api.getFigure(id, figure, options, abort) });
  } catch (error) {
    if (abort.aborted) return;
    const { code, message, remedy } = apiError(error);
    put({ [code === 'FIGURE_UNAVAILABLE' ? 'unavailable' : 'error']: `${message} ${remedy}` });
  }
  if (isWanted()) pending.delete(figure);
  isDrawing.value = pending.size > 0;
}

/** Answers the query from a saved fit. */
const asking = new Latest<{ id: string; point: Point; confidence: number | null }>(async (asked, abort) => {
  try {
    const prediction = await api.predict(
      asked.id,
      { ...asked.point, ...(asked.confidence === null ? {} : { confidence: asked.confidence }) },
      abort,
    );
    if (abort.aborted) return;
    answer.value = { point: asked.point, prediction };
    answerProblem.value = null;
  } catch (error) {
    if (abort.aborted) return;
    answer.value = null;
    answerProblem.value = words(apiError(error));
  }
});

/** Keeps the page in step with the address: what is loaded, fitted, drawn and answered follows from it alone. */
export function startEngine(): void {
  effect(() => {
    const id = viewedFit.value;
    if (id !== null) untracked(() => void loadSaved(id));
  });
  effect(() => {
    if (address.value.view.kind !== 'data') return;
    const ids = JSON.stringify(address.value.view.ids);
    untracked(() => {
      loading?.abort();
      startData(ids);
    });
  });
  effect(() => {
    for (const id of viewedData.value) untracked(() => void needDetail(id));
  });
  effect(() => {
    if (isLive.value) return;
    untracked(showSaved);
  });
  effect(refit);
  effect(drawSaved);
  effect(askSaved);
}

let dataShown = '';
function startData(ids: string): void {
  if (ids === dataShown && saved.peek().value === null) return;
  dataShown = ids;
  batch(() => {
    saved.value = nothing;
    shown.value = null;
    answer.value = null;
    forgetDrawings();
  });
}

/** The fit follows its settings. */
function refit(): void {
  const { view, run } = address.value;
  const asked = built.value;
  const isFitted = view.kind === 'fit' || view.kind === 'data' || view.kind === 'home';
  if (!isFitted || !isLive.value || asked?.request === undefined) {
    preview.stop();
    return;
  }
  const request: Request = { ...asked.request, confidence: confidenceAsked() };
  const key = `live ${JSON.stringify(request)}`;
  const point = query.value.state === 'point' ? query.value.point : null;
  // Figures that come into view later are asked for with the same fit.
  dependOn(inView);
  const isCurrent = stale(key, run).length === 0 && lastAsked === JSON.stringify([key, point]);
  if (isCurrent) return;
  lastAsked = JSON.stringify([key, point]);
  preview.ask({ request, point, run, key });
}
let lastAsked = '';

const confidenceAsked = (): number => address.value.confidence ?? base.value?.confidence ?? 0.95;

function drawSaved(): void {
  const [id, { run, confidence: level, view }] = [viewedFit.value, address.value];
  dependOn(inView);
  if (id === null || isLive.value || view.kind === 'data') return;
  const key = `saved ${JSON.stringify([id, level])}`;
  untracked(() => {
    loadFigures(id, key, level, run);
  });
}

function askSaved(): void {
  const [id, asked] = [viewedFit.value, query.value];
  const level = address.value.confidence;
  if (asked.state !== 'point') {
    untracked(() => {
      asking.stop();
      answer.value = null;
      answerProblem.value = null;
    });
    return;
  }
  if (id === null || isLive.value) return;
  // The law decides what a number alone means, so the fit comes first.
  if (saved.value.value?.id !== id && confidence.value > 0) return;
  asking.ask({ id, point: asked.point, confidence: level });
}
