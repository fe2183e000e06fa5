import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { decodeFit } from '../../src/report/savedFit.ts';
import {
  ask,
  makeFolders,
  medianWhile,
  namesOf,
  quickFit,
  runsCsv,
  serve,
  temporaries,
  until,
  upload,
  type Answer,
  type ErrorBody,
  type FaultServer,
  type Folders,
} from './faultServer.ts';

interface Job {
  readonly id: string;
  readonly state: 'queued' | 'running' | 'done' | 'failed' | 'cancelled';
  readonly fit: string | null;
}

/** Asks for so many fits at once, and waits for none. */
async function queueFits(
  server: FaultServer,
  count: number,
  name = 'fit',
): Promise<{ jobs: Job[]; refused: Answer[] }> {
  const dataset = (await upload(server, runsCsv(60, 1))).body.id;
  const jobs: Job[] = [];
  const refused: Answer[] = [];
  let next = 0;
  const askAll = async (): Promise<void> => {
    while (next < count) {
      const id = `${name}-${String(next++)}`;
      const answer = await ask<{ job: Job } & ErrorBody>(
        server,
        'POST',
        '/api/fits',
        quickFit(dataset, { id, wait: 0 }),
      );
      if (answer.status === 202) jobs.push(answer.body.job);
      else refused.push(answer);
    }
  };
  await Promise.all(Array.from({ length: 50 }, askAll));
  return { jobs, refused };
}

const stateOf = async (server: FaultServer, { id }: Job): Promise<Job> =>
  (await ask<Job>(server, 'GET', `/api/jobs/${id}`)).body;

const counts = async ({ url }: FaultServer): Promise<{ queued: number; running: number }> => {
  const text = await (await fetch(`${url}/metrics`)).text();
  const gauge = (name: string): number => Number(new RegExp(`^isoflop_jobs_${name} (\\d+)$`, 'm').exec(text)?.[1]);
  return { queued: gauge('queued'), running: gauge('running') };
};

/** What is refused is told when to come again. */
function expectRefusals(refused: readonly Answer[]): void {
  for (const { status, headers, body } of refused) {
    expect([status, body.error.code]).toEqual([503, 'QUEUE_FULL']);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  }
}

/** The folder has these fits, all of them whole. */
async function expectFits(folders: Folders, ids: readonly string[]): Promise<void> {
  expect((await namesOf(folders.fits)).sort()).toEqual(ids.map((id) => `${id}.json`).sort());
  for (const id of ids) decodeFit(await readFile(join(folders.fits, `${id}.json`), 'utf8'), id);
  expect(await temporaries(folders)).toEqual([]);
}

it('a queue of a thousand fits is bounded, leaves the server quick, and is ended by SIGTERM', async () => {
  const folders = await makeFolders();
  const server = await serve(folders, ['--jobs', '1']);
  const asking = queueFits(server, 2000);
  expect(await medianWhile(asking, () => ask(server, 'GET', '/health'))).toBeLessThan(500);
  const { jobs, refused } = await asking;
  // As many as may wait, one that runs, and those that were done in the meantime.
  expect(jobs.length).toBeGreaterThan(1000);
  expect(refused.length).toBeGreaterThan(0);
  expectRefusals(refused);

  // Places are told, and somebody who does not want to wait can leave from any of them.
  const waiting = (await ask<{ jobs: Job[] }>(server, 'GET', '/api/jobs')).body.jobs.filter(
    ({ state }) => state === 'queued',
  );
  const before = await counts(server);
  for (const job of [waiting[0], waiting[100], waiting[200]]) {
    expect((await ask<Job>(server, 'DELETE', `/api/jobs/${job.id}`)).body.state).toBe('cancelled');
  }
  expect((await counts(server)).queued).toBeLessThanOrEqual(before.queued - 3);

  server.child.kill('SIGTERM');
  expect(await server.ended).toEqual({ code: 0, signal: null });
  const names = await namesOf(folders.fits);
  // It ended in the middle: some were done, most were not.
  expect(names.length).toBeLessThan(jobs.length);
  await expectFits(
    folders,
    names.map((name) => name.slice(0, -'.json'.length)),
  );
  const again = await serve(folders);
  const listed = (await ask<{ fits: unknown[]; broken: unknown[] }>(again, 'GET', '/api/fits?limit=1000')).body;
  expect([listed.fits.length, listed.broken]).toEqual([names.length, []]);
  await again.kill();
}, 120_000);

it('every fit that was taken into the queue is done, and saved under its name', async () => {
  const folders = await makeFolders();
  const server = await serve(folders, ['--jobs', '2', '--max-queue', '60']);
  const { jobs, refused } = await queueFits(server, 200);
  expect(jobs.length).toBeGreaterThanOrEqual(60);
  expect(refused.length).toBeGreaterThan(0);
  expectRefusals(refused);
  await until(
    () => counts(server),
    ({ queued, running }) => queued + running === 0,
    60_000,
  );
  const ended = await Promise.all(jobs.map((job) => stateOf(server, job)));
  expect(ended.every(({ state }) => state === 'done')).toBe(true);
  await expectFits(
    folders,
    ended.map(({ fit }) => fit ?? 'none'),
  );
  // There is room again.
  const { jobs: more } = await queueFits(server, 1, 'more');
  expect(more).toHaveLength(1);
}, 120_000);
