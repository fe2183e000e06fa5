import { mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, expectTypeOf, it, onTestFinished, vi } from 'vitest';
import { Check } from 'typebox/value';
import { createClient, type SweepDetail } from '../../server/client/client.ts';
import { sweepDetail, sweepFigures, sweepList } from '../../server/schemas/sweep.ts';
import type { LiveState } from '../../src/proxy/live/liveState.ts';
import { saveRegistration } from '../../src/node/watch/registrationFile.ts';
import { registrationOf } from '../../src/watch/registration.ts';
import type { WatchState } from '../../src/watch/watchRun.ts';
import { chinchillaFit } from '../plots/exampleFit.ts';
import { madeLadder, writeRun, writeSweep } from '../helpers/sweeps.ts';
import { useServer } from './testServer.ts';

const { ask, folder, server } = useServer();
const runs = (): string => join(folder(), 'runs');

beforeAll(async () => {
  await writeSweep(join(runs(), 'ladder'), 'ladder', madeLadder(14), process.pid);
  await writeSweep(join(runs(), 'few'), 'few', madeLadder(2));
  await mkdir(join(runs(), 'torn'));
  await writeFile(join(runs(), 'torn/sweep.json'), '{"name": "to');
  await writeSweep(join(folder(), 'outside'), 'outside', madeLadder(1));
  await symlink(join(folder(), 'outside'), join(runs(), 'link'));
});

describe('sweeps', () => {
  it('are listed, with what cannot be read and why', async () => {
    const { status, body } = await ask('/api/sweeps');
    expect(status).toBe(200);
    expect(Check(sweepList, body)).toBe(true);
    expect(body).toMatchObject({
      sweeps: [
        { id: 'ladder', state: 'running', runs: { total: 24, ended: 14, training: 2 } },
        { id: 'few', state: 'stopped', runs: { total: 24, ended: 2, training: 0 } },
      ],
      broken: [{ id: 'torn', error: { code: 'RUNS_MISSING' } }],
    });
  });

  it('are told as they stand, as the schema says', async () => {
    for (const id of ['ladder', 'few']) {
      const { status, body } = await ask(`/api/sweeps/${id}`);
      expect(status).toBe(200);
      expect(Check(sweepDetail, body)).toBe(true);
      expect(Object.keys(body).sort()).toEqual(Object.keys(sweepDetail.properties).sort());
    }
    const { body } = await ask('/api/sweeps/ladder');
    expect(body).toMatchObject({ id: 'ladder', families: [{ fit: { points: 14 }, predictions: [{}, {}, {}] }] });
    expect((await ask('/api/sweeps/few')).body).toMatchObject({ families: [{ fit: null, predictions: [] }] });
    expectTypeOf<LiveState & { id: string; updated: string }>().toExtend<Frozen<SweepDetail>>();
  });

  it('are drawn, and sent again only when they have changed', async () => {
    const { status, body, headers } = await ask('/api/sweeps/ladder/figures');
    expect(status).toBe(200);
    expect(Check(sweepFigures, body)).toBe(true);
    const { curves, ladder } = body as unknown as { curves: { data: unknown[] }; ladder: { data: unknown[] } };
    expect(curves.data.length).toBeGreaterThan(3);
    expect(ladder.data.length).toBeGreaterThan(6);
    for (const url of ['/api/sweeps/ladder/figures', '/api/sweeps/ladder']) {
      const { etag } = (await ask(url)).headers;
      const again = await server().inject({ url, headers: { 'if-none-match': String(etag) } });
      expect([again.statusCode, again.body]).toEqual([304, '']);
    }
    expect(headers['cache-control']).toBe('private, no-cache');
  });

  it.each(['', '/figures', '/events'])(
    'that there are none of are said to be none: /api/sweeps/:id%s',
    async (rest) => {
      for (const id of ['nobody', 'link', 'a.b', '_']) {
        const { status, body } = await ask(`/api/sweeps/${id}${rest}`);
        expect([status, body.error?.code], id).toEqual([404, 'SWEEP_UNKNOWN']);
      }
      expect((await ask(`/api/sweeps/torn${rest}`)).body.error?.code).toBe('RUNS_MISSING');
      for (const id of [
        '..%2f',
        '..%2foutside',
        '%2e%2e',
        '.hidden',
        'ladder%00',
        'ladder%2f..%2ffew',
        'x'.repeat(101),
      ]) {
        const { status, body } = await ask(`/api/sweeps/${id}${rest}`);
        expect([400, 404], id).toContain(status);
        expect(['REQUEST_INVALID', 'SWEEP_UNKNOWN', 'ROUTE_UNKNOWN'], id).toContain(body.error?.code);
      }
    },
  );
});

describe('a run under watch', () => {
  it('is judged as on the command line, against the others of its sweep', async () => {
    const name = 'w48-d400K-s0';
    const url = `/api/sweeps/ladder/runs/${name}/watch`;
    const { status, body, headers } = await ask(`${url}?targetLoss=3`);
    expect(status).toBe(200);
    const state = body as unknown as WatchState;
    expect(state).toMatchObject({ run: name, state: 'running', registration: null, family: 14, alarms: [] });
    expect(state.forecast.combined?.interval[0]).toBeLessThan(state.forecast.combined?.loss ?? NaN);
    expect(state.decision).toMatchObject({ target: 3, tokensLeft: expect.any(Number) as number });
    const again = await server().inject({
      url: `${url}?targetLoss=3`,
      headers: { 'if-none-match': String(headers.etag) },
    });
    expect(again.statusCode).toBe(304);
    const figure = (await ask(`${url}/figure`)).body as unknown as { data: unknown[] };
    expect(figure.data.length).toBeGreaterThan(2);
    expect((await ask('/api/sweeps/few/runs/w48-d400K-s0/watch')).body).toMatchObject({ state: 'waiting', rows: 0 });
  });

  it('is held against what was registered beside its folder, if that is as it was written', async () => {
    const [name, path] = ['w48-d400K-s0', join(runs(), 'ladder/w48-d400K-s0.band.json')];
    const fit = chinchillaFit();
    const request = {
      fit,
      file: 'fit.json',
      sha256: '0'.repeat(64),
      name,
      params: 6e4,
      tokens: 4e5,
      confidence: 0.8,
      now: 0,
    };
    await saveRegistration(path, registrationOf(request));
    const url = `/api/sweeps/ladder/runs/${name}/watch`;
    const watched = async (): Promise<Awaited<ReturnType<typeof ask>>> => ask(url);
    await expect
      .poll(async () => (await watched()).body)
      .toMatchObject({ confidence: 0.8, registration: { fit: { file: 'fit.json' } } });
    await writeFile(path, (await readFile(path, 'utf8')).replace('"tokens": 400000', '"tokens": 400001'));
    await writeFile(join(runs(), 'ladder/touched'), '');
    await expect.poll(async () => (await watched()).body.error?.code).toBe('REGISTRATION_TAMPERED');
    await rm(path);
  });

  it('is none where no plan names it, whatever the name', async () => {
    for (const run of ['nobody', 'sweep.json', '..%2fw48-d400K-s0', '%2e%2e', 'w48-d400K-s0%00', '..%2f..%2foutside']) {
      const { status, body } = await ask(`/api/sweeps/ladder/runs/${run}/watch`);
      expect([400, 404], run).toContain(status);
      expect(['REQUEST_INVALID', 'RUNS_MISSING', 'ROUTE_UNKNOWN'], run).toContain(body.error?.code);
    }
    for (const query of ['targetLoss=-1', 'targetLoss=much', 'confidence=1', 'color=red'])
      expect((await ask(`/api/sweeps/ladder/runs/w48-d400K-s0/watch?${query}`)).status, query).toBe(400);
  });
});

/** The same with all that is in it read-only, as the state is made. */
type Frozen<T> = T extends (infer Item)[]
  ? readonly Frozen<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: Frozen<T[Key]> }
    : T;

describe('events', () => {
  it('tell a sweep now and after each change, until the client leaves or the sweep does', async () => {
    await server().listen({ port: 0, host: '127.0.0.1' });
    const { port } = server().server.address() as AddressInfo;
    const client = createClient({ baseUrl: `http://127.0.0.1:${String(port)}` });
    await writeSweep(join(runs(), 'brief'), 'brief', madeLadder(5), process.pid);

    const plain = await fetch(`http://127.0.0.1:${String(port)}/api/sweeps/brief/events`);
    expect(plain.headers.get('content-type')).toMatch(/^text\/event-stream/);
    const reader = plain.body?.getReader();
    const first = new TextDecoder().decode((await reader?.read())?.value);
    expect(first).toMatch(/^event: sweep\ndata: \{"id":"brief"/);
    await reader?.cancel();

    const told: SweepDetail[] = [];
    const following = (async () => {
      for await (const detail of client.followSweep('brief')) told.push(detail);
    })();
    await expect.poll(() => told.length).toBe(1);
    expect(told[0]).toMatchObject({ state: 'running', families: [{ fit: null }] });
    await writeRun(join(runs(), 'brief'), { width: 12, tokens: 1_000_000, seed: 1, share: 1, ended: 'done' });
    await expect.poll(() => told.at(-1)?.runs[5].status, { timeout: 5000 }).toBe('done');
    expect(await client.sweep('brief')).toEqual(told.at(-1));
    expect((await client.sweeps()).sweeps.map(({ id }) => id)).toContain('brief');
    expect(Object.keys(await client.sweepFigures('brief'))).toEqual(['curves', 'ladder']);

    // Who leaves is let go; who stays is told that it has gone.
    const leaving = new AbortController();
    const left = (async () => {
      for await (const detail of client.followSweep('brief', leaving.signal)) if (detail.id !== '') leaving.abort();
    })();
    await expect(left).rejects.toMatchObject({ name: 'AbortError' });
    await rm(join(runs(), 'brief'), { recursive: true });
    await following;
    await expect(client.followSweep('brief').next()).rejects.toMatchObject({ code: 'SWEEP_UNKNOWN', status: 404 });
  });

  it('end when the server stops, and a client learns when the connection is lost', async () => {
    const { port } = server().server.address() as AddressInfo;
    const client = createClient({ baseUrl: `http://127.0.0.1:${String(port)}` });
    const ended = (async () => {
      let count = 0;
      for await (const { id } of client.followSweep('ladder')) count += id === 'ladder' ? 1 : 0;
      return count;
    })();
    await sleep(500);
    await server().close();
    expect(await ended).toBe(1);
    await expect(client.followSweep('ladder').next()).rejects.toMatchObject({ code: 'UNREACHABLE' });
    const torn = new Response(
      new ReadableStream({
        start: (controller) => {
          controller.enqueue(new TextEncoder().encode('event: sweep\ndata: {"id":"x"}\n\nevent: other\ndata: {}\n\n'));
          setTimeout(() => {
            controller.error(new TypeError('terminated'));
          }, 20);
        },
      }),
    );
    const stream = createClient({ fetch: () => Promise.resolve(torn) }).followSweep('x');
    expect((await stream.next()).value).toEqual({ id: 'x' });
    await expect(stream.next()).rejects.toMatchObject({ code: 'UNREACHABLE', status: 0 });
  });

  it('that say nothing for long come from nobody', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const silent = new Response(new ReadableStream());
    const next = createClient({ fetch: () => Promise.resolve(silent) })
      .followSweep('x')
      .next();
    const refused = expect(next).rejects.toMatchObject({ code: 'UNREACHABLE' });
    await vi.advanceTimersByTimeAsync(41_000);
    await refused;
  });
});
