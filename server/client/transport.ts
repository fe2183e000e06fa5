import { ApiError } from './apiError.ts';

/** How {@link createClient} reaches a server. */
export interface ClientOptions {
  /** Address of the server, such as `http://127.0.0.1:3000`; by default that of the page, or 127.0.0.1:3000 without one. */
  readonly baseUrl?: string;
  /** The server's token, or what gives it at each request. */
  readonly token?: string | (() => string | null) | null;
  /** Stands for the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch;
}

/** Values of a query string; `undefined` leaves one out. */
export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** Sends requests and reads answers; errors are {@link ApiError}s, an aborted request throws what `fetch` throws. */
export interface Transport {
  readonly json: <Answer>(
    method: string,
    path: string,
    options?: { readonly query?: Query; readonly body?: unknown; readonly signal?: AbortSignal | undefined },
  ) => Promise<Answer>;
  /** The answer itself, for what is no JSON. */
  readonly send: (method: string, path: string, init?: RequestInit) => Promise<Response>;
  readonly url: (path: string, query?: Query) => string;
  readonly headers: () => Record<string, string>;
}

const home = (): string =>
  typeof location === 'object' && location.protocol.startsWith('http') ? location.href : 'http://127.0.0.1:3000';

/** The way to a server. */
export function createTransport({ baseUrl, token = null, fetch: given }: ClientOptions): Transport {
  const url = (path: string, query: Query = {}): string => {
    const address = new URL(path, baseUrl ?? home());
    for (const [name, value] of Object.entries(query))
      if (value !== undefined) address.searchParams.set(name, String(value));
    return address.href;
  };
  const headers = (): Record<string, string> => {
    const shown = typeof token === 'function' ? token() : token;
    return shown === null ? {} : { authorization: `Bearer ${shown}` };
  };
  const send: Transport['send'] = async (method, path, init = {}) => {
    let answer: Response;
    try {
      // Looked up at each call, and called without a receiver: browsers refuse `fetch` as a method of another object.
      const ask = given ?? globalThis.fetch;
      answer = await ask(path, {
        ...init,
        method,
        headers: { ...headers(), ...(init.headers as Record<string, string>) },
      });
    } catch (error) {
      if (init.signal?.aborted === true) throw error;
      throw ApiError.unreachable();
    }
    if (answer.ok) return answer;
    throw ApiError.from(answer.status, await answer.text(), answer.headers.get('retry-after'));
  };
  return {
    url,
    headers,
    send,
    json: async <Answer>(
      method: string,
      path: string,
      { query, body, signal }: { query?: Query; body?: unknown; signal?: AbortSignal | undefined } = {},
    ): Promise<Answer> => {
      const answer = await send(method, url(path, query), {
        ...(signal === undefined ? {} : { signal }),
        ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      });
      return (answer.status === 204 ? undefined : await answer.json()) as Answer;
    },
  };
}
