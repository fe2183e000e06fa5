import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Fastify from 'fastify';
import type { FastifyInstance, InjectOptions } from 'fastify';
import { afterAll, beforeAll, expect } from 'vitest';
import { app, type AppOptions } from '../../server/app.ts';

/** A server over folders of its own, for the tests of one file. */
export interface TestServer {
  readonly folder: () => string;
  readonly server: () => FastifyInstance;
  /** The status of an answer, its JSON and its headers. */
  readonly ask: (request: string | InjectOptions) => Promise<Answer>;
  /** Sends JSON. */
  readonly post: (url: string, payload: unknown, method?: 'POST' | 'PATCH') => Promise<Answer>;
  /** Uploads a text as a file. */
  readonly upload: (text: string | Buffer, name?: string, field?: string) => Promise<Answer>;
}

/** What the server answered. */
export interface Answer {
  readonly status: number;
  // Tests look into answers of many shapes; that they match their schemas is what they check.
  readonly body: Record<string, never> & { readonly error?: { code: string; message: string; remedy: string } };
  readonly headers: Readonly<Record<string, string | number | string[] | undefined>>;
}

/** A multipart body with one file. */
export function form(text: string | Buffer, name: string, field = 'file'): Pick<InjectOptions, 'payload' | 'headers'> {
  const boundary = 'isoflop-test-boundary';
  const head = `--${boundary}\r\ncontent-disposition: form-data; name="${field}"; filename="${name}"\r\ncontent-type: text/csv\r\n\r\n`;
  return {
    payload: Buffer.concat([Buffer.from(head), Buffer.from(text), Buffer.from(`\r\n--${boundary}--\r\n`)]),
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
  };
}

/** Starts a server before the tests of a file and stops it after them. `data/chinchilla.csv` is a data set of it. */
export function useServer(options: Partial<AppOptions> = {}): TestServer {
  let folder = '';
  let server: FastifyInstance;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'isoflop-server-'));
    await mkdir(join(folder, 'data'));
    await mkdir(join(folder, 'fits'));
    await copyFile(join(import.meta.dirname, '../../data/chinchilla.csv'), join(folder, 'data/chinchilla.csv'));
    server = Fastify();
    await server.register(app, {
      ...{ fits: join(folder, 'fits'), data: join(folder, 'data'), runs: join(folder, 'runs') },
      ...options,
    });
    await server.ready();
  });
  afterAll(async () => {
    await server.close();
    await rm(folder, { recursive: true });
  });

  const ask = async (request: string | InjectOptions): Promise<Answer> => {
    const { statusCode, headers, body } = await server.inject(request);
    if (statusCode === 204) expect(body).toBe('');
    else expect(headers['content-type']).toMatch(/^application\/json/);
    return { status: statusCode, headers, body: (statusCode === 204 ? {} : JSON.parse(body)) as Answer['body'] };
  };
  return {
    folder: () => folder,
    server: () => server,
    ask,
    post: (url, payload, method = 'POST') =>
      ask({ method, url, headers: { 'content-type': 'application/json' }, payload: JSON.stringify(payload) }),
    upload: (text, name = 'runs.csv', field = 'file') =>
      ask({ method: 'POST', url: '/api/datasets', ...form(text, name, field) }),
  };
}

/** SHA-256 of data/chinchilla.csv, its id as a data set. */
export const chinchillaId = '193478df4e90f040016431996c45682659306840ecdadf83cfb9cd5ca0aa1b30';

/** Runs that follow Chinchilla's law with a little noise, the same for the same seed. */
export function simulatedCsv(seed: number, rows = 30): string {
  const lines = ['params,tokens,loss'];
  for (let k = 0; k < rows; k++) {
    const n = 1e7 * 2 ** (k % 6);
    const d = 2e8 * 2 ** Math.floor(k / 6) * (1 + 0.1 * (k % 6));
    const wobble = 1 + 0.002 * Math.sin(12.9898 * (k + 1) + 78.233 * seed);
    lines.push(`${String(n)},${String(d)},${String((1.8 + 480 / n ** 0.35 + 2100 / d ** 0.37) * wobble)}`);
  }
  return `${lines.join('\n')}\n`;
}
