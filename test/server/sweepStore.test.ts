import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSweepStore, type SweepStore } from '../../server/stores/sweepStore.ts';
import { lookAtSweep } from '../../server/work/sweep.ts';
import type { Pool } from '../../server/work/pool.ts';
import { madeLadder, writeRun, writeSweep } from '../helpers/sweeps.ts';

let root: string;
let folder: string;
let store: SweepStore;
let looks = 0;

/** Does in this thread what a thread of the server does. */
const here: Pool = {
  run: (async (_: 'sweep', { id, path, updated }: { id: string; path: string; updated: string }) => {
    looks++;
    const { summary, detail, figures } = await lookAtSweep(id, path, updated);
    const bytes = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
    return { summary, detail: bytes(detail), figures: bytes(figures) };
  }) as unknown as Pool['run'],
  warm: () => undefined,
  close: () => Promise.resolve(),
};

const detailOf = ({ detail }: { detail: Uint8Array }): { state: string; runs: { status: string }[] } =>
  JSON.parse(new TextDecoder().decode(detail)) as { state: string; runs: { status: string }[] };

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'isoflop-sweeps-'));
  folder = join(root, 'runs');
  store = createSweepStore(folder, here);
});
afterAll(() => rm(root, { recursive: true }));

describe('the folder of sweeps', () => {
  it('need not exist', async () => {
    expect(await store.list()).toEqual([]);
    await expect(store.get('ladder')).rejects.toMatchObject({ code: 'SWEEP_UNKNOWN' });
  });

  it('lists what runs first, then the latest, and what cannot be read last', async () => {
    await writeSweep(join(folder, 'ladder'), 'ladder', madeLadder(14), process.pid);
    await writeSweep(join(folder, 'old'), 'another name', madeLadder(24));
    await sleep(20);
    await writeRun(folder, { width: 12, tokens: 150_000, share: 1, ended: 'done' });
    await mkdir(join(folder, 'torn'));
    await writeFile(join(folder, 'torn/sweep.json'), '{"name": "torn", "runs": [');
    const listed = await store.list();
    expect(listed.map(({ id }) => id)).toEqual(['ladder', 'w12-d150K-s0', 'old', 'torn']);
    expect(listed[0]).toMatchObject({ state: 'running', runs: { total: 24, ended: 14, training: 2 } });
    expect(listed.find(({ id }) => id === 'old')).toMatchObject({ name: 'another name', state: 'ended', share: 1 });
    expect(listed.at(-1)).toMatchObject({ id: 'torn', error: { code: 'RUNS_MISSING' } });
    await expect(store.get('torn')).rejects.toMatchObject({ code: 'RUNS_MISSING' });
  });

  it('has nothing of what lies outside, or has another form or an odd name', async () => {
    await writeSweep(join(root, 'outside'), 'outside', madeLadder(1));
    await symlink(join(root, 'outside'), join(folder, 'link'));
    await symlink(join(folder, 'ladder'), join(folder, 'inner-link'));
    await mkdir(join(folder, 'empty'));
    await writeFile(join(folder, 'file'), '{}');
    for (const name of ['.hidden', 'with space', '-dash', 'ü', 'x'.repeat(101)])
      await writeSweep(join(folder, name), 'odd', madeLadder(1));
    // A folder in the place of the plan.
    await mkdir(join(folder, 'odd/sweep.json'), { recursive: true });
    const ids = (await store.list()).map(({ id }) => id);
    expect(ids.toSorted()).toEqual(['ladder', 'old', 'torn', 'w12-d150K-s0']);
    const ways = [
      'link',
      'inner-link',
      'empty',
      'file',
      'odd',
      '..',
      '.',
      '',
      '../outside',
      'ladder/../old',
      '.hidden',
    ];
    for (const id of [...ways, 'with space', '-dash', 'ladder\0', join(root, 'outside'), '..\\outside', 'ladder/'])
      await expect(store.get(id), id).rejects.toMatchObject({ code: 'SWEEP_UNKNOWN' });
  });

  it('is read once until it changes, however many ask', async () => {
    const first = await store.get('ladder');
    const before = looks;
    const again = await Promise.all([store.get('ladder'), store.get('ladder'), store.list()]);
    expect(again[0].stamp).toBe(first.stamp);
    expect(looks).toBe(before);
    await sleep(10);
    await writeRun(join(folder, 'ladder'), { width: 48, tokens: 400_000, seed: 0, share: 1, ended: 'done' });
    const [one, two] = await Promise.all([store.get('ladder'), store.get('ladder')]);
    expect(looks).toBe(before + 1);
    expect(one.stamp).not.toBe(first.stamp);
    expect(two.detail).toBe(one.detail);
    expect(detailOf(one).runs[14].status).toBe('done');
  });

  it('tells followers of each change once, by one timer, and stops looking when they leave', async () => {
    const gone = new AbortController();
    const seen: string[][] = [[], []];
    const followers = seen.map(async (list) => {
      for await (const sweep of store.follow('ladder', gone.signal)) list.push(detailOf(sweep).runs[15].status);
    });
    await sleep(300);
    expect(seen).toEqual([['training'], ['training']]);
    const before = looks;
    await writeRun(join(folder, 'ladder'), { width: 48, tokens: 400_000, seed: 1, share: 1, ended: 'done' });
    await expect.poll(() => seen[1].at(-1), { timeout: 5000 }).toBe('done');
    await expect.poll(() => seen[0].at(-1), { timeout: 5000 }).toBe('done');
    expect(looks - before).toBeLessThanOrEqual(2);
    // The process that works on it ends.
    await rm(join(folder, 'ladder/sweep.lock'));
    await expect.poll(() => seen[0].length, { timeout: 5000 }).toBeGreaterThan(2);
    expect(detailOf(await store.get('ladder')).state).toBe('stopped');
    gone.abort();
    await Promise.all(followers);
  });

  it('lets followers go when the folder goes, and when the server stops', async () => {
    await writeSweep(join(folder, 'brief'), 'brief', madeLadder(2));
    const follow = async (id: string): Promise<number> => {
      let count = 0;
      for await (const { stamp } of store.follow(id, new AbortController().signal)) count += stamp === '' ? 0 : 1;
      return count;
    };
    const brief = follow('brief');
    await sleep(200);
    await rm(join(folder, 'brief'), { recursive: true });
    expect(await brief).toBe(1);
    await expect(follow('brief')).rejects.toMatchObject({ code: 'SWEEP_UNKNOWN' });
    const long = follow('old');
    await sleep(200);
    store.close();
    expect(await long).toBe(1);
  });
});
