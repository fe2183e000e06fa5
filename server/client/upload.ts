import { ApiError } from './apiError.ts';
import type { Transport } from './transport.ts';

/** Who is told about an upload, and what ends it. */
export interface UploadOptions {
  readonly signal?: AbortSignal;
  /** Told the bytes sent so far and in all; browsers tell them as they go, Node at the end. */
  readonly onProgress?: (sent: number, total: number) => void;
}

/** Sends a file as the part `file` of a form. */
export async function uploadFile<Answer>(
  transport: Transport,
  path: string,
  file: Blob,
  name: string,
  { signal, onProgress }: UploadOptions,
): Promise<Answer> {
  const form = new FormData();
  form.append('file', file, name);
  if (onProgress !== undefined && typeof XMLHttpRequest === 'function')
    return (await uploadWithProgress(transport, path, form, signal, onProgress)) as Answer;
  const answer = await transport.send('POST', transport.url(path), {
    body: form,
    ...(signal === undefined ? {} : { signal }),
  });
  onProgress?.(file.size, file.size);
  return (await answer.json()) as Answer;
}

/** `fetch` does not tell how much of a body has left; the older interface does. */
function uploadWithProgress(
  { url, headers }: Transport,
  path: string,
  form: FormData,
  signal: AbortSignal | undefined,
  onProgress: (sent: number, total: number) => void,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', url(path));
    for (const [name, value] of Object.entries(headers())) request.setRequestHeader(name, value);
    request.upload.onprogress = ({ loaded, total }) => {
      onProgress(loaded, total);
    };
    request.onload = () => {
      const { status, responseText } = request;
      if (status >= 200 && status < 300) resolve(JSON.parse(responseText));
      else reject(ApiError.from(status, responseText, request.getResponseHeader('retry-after')));
    };
    request.onerror = () => {
      reject(ApiError.unreachable());
    };
    request.onabort = () => {
      reject(new DOMException('The upload was given up.', 'AbortError'));
    };
    signal?.addEventListener('abort', () => {
      request.abort();
    });
    if (signal?.aborted === true) reject(new DOMException('The upload was given up.', 'AbortError'));
    else request.send(form);
  });
}
