import { spawnSync } from 'node:child_process';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import {
  ask,
  foldersAt,
  halfUploads,
  makeFolders,
  namesOf,
  quickFit,
  runsCsv,
  serve,
  temporaries,
  upload,
  type ErrorBody,
  type FaultServer,
  type Folders,
} from './faultServer.ts';

/** A fit whose file takes some tens of kilobytes more: every resample is in it. */
const largeFit = (dataset: string, id: string): object => quickFit(dataset, { id, bootstrap: 4000, seed: 1 });

/** What the server has acknowledged is all that there is, and it is there in full. */
async function holds(server: FaultServer, folders: Folders, fits: readonly string[], datasets: readonly string[]) {
  expect(await temporaries(folders)).toEqual([]);
  expect(await halfUploads(folders)).toEqual([]);
  expect((await namesOf(folders.fits)).sort()).toEqual(fits.map((id) => `${id}.json`).sort());
  expect((await namesOf(folders.uploads)).map((name) => name.slice(0, 64)).sort()).toEqual([...datasets].sort());
  for (const id of fits) expect((await ask(server, 'GET', `/api/fits/${id}`)).status, id).toBe(200);
  const predicted = await ask(server, 'GET', `/api/fits/${fits[0]}/predict?params=1B&tokens=20B`);
  expect(predicted.status).toBe(200);
  for (const id of datasets) expect((await ask(server, 'GET', `/api/datasets/${id}`)).status, id).toBe(200);
}

/** That there is no room is said in the form of all errors, with what to do. */
function expectFull({ status, body }: { status: number; body: ErrorBody }): void {
  expect([status, body.error.code]).toEqual([507, 'DISK_FULL']);
  expect(body.error.message).toMatch(/cannot be written: .*(space|full|large)/i);
  expect(body.error.remedy).toContain('Free some space');
}

/**
 * A folder on a disk of a few megabytes: a tmpfs in a name space of the server's own, which takes no rights where the
 * kernel lets users make name spaces. Containers often do not, so a limit on the size of files stands in below.
 */
const onSmallDisk = (root: string, size: string): string[] => [
  ...['unshare', '--map-root-user', '--mount', 'sh', '-c'],
  `mount -t tmpfs -o size=${size} none "${root}" && mkdir "${root}/fits" "${root}/data" && exec "$@"`,
  'sh',
];
const [unshare, ...onTrial] = onSmallDisk('/mnt', '1m');
const trial = spawnSync(unshare, [...onTrial, 'true']);
const hasSmallDisks = trial.status === 0;

it.skipIf(!hasSmallDisks)('on a full disk it refuses what has no room, keeps what it has, and goes on', async () => {
  const { root } = await makeFolders();
  const server = await serve(foldersAt(root), [], onSmallDisk(root, '4m'));
  // The disk is in the server's name space alone; the kernel shows it here.
  const folders = foldersAt(`/proc/${String(server.pid)}/root${root}`);
  const small = await upload(server, runsCsv(60, 1));
  expect(small.status).toBe(201);
  const { id } = small.body;
  expect((await ask(server, 'POST', '/api/fits', quickFit(id, { id: 'before' }))).status).toBe(201);

  // An upload that fits in at first, and not to its end.
  expectFull(await upload<ErrorBody>(server, runsCsv(200_000, 2)));
  await holds(server, folders, ['before'], [id]);

  const filler = join(folders.root, 'filler');
  await writeFile(filler, Buffer.alloc(8 * 2 ** 20)).catch(() => undefined);
  expect((await stat(filler)).size).toBeGreaterThan(2 ** 20);
  expectFull(await ask(server, 'POST', '/api/fits', quickFit(id, { id: 'after' })));
  expectFull(await upload<ErrorBody>(server, runsCsv(60, 3)));
  await holds(server, folders, ['before'], [id]);
  // A job says why as well, and what needs no room goes on.
  const job = await ask<{ job: { id: string } }>(server, 'POST', '/api/fits', quickFit(id, { id: 'later', wait: 0 }));
  expect(job.status).toBe(202);
  const events = await (await fetch(`${server.url}/api/jobs/${job.body.job.id}/events`)).text();
  expect(events).toContain('"code":"DISK_FULL"');
  expect((await ask(server, 'PATCH', '/api/fits/before', { id: 'renamed' })).status).toBe(200);
  await holds(server, folders, ['renamed'], [id]);

  await rm(filler);
  const again = await upload(server, runsCsv(60, 3));
  expect(again.status).toBe(201);
  expect((await ask(server, 'POST', '/api/fits', largeFit(id, 'after'))).status).toBe(201);
  await holds(server, folders, ['renamed', 'after'], [id, again.body.id]);
});

it('where a file cannot grow it refuses it, keeps what it has, and goes on', async () => {
  const folders = await makeFolders();
  // Blocks of 512 bytes. The kernel cuts a write there short and then says EFBIG, as a disk does with ENOSPC.
  const server = await serve(folders, [], ['sh', '-c', 'ulimit -f 160 && exec "$@"', 'sh']);
  const small = await upload(server, runsCsv(60, 1));
  const { id } = small.body;
  expect((await ask(server, 'POST', '/api/fits', quickFit(id, { id: 'before' }))).status).toBe(201);
  expectFull(await upload<ErrorBody>(server, runsCsv(10_000, 2)));
  await holds(server, folders, ['before'], [id]);
  expectFull(await ask(server, 'POST', '/api/fits', largeFit(id, 'large')));
  await holds(server, folders, ['before'], [id]);
  expect((await ask(server, 'POST', '/api/fits', quickFit(id, { id: 'large' }))).status).toBe(201);
  await holds(server, folders, ['before', 'large'], [id]);
  const before = await readFile(join(folders.fits, 'before.json'));
  expect(before.length).toBeLessThan(160 * 512);
});
