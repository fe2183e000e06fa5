import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { api } from '../api.ts';
import { flushAddress, show } from '../state/address.ts';
import { datasets, details, fits, newestFit } from '../state/library.ts';
import { apiError } from '../state/loading.ts';
import { tell } from '../state/messages.ts';
import { dataset, isLive, saved, viewedFit } from '../state/workspace.ts';
import { download } from './downloadLink.ts';
import { copy } from './report.tsx';
import { Icon } from './icons.tsx';
import { Menu } from './menu.tsx';

/** Deletes a fit after a while in which that can be undone; it leaves the list at once. */
function deleteFit(id: string): void {
  const before = fits.state.peek();
  if (before.value === null) return;
  const rest = before.value.fits.filter((fit) => fit.id !== id);
  fits.state.value = { ...before, value: { ...before.value, fits: rest } };
  const next = newestFit.peek();
  show(next === null ? { kind: 'home' } : { kind: 'fit', id: next });
  const forMs = 6000;
  let isUndone = false;
  const close = tell(`${id} deleted.`, {
    forMs,
    undo: () => {
      isUndone = true;
      close();
      void fits.refresh();
      show({ kind: 'fit', id });
    },
  });
  setTimeout(() => {
    if (!isUndone) void deleteNow(id);
  }, forMs);
}

async function deleteNow(id: string): Promise<void> {
  try {
    await api.deleteFit(id);
  } catch (error) {
    const { message, remedy } = apiError(error);
    tell(`${message} ${remedy}`, { level: 'error' });
  }
  await fits.refresh();
}

async function deleteData(id: string, name: string): Promise<void> {
  if (
    !confirm(
      `Delete the data set ${name}? Fits that were made of it stay, but cannot be made again with other settings.`,
    )
  )
    return;
  try {
    await api.deleteDataset(id);
    tell(`${name} deleted.`);
    const rest = new Map(details.peek());
    rest.delete(id);
    details.value = rest;
    show({ kind: 'home' });
  } catch (error) {
    const { message, remedy } = apiError(error);
    tell(`${message} ${remedy}`, { level: 'error' });
  }
  await datasets.refresh();
}

function Rename({ id, close }: { readonly id: string; readonly close: () => void }) {
  const box = useRef<HTMLInputElement>(null);
  const problem = useSignal<string | null>(null);
  useEffect(() => {
    box.current?.focus();
    box.current?.select();
  }, []);
  const rename = async (): Promise<void> => {
    const name = box.current?.value.trim() ?? '';
    if (name === '' || name === id) {
      close();
      return;
    }
    try {
      await api.renameFit(id, name);
      await fits.refresh();
      show({ kind: 'fit', id: name }, { replace: true });
      tell(`${id} is now ${name}.`);
      close();
    } catch (error) {
      const { message, remedy } = apiError(error);
      problem.value = `${message} ${remedy}`;
    }
  };
  return (
    <form
      class="rename row"
      onSubmit={(event) => {
        event.preventDefault();
        void rename();
      }}
      onKeyDown={({ key }) => {
        if (key === 'Escape') close();
      }}
    >
      <input
        ref={box}
        type="text"
        aria-label="New name"
        defaultValue={id}
        spellcheck={false}
        aria-invalid={problem.value !== null}
      />
      <button type="submit" class="primary">
        Rename
      </button>
      <button type="button" class="quiet" onClick={close}>
        Cancel
      </button>
      {problem.value !== null && (
        <p class="problem" role="alert">
          {problem.value}
        </p>
      )}
    </form>
  );
}

/** What can be done with the fit or the data set on the page. */
export function FitActions() {
  const renaming = useSignal(false);
  const id = viewedFit.value;
  const data = id === null ? dataset.value : null;
  const link = (): void => {
    flushAddress();
    void copy(location.href, 'Link');
  };
  if (renaming.value && id !== null) return <Rename id={id} close={() => (renaming.value = false)} />;
  return (
    <div class="actions">
      <button type="button" class="quiet" onClick={link}>
        Copy link
      </button>
      <Menu label={<Icon name="more" />} about="More">
        {id !== null && !isLive.value && saved.value.value !== null && (
          <button type="button" onClick={() => void download(api.downloadFit(id), `${id}.json`)}>
            Download the fit
          </button>
        )}
        {id !== null && (
          <button type="button" onClick={() => (renaming.value = true)}>
            Rename
          </button>
        )}
        {id !== null && (
          <button
            type="button"
            class="danger"
            onClick={() => {
              deleteFit(id);
            }}
          >
            Delete
          </button>
        )}
        {data !== null && (
          <button type="button" onClick={() => void download(api.downloadDataset(data.id), data.name)}>
            Download the CSV
          </button>
        )}
        {data?.origin === 'uploaded' && (
          <button type="button" class="danger" onClick={() => void deleteData(data.id, data.name)}>
            Delete the data set
          </button>
        )}
      </Menu>
    </div>
  );
}
