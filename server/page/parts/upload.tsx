import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { upload, uploads } from '../state/uploads.ts';
import { Icon } from './icons.tsx';

/** Chooses files, for those who do not drag. */
export function UploadButton() {
  const box = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={box}
        type="file"
        accept=".csv,text/csv"
        multiple
        hidden
        id="upload"
        onChange={({ currentTarget }) => {
          void upload([...(currentTarget.files ?? [])]);
          currentTarget.value = '';
        }}
      />
      <button type="button" class="upload" onClick={() => box.current?.click()}>
        <Icon name="upload" /> Add a CSV of runs
      </button>
    </>
  );
}

/** Files that are dropped anywhere on the page are uploaded and fitted. */
export function DropZone() {
  const isOver = useSignal(false);
  useEffect(() => {
    let depth = 0;
    const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') === true;
    const enter = (event: DragEvent): void => {
      if (!hasFiles(event)) return;
      depth++;
      isOver.value = true;
    };
    const leave = (event: DragEvent): void => {
      if (!hasFiles(event)) return;
      depth--;
      if (depth <= 0) isOver.value = false;
    };
    const over = (event: DragEvent): void => {
      if (hasFiles(event)) event.preventDefault();
    };
    const drop = (event: DragEvent): void => {
      depth = 0;
      isOver.value = false;
      if (!hasFiles(event)) return;
      event.preventDefault();
      void upload([...(event.dataTransfer?.files ?? [])]);
    };
    document.addEventListener('dragenter', enter);
    document.addEventListener('dragleave', leave);
    document.addEventListener('dragover', over);
    document.addEventListener('drop', drop);
    return () => {
      document.removeEventListener('dragenter', enter);
      document.removeEventListener('dragleave', leave);
      document.removeEventListener('dragover', over);
      document.removeEventListener('drop', drop);
    };
  }, []);
  return (
    <>
      {isOver.value && (
        <div class="drop" aria-hidden="true">
          <p>Drop the CSV to fit it</p>
        </div>
      )}
      {uploads.value.length > 0 && (
        <ul class="uploads" aria-label="Uploads">
          {uploads.value.map(({ name, share, cancel }) => (
            <li key={name}>
              <span class="name">{name}</span>
              {share < 1 ? (
                <progress value={share} max={1} aria-label={`Sent of ${name}`} />
              ) : (
                <progress aria-label={`The server reads ${name}`} />
              )}
              <span class="muted number">{share < 1 ? `${(100 * share).toFixed(0)}%` : 'reading'}</span>
              <button type="button" class="quiet" onClick={cancel} aria-label={`Cancel ${name}`}>
                Cancel
              </button>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
