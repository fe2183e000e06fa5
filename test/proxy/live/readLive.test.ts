import { mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { liveState } from '../../../src/proxy/live/liveState.ts';
import { readLive } from '../../../src/proxy/live/readLive.ts';
import { madeLadder, writeRun, writeSweep } from '../../helpers/sweeps.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isoflop-live-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** A process that has ended. */
const nobody = 2 ** 22 - 3;

describe('a sweep in a folder', () => {
  it('runs while the process of its lock lives', async () => {
    const path = join(folder, 'sweep');
    await writeSweep(path, 'sweep', madeLadder(14), process.pid);
    const state = liveState(await readLive(path));
    expect(state).toMatchObject({ name: 'sweep', state: 'running' });
    expect(state.runs.filter(({ status }) => status === 'training').map(({ name }) => name)).toEqual([
      'w48-d400K-s0',
      'w48-d400K-s1',
    ]);
    expect(state.families[0].fit?.points).toBe(14);
    await writeFile(join(path, 'sweep.lock'), String(nobody));
    expect(liveState(await readLive(path)).state).toBe('stopped');
    await writeFile(join(path, 'sweep.lock'), 'no number');
    expect(liveState(await readLive(path)).state).toBe('stopped');
  });

  it('tells which runs failed, if it says so in a way that can be read', async () => {
    const path = join(folder, 'failed');
    await writeSweep(path, 'failed', madeLadder(4));
    await writeFile(
      join(path, 'result.json'),
      JSON.stringify({ runs: [], failed: [{ name: 'w12-d1000K-s0', error: 'out of memory' }, { name: 7 }, null] }),
    );
    expect((await readLive(path)).failed).toEqual(new Map([['w12-d1000K-s0', 'out of memory']]));
    await writeFile(join(path, 'result.json'), '{"failed":');
    expect((await readLive(path)).failed).toEqual(new Map());
  });
});

it('a run alone goes on while its folder changes', async () => {
  await writeRun(folder, { width: 12, tokens: 150_000, share: 0.6 });
  const path = join(folder, 'w12-d150K-s0');
  expect(liveState(await readLive(path))).toMatchObject({ name: 'w12-d150K-s0', state: 'running' });
  const before = Date.now() / 1000 - 600;
  await utimes(path, before, before);
  expect(liveState(await readLive(path))).toMatchObject({ state: 'stopped', runs: [{ status: 'interrupted' }] });
  await writeRun(folder, { width: 12, tokens: 150_000, share: 1, ended: 'done' });
  expect(liveState(await readLive(path))).toMatchObject({ state: 'ended', done: { share: 1 } });
});

describe('what isoflop did not write', () => {
  const broken: readonly [string, Readonly<Record<string, string>>][] = [
    ['nothing', {}],
    ['no JSON', { 'sweep.json': '{"name": "x", "ru' }],
    ['null', { 'sweep.json': 'null' }],
    ['a list in place of a plan', { 'sweep.json': '[]' }],
    ['runs that are none', { 'sweep.json': '{"name":"x","runs":[1]}' }],
    ['no config', { 'config.json': '{}' }],
    ['a config without a model', { 'config.json': '{"config":{"name":"a"}}' }],
  ];

  it.each(broken)('is refused: %s', async (name, files) => {
    const path = join(folder, name);
    await mkdir(path);
    for (const [file, text] of Object.entries(files)) await writeFile(join(path, file), text);
    await expect(readLive(path)).rejects.toMatchObject({ code: 'RUNS_MISSING' });
  });

  it('is refused: a run whose name leads out of the folder', async () => {
    const path = join(folder, 'leading');
    await writeSweep(path, 'leading', madeLadder(1));
    const plan = (await readFile(join(path, 'sweep.json'), 'utf8')).replace('w12-d150K-s0', '../sweep/w12-d150K-s0');
    await writeFile(join(path, 'sweep.json'), plan);
    await expect(readLive(path)).rejects.toMatchObject({ code: 'RUNS_MISSING' });
  });

  it('is refused: rows and results of another form', async () => {
    const path = join(folder, 'rows');
    await writeSweep(path, 'rows', madeLadder(1));
    for (const [file, text] of [
      ['metrics.json', '[{"loss":"low"}]'],
      ['result.json', '{"status":"fine"}'],
    ]) {
      await writeFile(join(path, 'w12-d150K-s0', file), text);
      await expect(readLive(path), file).rejects.toMatchObject({ code: 'RUNS_MISSING' });
      await writeSweep(path, 'rows', madeLadder(1));
    }
  });
});
