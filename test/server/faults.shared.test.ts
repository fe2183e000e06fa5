import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { decodeFit } from '../../src/report/savedFit.ts';
import {
  ask,
  halfUploads,
  makeFolders,
  namesOf,
  quickFit,
  runsCsv,
  serve,
  temporaries,
  until,
  upload,
  type FaultServer,
  type Folders,
  type Uploaded,
} from './faultServer.ts';

interface Shared {
  readonly folders: Folders;
  readonly servers: readonly [FaultServer, FaultServer];
  /** A data set that both have. */
  readonly dataset: string;
}

/** Two servers on one folder. */
async function twoServers(): Promise<Shared> {
  const folders = await makeFolders();
  const servers = await Promise.all([serve(folders), serve(folders)]);
  const { status, body } = await upload(servers[0], runsCsv(60, 1));
  expect(status).toBe(201);
  return { folders, servers, dataset: body.id };
}

/** Does the same at both at once. */
const atBoth = <T>({ servers }: Shared, act: (server: FaultServer, k: number) => Promise<T>): Promise<T[]> =>
  Promise.all(servers.map(act));

const statuses = (answers: readonly { status: number }[]): number[] => answers.map(({ status }) => status).sort();

const idsAt = async (server: FaultServer): Promise<string[]> => {
  const { body } = await ask<{ fits: { id: string }[]; broken: unknown[] }>(server, 'GET', '/api/fits?limit=1000');
  expect(body.broken).toEqual([]);
  return body.fits.map(({ id }) => id).sort();
};

/** Both servers serve these fits, and there is nothing else in the folder. */
async function holdsFits({ folders, servers }: Shared, ids: readonly string[]): Promise<void> {
  const sorted = [...ids].sort();
  for (const server of servers) {
    await until(
      () => idsAt(server),
      (found) => JSON.stringify(found) === JSON.stringify(sorted),
    );
    for (const id of sorted) expect((await ask(server, 'GET', `/api/fits/${id}`)).status, id).toBe(200);
  }
  expect((await namesOf(folders.fits)).sort()).toEqual(sorted.map((id) => `${id}.json`).sort());
  for (const id of sorted) {
    const text = await readFile(join(folders.fits, `${id}.json`), 'utf8');
    expect(decodeFit(text, id).law).toBe('chinchilla');
  }
  expect(await temporaries(folders)).toEqual([]);
}

it('two servers that fit at once give each name to one fit', async () => {
  const shared = await twoServers();
  const names = Array.from({ length: 10 }, (_, k) => `mine-${String(k)}`);
  for (const id of names) {
    // Another number of resamples tells whose fit it is.
    const answers = await atBoth(shared, (server, k) =>
      ask<{ fit: { settings: object } }>(
        server,
        'POST',
        '/api/fits',
        quickFit(shared.dataset, { id, seed: k, bootstrap: 10 + k }),
      ),
    );
    expect(statuses(answers), id).toEqual([201, 409]);
    const [winner] = answers.filter(({ status }) => status === 201);
    const saved = await ask(shared.servers[0], 'GET', `/api/fits/${id}`);
    expect(saved.body).toEqual(winner.body);
  }
  // Those that are given no name get one of their own each.
  const given = (
    await Promise.all(
      Array.from({ length: 10 }, () =>
        atBoth(shared, (server) => ask<{ id: string }>(server, 'POST', '/api/fits', quickFit(shared.dataset))),
      ),
    )
  ).flat();
  expect(new Set(statuses(given))).toEqual(new Set([201]));
  const ids = given.map(({ body }) => body.id);
  expect(new Set(ids).size).toBe(20);
  await holdsFits(shared, [...names, ...ids]);
});

it('two servers that rename and delete at once lose no fit and double none', async () => {
  const shared = await twoServers();
  const [one, other] = shared.servers;
  const left: string[] = [];
  for (let k = 0; k < 10; k++) {
    const make = async (id: string): Promise<string> => {
      expect((await ask(one, 'POST', '/api/fits', quickFit(shared.dataset, { id }))).status, id).toBe(201);
      return id;
    };
    const [a, b, c, d, e] = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((name) => make(`${name}-${String(k)}`)));
    // Two fits that want one name; one fit that shall have two; one that is deleted twice, and one while it is renamed.
    const [intoOne, apart, gone, either] = await Promise.all([
      atBoth(shared, (server, s) => ask(server, 'PATCH', `/api/fits/${[a, b][s]}`, { id: `same-${String(k)}` })),
      atBoth(shared, (server, s) => ask(server, 'PATCH', `/api/fits/${c}`, { id: `${c}-${String(s)}` })),
      atBoth(shared, (server) => ask(server, 'DELETE', `/api/fits/${d}`)),
      Promise.all([
        ask(one, 'PATCH', `/api/fits/${e}`, { id: `${e}-renamed` }),
        ask(other, 'DELETE', `/api/fits/${e}`),
      ]),
    ]);
    expect(statuses(intoOne)).toEqual([200, 409]);
    left.push(`same-${String(k)}`, intoOne[0].status === 200 ? b : a);
    expect(statuses(apart)).toEqual([200, 404]);
    left.push(`${c}-${String(apart[0].status === 200 ? 0 : 1)}`);
    expect(statuses(gone)).toEqual([204, 404]);
    const [renamed, deleted] = either;
    expect([
      [200, 404],
      [404, 204],
    ]).toContainEqual([renamed.status, deleted.status]);
    if (renamed.status === 200) left.push(`${e}-renamed`);
  }
  await holdsFits(shared, left);
});

it('two servers keep what is uploaded to either, once whatever it is called', async () => {
  const shared = await twoServers();
  const { folders, servers } = shared;
  const uploads = await Promise.all(
    Array.from({ length: 10 }, (_, k) =>
      atBoth(shared, (server, s) => upload(server, runsCsv(2000, 10 + k), `name-${String(s)}.csv`)),
    ),
  );
  for (const both of uploads) {
    expect(both[0].body.id).toBe(both[1].body.id);
    expect(both.every(({ status }) => status === 200 || status === 201)).toBe(true);
  }
  const ids = [shared.dataset, ...uploads.map(([{ body }]) => body.id)].sort();
  expect(await halfUploads(folders)).toEqual([]);
  expect(await temporaries(folders)).toEqual([]);
  for (const server of servers) {
    const { body } = await ask<{ datasets: Uploaded[] }>(server, 'GET', '/api/datasets');
    expect(body.datasets.map(({ id }) => id).sort()).toEqual(ids);
    for (const id of ids) expect((await ask(server, 'GET', `/api/datasets/${id}`)).status).toBe(200);
  }
  // Each fits what the other took, and what one deletes is gone for both, under all of its names.
  const [first, ...rest] = ids.filter((id) => id !== shared.dataset);
  expect(statuses(await atBoth(shared, (server) => ask(server, 'POST', '/api/fits', quickFit(first))))).toEqual([
    201, 201,
  ]);
  for (const id of rest) {
    const deleted = statuses(await atBoth(shared, (server) => ask(server, 'DELETE', `/api/datasets/${id}`)));
    expect([
      [204, 204],
      [204, 404],
    ]).toContainEqual(deleted);
    expect(statuses(await atBoth(shared, (server) => ask(server, 'GET', `/api/datasets/${id}`)))).toEqual([404, 404]);
  }
  expect((await namesOf(folders.uploads)).map((name) => name.slice(0, 64)).filter((id) => rest.includes(id))).toEqual(
    [],
  );
});
