import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Fastify from 'fastify';
import type { FastifyInstance, InjectOptions } from 'fastify';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { app } from '../../server/app.ts';
import { maxPoints } from '../../server/schemas/prediction.ts';
import { findLaw, laws } from '../../src/laws/index.ts';
import { saveFit } from '../../src/node/savedFits.ts';
import { loadAccelerators } from '../../src/node/accelerators.ts';
import { allocate } from '../../src/plan/allocate.ts';
import { acceleratorOf } from '../../src/plan/budget/accelerator.ts';
import { planRun } from '../../src/plan/budget/plan.ts';
import { planFigure } from '../../src/plots/plan.ts';
import { formatPlan } from '../../src/report/planRunText.ts';
import { predictionToJson, type PredictionJson } from '../../src/report/json.ts';
import { predictPoints } from '../../src/plan/predictPoints.ts';
import { buildFigure, figures } from '../../src/plots/index.ts';
import { formatReport } from '../../src/report/text.ts';
import { exampleFit } from '../report/savedFitExample.ts';

const fit = exampleFit();
const command = 'isoflop fit example.csv';
let folder: string;
let server: FastifyInstance;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isoflop-server-'));
  await saveFit(join(folder, 'fits/example.json'), fit, { command });
  await writeFile(join(folder, 'fits/broken.json'), '{"kind": "isoflop-fit", ');
  await saveFit(join(folder, 'secret.json'), fit);
  server = Fastify({ bodyLimit: 16 * 2 ** 20 });
  await server.register(app, { fits: join(folder, 'fits'), data: join(folder, 'data') });
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

/** The status of an answer and its JSON. */
async function ask(request: string | InjectOptions): Promise<{ status: number; body: unknown }> {
  const response = await server.inject(request);
  expect(response.headers['content-type']).toMatch(/^application\/json/);
  return { status: response.statusCode, body: response.json() };
}

const errorWith = (code: string, message: RegExp | string): unknown => ({
  error: {
    code,
    message: expect.stringMatching(message) as unknown,
    remedy: expect.stringMatching(/\.$/) as unknown,
  },
});

/** What JSON makes of a value. */
const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('the API', () => {
  it('says that it is there', async () => {
    expect(await ask('/health')).toEqual({ status: 200, body: { status: 'ok', version: fit.version } });
  });

  it('lists fits, and broken files with their errors', async () => {
    const { status, body } = await ask('/api/fits');
    expect(status).toBe(200);
    expect(body).toEqual({
      fits: [
        {
          id: 'example',
          law: 'chinchilla',
          formula: false,
          status: 'converged',
          points: fit.points,
          objective: 'log-huber',
          source: 'example.csv',
          dataset: fit.data.sha256,
          created: expect.stringMatching(/Z$/) as unknown,
          warnings: expect.objectContaining({ error: expect.any(Number) as unknown }) as unknown,
          coefficients: Object.fromEntries(Object.entries(fit.params).map(([name, { value }]) => [name, value])),
        },
      ],
      broken: [{ id: 'broken', ...(errorWith('FIT_NOT_JSON', 'is not a whole saved fit') as object) }],
      total: 1,
    });
  });

  it('sees files come, change and go', async () => {
    const path = join(folder, 'fits/new.json');
    const status = async (): Promise<unknown> => {
      const { body } = await ask('/api/fits/new');
      return (body as { fit?: { status: unknown } }).fit?.status;
    };
    expect((await ask('/api/fits/new')).status).toBe(404);
    await saveFit(path, fit);
    expect(await status()).toBe('converged');
    // A file that was looked at a moment ago is not looked at again.
    await saveFit(path, { ...fit, status: 'degenerate' });
    await vi.waitFor(async () => {
      expect(await status()).toBe('degenerate');
    });
    await rm(path);
    await vi.waitFor(async () => {
      expect((await ask('/api/fits/new')).status).toBe(404);
    });
  });

  it('gives a fit with its report', async () => {
    const { status, body } = await ask('/api/fits/example');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      id: 'example',
      command,
      report: formatReport(fit),
      fit: { law: 'chinchilla', points: fit.points, params: asJson(fit.params), data: { source: 'example.csv' } },
    });
  });

  it('predicts from a query string with suffixes', async () => {
    const { status, body } = await ask('/api/fits/example/predict?params=70B&tokens=1.4T');
    expect(status).toBe(200);
    expect(body).toEqual(asJson(predictionToJson(predictPoints(fit, [{ params: 7e10, tokens: 1.4e12 }]))));
  });

  it('predicts at the optimum and at another confidence', async () => {
    const { body } = await ask('/api/fits/example/predict?flops=5.76e23&confidence=0.5');
    const expected = predictionToJson(predictPoints(fit, [{ flops: 5.76e23 }], { confidence: 0.5 }));
    expect(body).toEqual(asJson(expected));
    expect(expected.points[0].params).toBeCloseTo(allocate(fit, 5.76e23).params, -3);
  });

  it('predicts many points at once', async () => {
    const points = Array.from({ length: maxPoints }, (_, k) => ({ params: 1e8 * (k + 1), flops: 1e22 }));
    const { status, body } = await ask({ method: 'POST', url: '/api/fits/example/predict', payload: { points } });
    expect(status).toBe(200);
    const { points: found, warnings } = body as PredictionJson;
    // Intervals of so many points are interpolated; predictBatch.test.ts compares them.
    const plain = (predicted: readonly object[]): string =>
      JSON.stringify(predicted.map((point) => ({ ...point, interval: null })));
    const expected = predictionToJson(predictPoints(fit, points)).points;
    expect(plain(found) === plain(expected)).toBe(true);
    expect(warnings.map(({ code }) => code)).toContain('INTERVALS_INTERPOLATED');
  });

  it('allocates', async () => {
    const { status, body } = await ask('/api/fits/example/allocate?flops=5.76e23');
    expect(status).toBe(200);
    const { params, tokens, loss } = allocate(fit, 5.76e23);
    expect(body).toMatchObject({ flops: 5.76e23, params, tokens, loss });
  });

  it('plans, with the figure and the report', async () => {
    const payload = { flops: '5.76e23', maxParams: '30B', machine: { accelerator: 'h100-sxm', count: '1024' } };
    const { status, body } = await ask({ method: 'POST', url: '/api/fits/example/plan', payload });
    expect(status).toBe(200);
    const accelerator = acceleratorOf(await loadAccelerators(), 'h100-sxm');
    const plan = planRun(fit, { flops: 5.76e23, maxParams: 3e10, machine: { accelerator, count: 1024 } });
    expect(body).toEqual(asJson({ plan, figure: planFigure(plan), report: formatPlan(plan) }));
    const list = await ask('/api/accelerators');
    expect(list.body).toEqual({ accelerators: asJson(await loadAccelerators()) });
  });

  it('lists and builds figures', async () => {
    const { body } = await ask('/api/fits/example/figures');
    expect(body).toEqual({
      figures: figures.map(({ id, title, description }) => ({ id, title, description, unavailable: null })),
    });
    // The example was not fitted, so a refit ends elsewhere.
    for (const { id } of figures.filter((figure) => figure.isSlow !== true)) {
      const figure = await ask(`/api/fits/example/figures/${id}`);
      expect(figure).toEqual({ status: 200, body: asJson(buildFigure(fit, id)) });
    }
  });

  it('says why a fit has no such figure', async () => {
    const compute = findLaw('flops');
    const params = { A: 20, gamma: 0.05 };
    await saveFit(join(folder, 'fits/compute.json'), {
      ...fit,
      law: compute.id,
      params: Object.fromEntries(
        Object.entries(params).map(([name, value]) => [name, { value, stderr: null, interval: null, state: 'free' }]),
      ),
      covariance: { ...fit.covariance, matrix: null },
      bootstrap: null,
    });
    const { body } = await ask('/api/fits/compute/figures');
    const listed = (body as { figures: { id: string; unavailable: string | null }[] }).figures;
    expect(listed.find(({ id }) => id === 'frontier')?.unavailable).toBeNull();
    expect(listed.find(({ id }) => id === 'contour')?.unavailable).toContain('it needs a law of params and tokens');
    const figure = await ask('/api/fits/compute/figures/contour');
    expect(figure).toEqual({ status: 422, body: errorWith('FIGURE_UNAVAILABLE', 'cannot be drawn') });
    await rm(join(folder, 'fits/compute.json'));
  });

  it('lists every law', async () => {
    const { body } = await ask('/api/laws');
    const listed = (body as { laws: { id: string; params: { name: string }[] }[] }).laws;
    expect(listed.map(({ id }) => id)).toEqual(laws.map(({ id }) => id));
    expect(listed[0].params.map(({ name }) => name)).toEqual(['E', 'A', 'B', 'alpha', 'beta']);
  });

  it('documents every route in OpenAPI 3.1', async () => {
    const { body } = await ask('/documentation/json');
    const { openapi, paths } = body as { openapi: string; paths: object };
    expect(openapi).toBe('3.1.0');
    expect(Object.keys(paths).sort()).toEqual([
      '/api/accelerators',
      '/api/backtests',
      '/api/comparisons',
      '/api/datasets',
      '/api/datasets/{id}',
      '/api/datasets/{id}/download',
      '/api/fits',
      '/api/fits/{id}',
      '/api/fits/{id}/allocate',
      '/api/fits/{id}/download',
      '/api/fits/{id}/figures',
      '/api/fits/{id}/figures/{figure}',
      '/api/fits/{id}/next',
      '/api/fits/{id}/plan',
      '/api/fits/{id}/predict',
      '/api/jobs',
      '/api/jobs/{id}',
      '/api/jobs/{id}/events',
      '/api/jobs/{id}/result',
      '/api/laws',
      '/api/overlay',
      '/api/preview',
      '/api/sweeps',
      '/api/sweeps/{id}',
      '/api/sweeps/{id}/events',
      '/api/sweeps/{id}/figures',
      '/api/sweeps/{id}/runs/{run}/watch',
      '/api/sweeps/{id}/runs/{run}/watch/figure',
      '/health',
    ]);
  });
});

describe('errors', () => {
  const predict = '/api/fits/example/predict';
  const post = (payload: unknown): InjectOptions => ({
    method: 'POST',
    url: predict,
    headers: { 'content-type': 'application/json' },
    payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
  });

  const plan = (payload: object): InjectOptions => ({ method: 'POST', url: '/api/fits/example/plan', payload });

  it.each<[string, string | InjectOptions, number, string, RegExp]>([
    ['no such fit', '/api/fits/none', 404, 'FIT_UNKNOWN', /no fit "none"/],
    ['a broken fit', '/api/fits/broken', 422, 'FIT_NOT_JSON', /not a whole saved fit/],
    ['no such figure', '/api/fits/example/figures/pie', 404, 'FIGURE_UNKNOWN', /"pie"\.$/],
    ['no such route', '/api/nothing', 404, 'ROUTE_UNKNOWN', /There is no GET \/api\/nothing/],
    ['another method', { method: 'PUT', url: '/api/fits/example' }, 404, 'ROUTE_UNKNOWN', /PUT/],
    ['text for a number', `${predict}?params=many&tokens=1T`, 400, 'QUANTITY_INVALID', /params "many"/],
    ['a negative number', `${predict}?params=-1&tokens=1T`, 400, 'QUANTITY_NOT_POSITIVE', /params is -1/],
    ['infinity', `${predict}?params=1e400&tokens=1T`, 400, 'QUANTITY_INVALID', /1e400/],
    ['too little', `${predict}?params=70B`, 400, 'POINT_INCOMPLETE', /only params is given/],
    ['nothing', predict, 400, 'POINT_INCOMPLETE', /nothing is given/],
    ['a contradiction', `${predict}?params=1B&tokens=1T&flops=1e25`, 400, 'POINT_CONTRADICTORY', /6e\+?21/],
    ['a misspelt option', `${predict}?parms=70B`, 400, 'REQUEST_INVALID', /no property parms/],
    ['a confidence of 95', `${predict}?flops=1e23&confidence=95`, 400, 'REQUEST_INVALID', /confidence/],
    ['an empty box', `${predict}?params=&tokens=1T`, 400, 'REQUEST_INVALID', /params/],
    ['no budget', '/api/fits/example/allocate', 400, 'REQUEST_INVALID', /lacks flops/],
    ['a budget of zero', '/api/fits/example/allocate?flops=0', 400, 'QUANTITY_NOT_POSITIVE', /flops is 0/],
    ['no limit', plan({}), 400, 'PLAN_INCOMPLETE', /nothing bounds/],
    ['limits that collide', plan({ minParams: '1T', flops: '1e12' }), 422, 'PLAN_CONTRADICTORY', /times as much/],
    ['no such accelerator', plan({ flops: '1e20', machine: { accelerator: '../x' } }), 404, 'ACCELERATOR_UNKNOWN', /x/],
    ['a file of shapes', plan({ flops: '1e20', shapes: 'package.json' }), 404, 'SHAPE_UNKNOWN', /package.json/],
    ['a misspelt limit', plan({ flop: '1e20' }), 400, 'REQUEST_INVALID', /no property flop/],
    ['a body that is not JSON', post('{"points": ['), 400, 'REQUEST_INVALID', /JSON/],
    ['a body of another type', { ...post('a'), headers: { 'content-type': 'text/csv' } }, 415, 'REQUEST_INVALID', /./],
    ['no points', post({ points: [] }), 400, 'REQUEST_INVALID', /points/],
    ['too many points', post({ points: Array(maxPoints + 1).fill({ flops: 1 }) }), 400, 'REQUEST_INVALID', /points/],
    ['text in a point', post({ points: [{ flops: '1e21' }] }), 400, 'REQUEST_INVALID', /points\.0\.flops/],
    ['a misspelt quantity', post({ points: [{ flop: 1e21 }] }), 400, 'REQUEST_INVALID', /no property flop/],
    ['a zero in a point', post({ points: [{ flops: 0 }] }), 400, 'QUANTITY_NOT_POSITIVE', /flops is 0/],
    ['a body too large', post({ points: [], pad: ' '.repeat(17e6) }), 413, 'REQUEST_INVALID', /large/],
  ])('tell of %s', async (_, request, status, code, message) => {
    const answer = await ask(request);
    expect(answer.body).toEqual(errorWith(code, message));
    expect(answer.status).toBe(status);
  });

  it('say the remedy apart from the message', async () => {
    const { body } = await ask('/api/fits/example/figures/pie');
    expect((body as { error: { remedy: string } }).error.remedy).toMatch(/^The figures are frontier, isoflop/);
  });

  it.each([
    '/api/fits/..%2Fsecret',
    '/api/fits/%2e%2e%2fsecret',
    '/api/fits/..%5Csecret',
    '/api/fits/.%2E/secret',
    '/api/fits/../secret',
    '/api/fits/..',
    '/api/fits/%2e%2e',
    '/api/fits/example%00',
    '/api/fits/%252e%252e%252fsecret',
    '/api/fits/..%2Fsecret/predict?flops=1e23',
    '/api/fits/..%2Fsecret/figures/frontier',
    `/api/fits/${'a'.repeat(300)}`,
  ])('keep inside the folder: %s', async (url) => {
    const { status, body } = await ask(url);
    expect([400, 404, 414]).toContain(status);
    expect(body).toHaveProperty('error.code');
    expect(JSON.stringify(body)).not.toContain('chinchilla');
  });

  it.each(['/../package.json', '/..%2f..%2fpackage.json', '/vendor/package.json', '/vendor/..%2fpackage.json'])(
    'serve no file beside the page: %s',
    async (url) => {
      expect((await ask(url)).status).toBeGreaterThanOrEqual(400);
    },
  );

  it('hide what went wrong inside', async () => {
    const failing = Fastify();
    failing.addHook('onRequest', () => {
      throw new Error('the password is swordfish');
    });
    await failing.register(app, { fits: folder, data: join(folder, 'data') });
    const answer = await failing.inject('/api/fits');
    expect(answer.statusCode).toBe(500);
    expect(answer.json()).toEqual(errorWith('INTERNAL', 'The server failed.'));
    expect(answer.body).not.toContain('swordfish');
    await failing.close();
  });

  it('tell of a folder that is none', async () => {
    await writeFile(join(folder, 'file'), '');
    const failing = Fastify();
    await failing.register(app, { fits: join(folder, 'file'), data: join(folder, 'data') });
    const answer = await failing.inject('/api/fits');
    expect(answer.json()).toEqual(errorWith('FILE_UNREADABLE', 'a part of its path is not a folder'));
    await failing.close();
  });

  it('do not stop a server whose folder does not exist yet', async () => {
    const empty = Fastify();
    await empty.register(app, { fits: join(folder, 'later'), data: join(folder, 'data') });
    expect((await empty.inject('/api/fits')).json()).toEqual({ fits: [], broken: [], total: 0 });
    await mkdir(join(folder, 'later'), { recursive: true });
    expect((await empty.inject('/api/fits')).json()).toEqual({ fits: [], broken: [], total: 0 });
    await empty.close();
  });
});

describe('answers', () => {
  it('carry headers that keep the browser on this server', async () => {
    for (const url of ['/', '/api/fits', '/documentation/', '/nothing']) {
      const { headers } = await server.inject(url);
      const from = url.startsWith('/api') ? 'none' : 'self';
      expect(headers['content-security-policy']).toContain(`default-src '${from}'`);
      expect(headers['content-security-policy']).not.toContain('http');
      expect(headers['x-content-type-options']).toBe('nosniff');
    }
  });

  it('are compressed when they are large', async () => {
    const { headers } = await server.inject({
      url: '/api/fits/example/figures/frontier',
      headers: { 'accept-encoding': 'gzip' },
    });
    expect(headers['content-encoding']).toBe('gzip');
  });

  it('let a browser keep what the page is made of for good, and ask again for the page', async () => {
    const page = await server.inject('/');
    expect(page.statusCode).toBe(200);
    expect(page.body).toContain('<title>isoflop</title>');
    expect(page.headers['cache-control']).toBe('no-cache');
    const assets = [...page.body.matchAll(/(?:src|href)="\.?(\/assets\/[^"]+)"/g)].map(([, path]) => path);
    expect(assets.length).toBeGreaterThanOrEqual(2);
    for (const url of assets) {
      const { statusCode, headers } = await server.inject({ url, headers: { 'accept-encoding': 'br, gzip' } });
      expect([url, statusCode, headers['content-encoding']]).toEqual([url, 200, expect.stringMatching(/^(br|gzip)$/)]);
      expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
    }
  });
});
