import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import { api } from '../api.ts';
import type { Job } from '../contract.ts';
import { address, go, show } from '../state/address.ts';
import { fits, follow, jobs } from '../state/library.ts';
import { apiError } from '../state/loading.ts';
import { tell } from '../state/messages.ts';
import { built, dataset, isLive, saved, shown } from '../state/workspace.ts';

/** A name that no fit has yet. */
function freeName(): string {
  const taken = new Set(fits.value?.fits.map(({ id }) => id));
  const stem =
    saved.value.value?.id ?? dataset.value?.name.replace(/\.csv$/i, '').replaceAll(/[^\w.-]+/g, '-') ?? 'fit';
  for (let k = saved.value.value === null ? 1 : 2; ; k++) {
    const name = k === 1 ? stem : `${stem}-${k}`;
    if (!taken.has(name)) return name;
  }
}

/** Opens a fit that takes longer than an answer once it is there, unless the user has gone elsewhere meanwhile. */
async function openLater(job: Job, name: string): Promise<void> {
  tell(`${name} is being fitted: see the jobs.`);
  const { view } = address.peek();
  await follow(job);
  const ended = jobs.value?.find(({ id }) => id === job.id);
  if (ended?.state === 'failed')
    tell(`${name}: ${ended.error?.message ?? 'failed'}`, { level: 'error', forMs: 12_000 });
  if (ended?.state !== 'done') return;
  tell(`Saved as ${name}.`);
  if (address.peek().view === view) show({ kind: 'fit', id: name });
}

/** Keeps the fit that is shown: it is made once more, with bootstrap and backtests, under a name. */
export function SaveFit() {
  const id = useId();
  const typed = useSignal<string | null>(null);
  const problem = useSignal<string | null>(null);
  const isSaving = useSignal(false);
  if (!isLive.value || shown.value === null) return null;
  const name = typed.value ?? freeName();
  const save = async (): Promise<void> => {
    const request = built.value?.request;
    if (request === undefined) return;
    isSaving.value = true;
    problem.value = null;
    try {
      const confidence = address.peek().confidence;
      const found = await api.createFit({
        bootstrap: 1000,
        ...request,
        ...(confidence === null ? {} : { confidence }),
        id: name,
        wait: 2,
      });
      typed.value = null;
      if ('job' in found) {
        void openLater(found.job, name);
      } else {
        tell(`Saved as ${found.id}.`);
        await fits.refresh();
        show({ kind: 'fit', id: found.id });
      }
    } catch (error) {
      const { message, remedy } = apiError(error);
      problem.value = `${message} ${remedy}`;
    } finally {
      isSaving.value = false;
    }
  };
  return (
    <form
      class="save"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <label for={id}>Save this fit as</label>
      <div class="row">
        <input
          id={id}
          type="text"
          value={name}
          spellcheck={false}
          aria-invalid={problem.value !== null}
          onInput={({ currentTarget }) => {
            typed.value = currentTarget.value;
          }}
        />
        <button type="submit" class="primary" disabled={isSaving.value || built.value?.request === undefined}>
          {isSaving.value ? 'Saving…' : 'Save'}
        </button>
      </div>
      <p class="hint">With 1,000 bootstrap resamples and backtests.</p>
      {problem.value !== null && (
        <p class="problem" role="alert">
          {problem.value}
        </p>
      )}
      {Object.keys(address.value.changes).length > 0 && (
        <button
          type="button"
          class="quiet"
          onClick={() => {
            go({ changes: {} }, { replace: true });
          }}
        >
          Undo all changes
        </button>
      )}
    </form>
  );
}
