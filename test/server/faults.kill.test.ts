import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { isLong } from '../helpers/long.ts';
import { decodeFit } from '../../src/report/savedFit.ts';
import {
  ask,
  halfUploads,
  makeFolders,
  namesOf,
  quickFit,
  runsCsv,
  seeded,
  serve,
  temporaries,
  until,
  upload,
  type Folders,
  type Uploaded,
} from './faultServer.ts';

/** What the server has said that it holds. A rename in flight may have happened or not, so either name will do. */
interface Promised {
  /** Rows of each data set by id. */
  readonly datasets: Map<string, number>;
  /** For each fit, the ids under which it may be found. */
  readonly fits: Map<string, readonly string[]>;
  readonly deleted: Set<string>;
}

const rows = 30_000;
const body = runsCsv(rows, 1).split('\n').slice(1).join('\n');
/** 1 MB that nobody has uploaded before. */
const largeCsv = (k: number): string => `params,tokens,loss\n${String(1e6 + k)},1e9,4\n${body}`;

/** Told when the first upload, fit and rename of a round have been acknowledged. */
type Acknowledged = (what: 'upload' | 'fit' | 'rename') => unknown;

/** Does one thing after the other until the server is gone; what it acknowledges is promised. */
async function work(
  server: { url: string },
  promised: Promised,
  lane: number,
  round: number,
  acknowledged: Acknowledged,
): Promise<void> {
  const name = (what: string, k: number): string => `${what}-${String(lane)}-${String(round)}-${String(k)}`;
  const forEver = async (act: (k: number) => Promise<unknown>): Promise<void> => {
    for (let k = 0; ; k++) await act(k);
  };
  const small = (await upload(server, runsCsv(60, 7 + lane))).body.id;
  promised.datasets.set(small, 60);
  const renamed = name('renamed', 0);
  const ends = await Promise.allSettled([
    forEver(async (k) => {
      const { status, body: found } = await upload(server, largeCsv(1e4 * lane + 100 * round + k));
      expect(status).toBe(201);
      promised.datasets.set(found.id, rows + 1);
      acknowledged('upload');
    }),
    forEver(async (k) => {
      const id = name('fit', k);
      // The status is the promise, whether or not the rest of the answer arrives.
      const answer = await fetch(`${server.url}/api/fits`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(quickFit(small, { id })),
      });
      expect(answer.status).toBe(201);
      promised.fits.set(id, [id]);
      acknowledged('fit');
      await answer.text();
    }),
    forEver(async (k) => {
      if (k === 0) {
        expect((await ask(server, 'POST', '/api/fits', quickFit(small, { id: renamed }))).status).toBe(201);
        promised.fits.set(renamed, [renamed]);
      } else {
        const [from] = promised.fits.get(renamed) ?? [];
        const to = name('renamed', k);
        promised.fits.set(renamed, [from, to]);
        expect((await ask(server, 'PATCH', `/api/fits/${from}`, { id: to })).status).toBe(200);
        promised.fits.set(renamed, [to]);
        acknowledged('rename');
      }
    }),
  ]);
  // All of them end when the server does; any other end is a fault.
  for (const end of ends)
    if (end.status === 'rejected' && !(end.reason instanceof TypeError)) throw end.reason as Error;
}

/** What was promised has to be there, whole, and nothing has to be there in part. */
async function check(server: { url: string }, folders: Folders, promised: Promised): Promise<void> {
  await until(
    () => temporaries(folders),
    (left) => left.length === 0,
  );
  expect(await halfUploads(folders)).toEqual([]);
  for (const file of await namesOf(folders.fits)) {
    const text = await readFile(join(folders.fits, file), 'utf8');
    expect(decodeFit(text, file).law, file).toBe('chinchilla');
  }
  const listed = await ask<{ fits: { id: string }[]; broken: unknown[]; total: number }>(
    server,
    'GET',
    '/api/fits?limit=1000',
  );
  expect(listed.body.broken).toEqual([]);
  const ids = new Set(listed.body.fits.map(({ id }) => id));
  for (const [fit, names] of promised.fits) {
    const found = names.find((id) => ids.has(id));
    expect(found, `${fit} as ${names.join(' or ')}`).toBeDefined();
    const { status } = await ask(server, 'GET', `/api/fits/${found ?? ''}`);
    expect(status, found).toBe(200);
    promised.fits.set(fit, [found ?? '']);
  }
  const { datasets } = (await ask<{ datasets: Uploaded[] }>(server, 'GET', '/api/datasets')).body;
  const present = new Set(datasets.map(({ id }) => id));
  for (const id of promised.deleted) expect(present.has(id), id).toBe(false);
  for (const [id, count] of promised.datasets) {
    const { status, body: found } = await ask<Uploaded>(server, 'GET', `/api/datasets/${id}`);
    expect(status).toBe(200);
    expect(found.rows).toBe(count);
    // What was acknowledged as deleted has to stay so; and the disk is not ours.
    if (count === 60) continue;
    expect((await ask(server, 'DELETE', `/api/datasets/${id}`)).status).toBe(204);
    promised.datasets.delete(id);
    promised.deleted.add(id);
  }
}

/** Kills of each of two servers: ten in `npm run test:long`. */
const rounds = isLong ? 10 : 3;

/**
 * Kills a server several times while it receives, fits, saves and renames: every other time at any moment from its start, when
 * the thread that fits may not run yet, and else once it has acknowledged each of these, however slow the machine is.
 */
async function lane(number: number): Promise<Promised> {
  const folders = await makeFolders();
  const promised: Promised = { datasets: new Map(), fits: new Map(), deleted: new Set() };
  const random = seeded(number);
  for (let round = 0; round < rounds; round++) {
    const server = await serve(folders);
    if (round > 0) await check(server, folders, promised);
    const awaited = new Set(round % 2 === 0 ? (['upload', 'fit', 'rename'] as const) : []);
    const working = work(server, promised, number, round, (what) => awaited.delete(what)).catch(
      (error: unknown) => error,
    );
    // What goes wrong before the kill is told after it.
    await until(
      () => [...awaited],
      ({ length }) => length === 0,
      60_000,
    ).catch(() => undefined);
    await sleep(800 * random());
    await server.kill();
    const error = await working;
    if (error !== undefined && !(error instanceof TypeError)) throw error as Error;
  }
  const server = await serve(folders);
  await check(server, folders, promised);
  await server.kill();
  return promised;
}

it('keeps all that it acknowledged, and no half of anything, however often it is killed', async () => {
  const lanes = await Promise.all([lane(1), lane(2)]);
  // Otherwise nothing had been done when the kills came.
  expect(lanes.reduce((sum, { deleted }) => sum + deleted.size, 0)).toBeGreaterThan(rounds / 2);
  expect(lanes.reduce((sum, { fits }) => sum + fits.size, 0)).toBeGreaterThan(rounds);
  expect(lanes.some(({ fits }) => [...fits.values()].some(([id]) => /renamed-\d-\d-[1-9]/.test(id)))).toBe(true);
}, 300_000);
