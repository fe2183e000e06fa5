import Fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import { describe, expect, it, onTestFinished } from 'vitest';
import { checkExposure, isLoopback } from '../../server/exposure.ts';
import { addErrors } from '../../server/plugins/errors.ts';
import { addOperation } from '../../server/plugins/operation.ts';
import type { OperationOptions } from '../../server/plugins/operation.ts';
import { requestId } from '../../server/plugins/requestId.ts';
import { wrongTokensPerMinute } from '../../server/plugins/token.ts';
import type { Gauges } from '../../server/plugins/metrics.ts';
import { codeOf } from '../helpers/errors.ts';

const token = 'a-token-of-24-characters';
const bearer = { authorization: `Bearer ${token}` };

/** A server with nothing but its operation and two routes. */
async function serverWith(options: OperationOptions = {}, gauges: Partial<Gauges> = {}): Promise<FastifyInstance> {
  const server = Fastify({ genReqId: requestId, requestIdHeader: false });
  await server.register(async (app) => {
    addErrors(app);
    await addOperation(app, options, gauges);
    app.get('/health', () => ({ status: 'ok' }));
    app.get('/', () => 'the page');
    app.all('/api/things/:id', () => ({ thing: 1 }));
    app.get('/api/broken', () => {
      throw new Error('a defect');
    });
  });
  onTestFinished(() => server.close());
  return server;
}

type Headers = Record<string, string>;
type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';
const ask = async (server: FastifyInstance, url: string, headers: Headers = {}, method: Method = 'GET') => {
  const answer = await server.inject({ url, method, headers });
  const { error } =
    answer.headers['content-type']?.toString().startsWith('application/json') === true
      ? answer.json<{ error?: { code: string; remedy: string } }>()
      : {};
  return {
    status: answer.statusCode,
    code: error?.code,
    remedy: error?.remedy,
    headers: answer.headers,
    text: answer.body,
  };
};

describe('where the server listens', () => {
  it.each(['127.0.0.1', '127.8.9.1', '::1', '[::1]', 'localhost', 'LOCALHOST'])('%s is this machine', (host) => {
    expect(isLoopback(host)).toBe(true);
    checkExposure(host, undefined);
  });
  it.each(['0.0.0.0', '::', '192.168.1.4', '', 'example.com', '128.0.0.1', 'localhost.example.com', '127.1'])(
    '"%s" is not, and takes a token',
    (host) => {
      expect(
        codeOf(() => {
          checkExposure(host, undefined);
        }),
      ).toBe('TOKEN_NEEDED');
      checkExposure(host, token);
    },
  );
  it.each(['', 'short', 'fifteen-letters', 'with a space in it!!', 'aaaaaaaaaaaaaaaaaaaaaaa', 'naïve-naïve-naïve'])(
    'refuses the token "%s" without repeating it',
    (weak) => {
      const refusal = (): void => {
        checkExposure('127.0.0.1', weak);
      };
      expect(codeOf(refusal)).toBe('TOKEN_WEAK');
      if (weak !== '') expect(refusal).not.toThrow(weak);
    },
  );
});

describe('a token', () => {
  it('is asked for under /api and for /metrics, and nowhere else', async () => {
    const server = await serverWith({ token });
    for (const url of ['/api/things/1', '/metrics', '/api/unknown', '/api', '/%61pi/things/1', '/metrics?x=1']) {
      expect(await ask(server, url), url).toMatchObject({ status: 401, code: 'TOKEN_REQUIRED' });
      expect((await ask(server, url)).headers['www-authenticate']).toBe('Bearer realm="isoflop"');
    }
    for (const url of ['/health', '/']) expect((await ask(server, url)).status, url).toBe(200);
    expect((await ask(server, '/apiary')).status).toBe(404);
    expect(await ask(server, '/api/things/1', bearer)).toMatchObject({ status: 200 });
    expect(await ask(server, '/api/things/1', { authorization: `bearer  ${token}` })).toMatchObject({ status: 200 });
    expect(await ask(server, '/metrics', bearer)).toMatchObject({ status: 200 });
  });

  it('has to be the right one, in the right scheme', async () => {
    const server = await serverWith({ token });
    for (const wrong of [`${token}x`, token.slice(1), 'x'])
      expect(await ask(server, '/api/things/1', { authorization: `Bearer ${wrong}` })).toMatchObject({
        status: 401,
        code: 'TOKEN_WRONG',
      });
    expect(await ask(server, '/api/things/1', { authorization: `Basic ${token}` })).toMatchObject({ status: 401 });
    expect(await ask(server, `/api/things/1?token=${token}`)).toMatchObject({ status: 401 });
  });

  it('cannot be found by trying: whoever shows too many wrong ones is not heard for a while', async () => {
    const server = await serverWith({ token });
    const wrong = { authorization: 'Bearer not-the-right-token' };
    for (let k = 0; k < wrongTokensPerMinute; k++) expect((await ask(server, '/api/things/1', wrong)).status).toBe(401);
    for (const headers of [wrong, bearer]) {
      const refused = await ask(server, '/api/things/1', headers);
      expect(refused).toMatchObject({ status: 429, code: 'RATE_LIMITED' });
      expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    }
    const other = await server.inject({ url: '/api/things/1', headers: bearer, remoteAddress: '10.0.0.9' });
    expect(other.statusCode).toBe(200);
  });
});

describe('other sites in the same browser', () => {
  const foreign: Headers[] = [
    { origin: 'http://evil.example' },
    { origin: 'null' },
    { origin: 'http://localhost:9999' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ];
  it.each(foreign)('cannot change anything: %o', async (headers) => {
    const server = await serverWith();
    for (const method of ['POST', 'PATCH', 'DELETE'] as const)
      expect(await ask(server, '/api/things/1', { host: 'localhost:3000', ...headers }, method)).toMatchObject({
        status: 403,
        code: 'ORIGIN_FOREIGN',
      });
    expect((await ask(server, '/api/things/1', { host: 'localhost:3000', ...headers })).status).toBe(200);
  });

  it('are told from the own page, from programs, and from a proxy that is named', async () => {
    const server = await serverWith({ allowHosts: ['Isoflop.example'] });
    for (const headers of [
      { host: 'localhost:3000', origin: 'http://localhost:3000', 'sec-fetch-site': 'same-origin' },
      { host: 'localhost:3000' },
      { host: 'isoflop.example', origin: 'https://isoflop.example' },
      { host: '127.0.0.1:3000', origin: 'https://isoflop.example' },
    ] as Headers[])
      expect((await ask(server, '/api/things/1', headers, 'POST')).status).toBe(200);
  });

  it('cannot take a name that resolves to this machine', async () => {
    const server = await serverWith({ allowHosts: ['isoflop.example'] });
    for (const host of ['localhost', 'localhost:3000', '127.0.0.1:8', '[::1]:3000', 'isoflop.example:443'])
      expect((await ask(server, '/', { host })).status, host).toBe(200);
    for (const host of [
      'evil.example',
      'evil.example:3000',
      '127.0.0.1.evil.example',
      'localhost.evil.example',
      '10.0.0.1',
    ])
      expect(await ask(server, '/', { host }), host).toMatchObject({ status: 403, code: 'HOST_UNKNOWN' });
    // With a token nobody is trusted by the name alone.
    expect((await ask(await serverWith({ token }), '/', { host: 'any.example' })).status).toBe(200);
    expect((await ask(await serverWith({ host: '10.0.0.1' }), '/', { host: '10.0.0.1:80' })).status).toBe(200);
  });
});

describe('the rate of requests', () => {
  it('is limited for each client, except for the page and /health', async () => {
    const server = await serverWith({ rateLimit: 3 });
    for (let k = 0; k < 3; k++) expect((await ask(server, '/api/things/1')).status).toBe(200);
    const refused = await ask(server, '/api/things/2');
    expect(refused).toMatchObject({ status: 429, code: 'RATE_LIMITED' });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    for (const url of ['/health', '/']) expect((await ask(server, url)).status).toBe(200);
    const other = await server.inject({ url: '/api/things/1', remoteAddress: '10.0.0.9' });
    expect(other.statusCode).toBe(200);
  });

  it('is not limited unless asked for', async () => {
    const server = await serverWith();
    for (let k = 0; k < 50; k++) expect((await ask(server, '/api/things/1')).status).toBe(200);
  });
});

describe('the id of a request', () => {
  it('is the given one when it is plain, else a new one', async () => {
    const server = await serverWith();
    const idOf = async (id?: string) =>
      (await ask(server, '/health', id === undefined ? {} : { 'x-request-id': id })).headers['x-request-id'];
    expect(await idOf('abc.DEF_1-2')).toBe('abc.DEF_1-2');
    for (const bad of ['a b', 'x'.repeat(65), '"}', '']) expect(await idOf(bad)).toMatch(/^[0-9a-f]{8}-[0-9a-z]+$/);
    expect(await idOf()).not.toBe(await idOf());
  });

  it('is in the answer to a defect, and the defect is not', async () => {
    const broken = await ask(await serverWith(), '/api/broken', { 'x-request-id': 'mine' });
    expect(broken).toMatchObject({ status: 500, code: 'INTERNAL' });
    expect(broken.remedy).toContain('request mine');
    expect(broken.text).not.toContain('a defect');
  });
});

describe('metrics', () => {
  it('count requests by route, method and class of status, and ask the gauges', async () => {
    const server = await serverWith(
      {},
      {
        jobsQueued: () => 3,
        fits: () => Promise.resolve(7),
        datasets: () => {
          throw new Error('no folder');
        },
      },
    );
    for (const id of ['one', 'two']) await ask(server, `/api/things/${id}?secret=1`);
    await ask(server, '/api/broken');
    await ask(server, '/nowhere');
    const { text, headers } = await ask(server, '/metrics');
    expect(headers['content-type']).toContain('text/plain; version=0.0.4');
    const lines = text.split('\n');
    const count = 'isoflop_http_request_duration_seconds_count';
    expect(lines).toContain(`${count}{method="GET",route="/api/things/:id",status="2xx"} 2`);
    expect(lines).toContain(`${count}{method="GET",route="/api/broken",status="5xx"} 1`);
    expect(lines).toContain(`${count}{method="GET",route="none",status="4xx"} 1`);
    const bucket =
      'isoflop_http_request_duration_seconds_bucket{le="+Inf",method="GET",route="/api/things/:id",status="2xx"} 2';
    expect(lines).toContain(bucket);
    expect(lines).toEqual(expect.arrayContaining(['isoflop_jobs_queued 3', 'isoflop_fits 7', 'isoflop_datasets Nan']));
    expect(text).toMatch(/^nodejs_eventloop_lag_p99_seconds \d/m);
    expect(text).toMatch(/^process_resident_memory_bytes \d/m);
    expect(text).not.toMatch(/secret|nowhere|things\/one/);
    const names = lines.filter((line) => line.startsWith('# TYPE')).map((line) => line.split(' ')[2]);
    expect(new Set(names).size).toBe(names.length);
  });
});

it('sends its headers with every answer', async () => {
  const server = await serverWith({ token });
  expect((await ask(server, '/')).headers).toMatchObject({
    'referrer-policy': 'no-referrer',
  });
  for (const url of ['/', '/health', '/api/things/1', '/nowhere']) {
    const { headers } = await ask(server, url);
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-origin',
    });
    const policy = String(headers['content-security-policy']);
    expect(policy).toMatch(/default-src '(self|none)'.*frame-ancestors 'none'/);
    expect(policy).not.toMatch(/script-src|unsafe-eval|default-src[^;]*unsafe/);
  }
});
