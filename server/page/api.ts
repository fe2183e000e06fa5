/** The server's API, until server/client.ts takes its place. */
import type * as T from './contract.ts';

/** What the server answered instead, in its own words. */
export class ApiError extends Error {
  readonly code: string;
  readonly remedy: string;
  readonly status: number;

  constructor({ code, message, remedy }: T.Fault, status: number) {
    super(message);
    this.code = code;
    this.remedy = remedy;
    this.status = status;
  }
}

let token: string | null = null;

export function setToken(value: string | null): void {
  token = value;
}

const headers = (): Record<string, string> => (token === null ? {} : { authorization: `Bearer ${token}` });

export const unreachable = { code: 'UNREACHABLE', message: 'The server does not answer.', remedy: 'Is isoflop serve still running?' };

async function faultOf(status: number, text: string): Promise<ApiError> {
  try {
    const { error } = JSON.parse(text) as { error: T.Fault };
    return new ApiError(error, status);
  } catch {
    return new ApiError({ code: 'UNEXPECTED', message: `The server answered with status ${status}.`, remedy: 'Its log may tell more.' }, status);
  }
}

async function send(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<unknown> {
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers: { ...headers(), ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiError(unreachable, 0);
  }
  if (response.status === 204) return undefined;
  if (!response.ok) throw await faultOf(response.status, await response.text());
  return await response.json();
}

const part = encodeURIComponent;
const query = (values: Readonly<Record<string, string | number | undefined>>): string => {
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  return given.length === 0 ? '' : `?${new URLSearchParams(given.map(([k, v]) => [k, String(v)])).toString()}`;
};

export const api = {
  listFits: (signal?: AbortSignal) => send('GET', 'api/fits?limit=1000', undefined, signal) as Promise<T.FitList>,
  getFit: (id: string, signal?: AbortSignal) => send('GET', `api/fits/${part(id)}`, undefined, signal) as Promise<T.FitDetail>,
  createFit: (body: T.Request & { id?: string; wait?: number }) => send('POST', 'api/fits', body) as Promise<T.FitDetail | { job: T.Job }>,
  renameFit: (id: string, to: string) => send('PATCH', `api/fits/${part(id)}`, { id: to }) as Promise<T.FitDetail>,
  deleteFit: async (id: string) => void (await send('DELETE', `api/fits/${part(id)}`)),
  predict: (id: string, point: T.Point & { confidence?: number }, signal?: AbortSignal) =>
    send('GET', `api/fits/${part(id)}/predict${query({ ...point })}`, undefined, signal) as Promise<T.PredictionJson>,
  allocate: (id: string, point: { flops: string; confidence?: number }, signal?: AbortSignal) =>
    send('GET', `api/fits/${part(id)}/allocate${query({ ...point })}`, undefined, signal) as Promise<T.Allocation>,
  getFigure: (id: string, figure: string, options: { confidence?: number; run?: string }, signal?: AbortSignal) =>
    send('GET', `api/fits/${part(id)}/figures/${part(figure)}${query({ ...options })}`, undefined, signal) as Promise<T.Figure>,
  overlay: (ids: readonly string[], options: { confidence?: number }, signal?: AbortSignal) =>
    send('GET', `api/overlay${query({ fits: ids.join(','), ...options })}`, undefined, signal) as Promise<T.Figure>,
  preview: (body: T.PreviewRequest, signal?: AbortSignal) => send('POST', 'api/preview', body, signal) as Promise<T.Preview>,
  listDatasets: () => send('GET', 'api/datasets') as Promise<T.DatasetList>,
  getDataset: (id: string, signal?: AbortSignal) => send('GET', `api/datasets/${part(id)}`, undefined, signal) as Promise<T.DatasetDetail>,
  deleteDataset: async (id: string) => void (await send('DELETE', `api/datasets/${part(id)}`)),
  listJobs: () => send('GET', 'api/jobs') as Promise<{ jobs: readonly T.Job[] }>,
  getJob: (id: string) => send('GET', `api/jobs/${part(id)}`) as Promise<T.Job>,
  cancelJob: (id: string) => send('DELETE', `api/jobs/${part(id)}`) as Promise<T.Job>,
  jobResult: (id: string) => send('GET', `api/jobs/${part(id)}/result`) as Promise<T.StudyResult>,
  backtest: (body: object) => send('POST', 'api/backtests', body) as Promise<T.StudyResult | { job: T.Job }>,
  compare: (body: object) => send('POST', 'api/comparisons', body) as Promise<T.StudyResult | { job: T.Job }>,

  /** Follows a job until its end. EventSource cannot send a token, so the stream is read by hand. */
  async followJob(id: string, onJob: (job: T.Job) => void, signal: AbortSignal): Promise<void> {
    const response = await fetch(`api/jobs/${part(id)}/events`, { headers: headers(), signal });
    if (!response.ok || response.body === null) throw await faultOf(response.status, await response.text());
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = '';
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const events = (rest + value).split(/\r?\n\r?\n/);
      rest = events.pop() ?? '';
      for (const event of events) {
        const data = event.split(/\r?\n/).flatMap((line) => (line.startsWith('data:') ? [line.slice(5).trim()] : []));
        if (data.length > 0) onJob(JSON.parse(data.join('\n')) as T.Job);
      }
    }
  },

  /** Uploads with XMLHttpRequest, since fetch does not tell how much has been sent. */
  uploadDataset(file: File, options: { onProgress?: (share: number) => void; signal?: AbortSignal } = {}): Promise<T.DatasetDetail> {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      const form = new FormData();
      form.append('file', file, file.name);
      request.open('POST', 'api/datasets');
      for (const [name, value] of Object.entries(headers())) request.setRequestHeader(name, value);
      request.upload.onprogress = ({ loaded, total }) => options.onProgress?.(total > 0 ? loaded / total : 0);
      request.onload = () => {
        if (request.status < 300) resolve(JSON.parse(request.responseText) as T.DatasetDetail);
        else void faultOf(request.status, request.responseText).then(reject);
      };
      request.onerror = () => reject(new ApiError(unreachable, 0));
      request.onabort = () => reject(new DOMException('Cancelled', 'AbortError'));
      options.signal?.addEventListener('abort', () => request.abort());
      request.send(form);
    });
  },
};

/** A file of the API. */
export async function fetchFile(path: string): Promise<Blob> {
  const response = await fetch(path, { headers: headers() }).catch(() => {
    throw new ApiError(unreachable, 0);
  });
  if (!response.ok) throw await faultOf(response.status, await response.text());
  return await response.blob();
}
