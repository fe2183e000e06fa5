import { signal } from '@preact/signals';
import { api } from '../api.ts';
import { show } from './address.ts';
import { datasets, putDetail } from './library.ts';
import { apiError, isAbort } from './loading.ts';
import { tell } from './messages.ts';

/** A file on its way to the server. */
export interface Upload {
  readonly name: string;
  readonly share: number;
  readonly cancel: () => void;
}

export const uploads = signal<readonly Upload[]>([]);

/** Sends files, one after the other, and opens what came of them: one fit of all. */
export async function upload(files: readonly File[]): Promise<void> {
  const ids: string[] = [];
  for (const file of files) {
    const id = await uploadOne(file);
    if (id !== null) ids.push(id);
  }
  if (ids.length === 0) return;
  void datasets.refresh();
  show({ kind: 'data', ids: [...new Set(ids)] });
}

async function uploadOne(file: File): Promise<string | null> {
  const controller = new AbortController();
  const put = (share: number): void => {
    const entry = {
      name: file.name,
      share,
      cancel: () => {
        controller.abort();
      },
    };
    uploads.value = [...uploads.peek().filter(({ name }) => name !== file.name), entry];
  };
  put(0);
  try {
    const detail = await api.uploadDataset(file, file.name, {
      onProgress: (sent, total) => {
        put(total > 0 ? sent / total : 0);
      },
      signal: controller.signal,
    });
    putDetail(detail);
    return detail.id;
  } catch (error) {
    if (isAbort(error)) tell(`${file.name} was not sent.`);
    else {
      const { message, remedy } = apiError(error);
      tell(`${file.name}: ${message} ${remedy}`, { level: 'error', forMs: 12_000 });
    }
    return null;
  } finally {
    uploads.value = uploads.peek().filter(({ name }) => name !== file.name);
  }
}
