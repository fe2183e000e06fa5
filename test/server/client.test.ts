import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, expectTypeOf, it } from 'vitest';
import { ApiError, createClient, type Client, type Job } from '../../server/client/client.ts';
import { startServer, type RunningServer } from '../../server/server.ts';
import { chinchillaId, simulatedCsv } from './testServer.ts';

const token = 'a-token-for-tests-0123456789abcdef';
let folder: string;
let running: RunningServer;
let client: Client;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isoflop-client-'));
  await mkdir(join(folder, 'data'));
  await copyFile(join(import.meta.dirname, '../../data/chinchilla.csv'), join(folder, 'data/chinchilla.csv'));
  running = await startServer({ port: 0, fits: join(folder, 'fits'), data: join(folder, 'data'), token });
  client = createClient({ baseUrl: running.address, token });
});
afterAll(async () => {
  await running.close();
  await rm(folder, { recursive: true });
});

describe('the client', () => {
  it('uploads, fits, predicts, allocates and draws', async () => {
    const sent: number[][] = [];
    const dataset = await client.uploadDataset(new Blob([simulatedCsv(7)]), 'seven.csv', {
      onProgress: (...bytes) => sent.push(bytes),
    });
    expect(dataset).toMatchObject({ name: 'seven.csv', rows: 30, quantities: { loss: 'loss' } });
    expect(sent.at(-1)).toEqual([dataset.bytes, dataset.bytes]);
    const made = await client.createFit({ datasets: [dataset.id], id: 'seven', calibration: false, wait: 10 });
    if ('job' in made) throw new Error('a small fit is done within ten seconds');
    expect(made.fit.points).toBe(30);
    const { points } = await client.predict('seven', { params: '1B', tokens: '20B' });
    const batch = await client.predictBatch('seven', { params: [1e9, 2e9], tokens: [2e10, 2e10] });
    expect(batch.columns.loss[0]).toBeCloseTo(points[0].loss ?? NaN, 8);
    expect(batch.columns.loss).toHaveLength(2);
    expect((await client.plan('seven', { flops: '1e20' })).plan.params).toBeGreaterThan(1e7);
    expect((await client.listAccelerators()).accelerators.length).toBeGreaterThan(3);
    expect((await client.allocate('seven', { flops: '1e20' })).params).toBeGreaterThan(1e7);
    const plan = await client.nextRuns('seven', { target: { flops: '1e22' }, budget: '1e21', maxRuns: 3 });
    expect([plan.errors, plan.runs.length > 0]).toEqual(['coefficients', true]);
    const { figures } = await client.listFigures('seven');
    const { data } = await client.getFigure('seven', figures[0].id);
    expect(data.length).toBeGreaterThan(2);
    expect(await (await client.downloadDataset(dataset.id)).text()).toBe(simulatedCsv(7));
    expect(await (await client.downloadFit('seven')).text()).toContain('"isoflop-fit"');
    await client.renameFit('seven', 'eight');
    expect((await client.listFits({ q: 'eight' })).total).toBe(1);
    await client.deleteFit('eight');
    await client.deleteDataset(dataset.id);
    expect((await client.listDatasets()).datasets.map(({ id }) => id)).toEqual([chinchillaId]);
  });

  it('follows a job to its end, and cancels one', async () => {
    const started = await client.createFit({ datasets: [chinchillaId], bootstrap: 500, wait: 0 });
    if (!('job' in started)) throw new Error('nothing is done in no time');
    const states: Job['state'][] = [];
    for await (const { state } of client.followJob(started.job.id)) states.push(state);
    expect(states.at(-1)).toBe('done');
    const endless = await client.createFit({ datasets: [chinchillaId], bootstrap: 1_000_000, wait: 0 });
    if (!('job' in endless)) throw new Error('nothing is done in no time');
    expect((await client.cancelJob(endless.job.id)).state).toBe('cancelled');
  });

  it('gives an upload up when it is told to', async () => {
    const stop = new AbortController();
    stop.abort();
    await expect(
      client.uploadDataset(new Blob([simulatedCsv(9)]), 'nine.csv', { signal: stop.signal }),
    ).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('throws what the server refuses, with code, remedy and status', async () => {
    await expect(client.getFit('none')).rejects.toMatchObject({
      name: 'ApiError',
      code: 'FIT_UNKNOWN',
      status: 404,
      message: 'There is no fit "none".',
      remedy: 'GET /api/fits lists the fits.',
    });
    const stranger = createClient({ baseUrl: running.address, token: () => null });
    await expect(stranger.listFits()).rejects.toMatchObject({ code: 'TOKEN_REQUIRED', status: 401 });
    const nobody = createClient({ baseUrl: 'http://127.0.0.1:1' });
    await expect(nobody.listLaws()).rejects.toMatchObject({ code: 'UNREACHABLE', status: 0 });
    const page = createClient({
      baseUrl: 'http://x',
      fetch: () => Promise.resolve(new Response('<p>', { status: 502 })),
    });
    await expect(page.listLaws()).rejects.toMatchObject({ code: 'UNEXPECTED', status: 502 });
    expect(ApiError.from(503, '{"error":{"code":"QUEUE_FULL","message":"m","remedy":"r"}}', '10').retryAfter).toBe(10);
  });

  it('has the types of the schemas', () => {
    expectTypeOf<Awaited<ReturnType<Client['getFit']>>['created']>().toEqualTypeOf<string>();
    // @ts-expect-error -- an unknown law option is refused before anything is sent
    const wrong: Parameters<Client['createFit']>[0] = { datasets: [], objectiv: 'mse' };
    expect(wrong).toBeDefined();
  });
});
