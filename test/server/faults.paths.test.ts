import { copyFile, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { madeLadder, writeSweep } from '../helpers/sweeps.ts';
import { ask, askRaw, makeFolders, quickFit, runsCsv, serve, upload, type FaultServer } from './faultServer.ts';

const fits = join(import.meta.dirname, '../../fits');

/** A name that nothing the server may serve holds. */
const mark = 'canary';

/** What the canaries, the machine and the package have in files that are nobody's business. */
const secrets = new RegExp(`${mark}|root:.*:0:0:|"name": "isoflop"|^#!/usr/bin`);

/** Every file under a folder: its path, bytes, and when it was last changed. */
async function snapshot(folder: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const name of (await readdir(folder, { recursive: true })).sort()) {
    const path = join(folder, name);
    const { mtimeMs, ctimeMs, ino } = await stat(path);
    const isFile = (await stat(path)).isFile();
    found[name] = isFile
      ? `${String(ino)} ${String(mtimeMs)} ${String(ctimeMs)} ${await readFile(path, 'base64')}`
      : '';
  }
  return found;
}

interface Guarded {
  readonly server: FaultServer;
  /** What lies outside of the folders has not changed, nor have the folders themselves. */
  readonly unchanged: () => Promise<void>;
  /** Spellings of the ways out of the folders, as ids. */
  readonly ways: readonly string[];
}

/** A server whose folders have valid fits and data around them, which it must not find. */
async function guarded(): Promise<Guarded> {
  const { root, fits: inside, data } = await makeFolders();
  await copyFile(join(fits, 'chinchilla.json'), join(inside, 'mine.json'));
  // What would be served if it were reached: a fit and data, in each place that a way out could lead to.
  for (const folder of [root, join(root, 'deep'), data]) {
    await mkdir(folder, { recursive: true });
    const saved = await readFile(join(fits, 'chinchilla.json'), 'utf8');
    const text = saved.replace(/"source": ?"[^"]*"/, `"source":"${mark}"`);
    expect(text).toContain(mark);
    await writeFile(join(folder, 'secret.json'), text);
    if (folder !== data) await writeFile(join(folder, 'secret.csv'), `${mark},tokens,loss\n1e9,2e9,3\n`);
  }
  await writeSweep(join(root, 'runs/mine'), 'mine', madeLadder(1));
  for (const folder of [root, join(root, 'deep'), data]) await writeSweep(join(folder, 'secret'), mark, madeLadder(1));
  const server = await serve({ root, fits: inside, data, uploads: join(data, 'uploads') });
  for (const path of ['/api/fits/mine', '/api/sweeps/mine']) expect((await ask(server, 'GET', path)).status).toBe(200);
  const before = await snapshot(root);
  const targets = ['../secret', '../secret.json', '../deep/secret', '../data/secret', '../../../../../../etc/passwd'];
  const absolute = [join(root, 'secret'), join(root, 'secret.json'), '/etc/passwd', 'file:///etc/passwd'];
  const ofPackage = ['../cli/main.js', '../../package.json', '../../../package.json'];
  const plain = [...targets, ...absolute, ...ofPackage, '..', '.', '...', '.git', '~', '', ' '];
  const ways = new Set<string>();
  for (const way of plain) {
    ways.add(way);
    ways.add(encodeURIComponent(way));
    ways.add(encodeURIComponent(encodeURIComponent(way)));
    ways.add(way.replaceAll('.', '%2e'));
    ways.add(way.replaceAll('/', '%2F'));
    ways.add(way.replaceAll('/', '\\'));
    ways.add(way.replaceAll('/', '%5c'));
    ways.add(way.replaceAll('../', '....//'));
    ways.add(way.replaceAll('../', '%c0%ae%c0%ae%c0%af'));
    ways.add(way.replaceAll('/', '%ef%bc%8f'));
    ways.add(`mine%2f${way}`);
    ways.add(`${way}%00`);
    ways.add(`mine%00${way}`);
  }
  for (const way of [
    'mine%00',
    'mine%0d%0ax: y',
    'mine%',
    '%zz',
    'mine.json',
    'x'.repeat(300),
    'x'.repeat(8000),
    'CON',
    '%f0%9f%92%a5',
  ])
    ways.add(way);
  return {
    server,
    ways: [...ways].map((way) => way.replaceAll(' ', '%20')),
    unchanged: async () => {
      expect(await snapshot(root)).toEqual(before);
    },
  };
}

/** Every route with something in its path that is looked up, by what comes before it and after it. */
const routes: readonly [method: string, before: string, after: string][] = [
  ...['', '/predict?params=1B&tokens=20B', '/allocate?flops=1e22', '/figures', '/figures/parity', '/download'].map(
    (after): [string, string, string] => ['GET', '/api/fits/', after],
  ),
  ['POST', '/api/fits/', '/predict'],
  ['POST', '/api/fits/', '/plan'],
  ['POST', '/api/fits/', '/next'],
  ['PATCH', '/api/fits/', ''],
  ['DELETE', '/api/fits/', ''],
  ['GET', '/api/fits/mine/figures/', ''],
  ['GET', '/api/datasets/', ''],
  ['GET', '/api/datasets/', '/download'],
  ['DELETE', '/api/datasets/', ''],
  ['GET', '/api/jobs/', ''],
  ['GET', '/api/jobs/', '/result'],
  ['GET', '/api/jobs/', '/events'],
  ['DELETE', '/api/jobs/', ''],
  ['GET', '/api/sweeps/', ''],
  ['GET', '/api/sweeps/', '/figures'],
  ['GET', '/api/sweeps/', '/events'],
  ['GET', '/api/sweeps/', '/runs/w16/watch'],
  ['GET', '/api/sweeps/mine/runs/', '/watch'],
  ['GET', '/', ''],
  ['GET', '/assets/', ''],
  ['GET', '/documentation/static/', ''],
];

it('no id in an address leads out of the folders', async () => {
  const { server, ways, unchanged } = await guarded();
  const body = JSON.stringify({ points: [{ params: 1e9, tokens: 2e10 }] });
  const renamed = JSON.stringify({ id: 'moved' });
  let asked = 0;
  for (const [k, [method, before, after]] of routes.entries())
    for (const [w, way] of ways.entries()) {
      // The routes of one kind of thing look it up in the same way: the first meets every spelling, the others every second.
      if (routes.findIndex((route) => route[1] === before) !== k && (w + k) % 2 === 1) continue;
      const path = `${before}${way}${after}`;
      const sends = method === 'POST' ? body : method === 'PATCH' ? renamed : '';
      const headers = sends === '' ? {} : { 'content-type': 'application/json' };
      const { status, text } = await askRaw(server, method, path, { headers, body: sends });
      asked++;
      // Some spellings, such as an empty id, are the address of a list or of the page.
      expect([200, 301, 302, 400, 403, 404, 405, 414, 431], `${method} ${path}`).toContain(status);
      if (method !== 'GET') expect(status, `${method} ${path}`).toBeGreaterThanOrEqual(400);
      expect(secrets.test(text), `${method} ${path}`).toBe(false);
      if (status >= 400 && text !== '') expect(text, path).toMatch(/"code":"[A-Z_]+"/);
    }
  expect(asked).toBeGreaterThan(1500);
  await unchanged();
  expect((await ask(server, 'GET', '/api/fits/mine')).status).toBe(200);
}, 180_000);

it('no id in a body or a query leads out of the folders', async () => {
  const { server, ways, unchanged } = await guarded();
  const decoded = [...new Set(ways.flatMap((way) => [way, way.replaceAll('%2F', '/').replaceAll('%00', '\u0000')]))];
  const dataset = (await upload(server, runsCsv(60, 1))).body.id;
  for (const way of decoded) {
    // These are good names of fits, which lead nowhere.
    if (/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}$/.test(way)) continue;
    const asks = [
      ask(server, 'POST', '/api/fits', quickFit(dataset, { id: way })),
      ask(server, 'PATCH', '/api/fits/mine', { id: way }),
      ask(server, 'POST', '/api/fits', quickFit(way)),
      ask(server, 'POST', '/api/preview', { datasets: [way] }),
      ask(server, 'POST', '/api/backtests', { datasets: [dataset, way] }),
      ask(server, 'POST', '/api/comparisons', { datasets: [way, dataset] }),
      ask(server, 'GET', `/api/overlay?fits=mine,${encodeURIComponent(way)}`),
      ask(server, 'GET', `/api/fits?dataset=${encodeURIComponent(way)}`),
    ];
    for (const [k, { status, body }] of (await Promise.all(asks)).entries()) {
      expect([400, 404, 431], `${String(k)}: ${way.slice(0, 100)}`).toContain(status);
      expect(JSON.stringify(body)).not.toMatch(secrets);
    }
  }
  expect((await ask(server, 'DELETE', `/api/datasets/${dataset}`)).status).toBe(204);
  await unchanged();
}, 180_000);

it('no name of an upload leads out of the folder, or into a header', async () => {
  const { server, ways, unchanged } = await guarded();
  const names = [
    ...ways.map((way) => `${way.slice(0, 1000)}.csv`),
    'a"; x="b.csv',
    'a\u202ecsv.exe',
    '\u0000.csv',
    '-rf.csv',
  ];
  for (const [k, name] of names.entries()) {
    const { status, body } = await upload(server, runsCsv(5, k), name);
    expect(status, name.slice(0, 100)).toBe(201);
    expect(body.name).toMatch(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$/);
    const { headers, text } = await askRaw(server, 'GET', `/api/datasets/${body.id}/download`);
    expect(text).toBe(runsCsv(5, k));
    expect(headers['content-disposition']).toBe(`attachment; filename="${body.name}"`);
    expect((await ask(server, 'DELETE', `/api/datasets/${body.id}`)).status).toBe(204);
  }
  await unchanged();
}, 180_000);
