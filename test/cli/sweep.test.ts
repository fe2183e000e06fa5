import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { SweepEstimate } from '../../src/proxy/sweep/estimate.ts';
import type { SweepResult } from '../../src/proxy/sweep/collect.ts';
import { tinyBase } from '../proxy/tiny.ts';
import { folderWith, isoflop, jsonOf } from './run.ts';

it('--dry-run says what it would take, and trains nothing', async () => {
  const folder = await folderWith({
    'sweep.yaml': `name: mine\n${tinyBase}models: [{ width: 8 }, { width: 16 }]\nseeds: [0, 1]`,
  });
  const words = await isoflop(['sweep', 'sweep.yaml', '--dry-run', '--jobs', '2'], { cwd: folder });
  expect([words.status, words.stdout]).toEqual([0, '']);
  expect(words.stderr).toMatch(
    /^mine: 4 runs of 920 to 3\.38K parameters, 5\.12K tokens, [\d.]+M FLOP, about [\d.]+ m?s with 2 processes on CPU \(WebAssembly.*\) \(wasm\)\n$/,
  );
  const json = await jsonOf<SweepEstimate & { plan: string[] }>(['sweep', 'sweep.yaml', '--dry-run', '--json'], {
    cwd: folder,
  });
  expect(json).toMatchObject({ runs: 4, params: [920, 3376], tokens: 5120, untimed: [] });
  expect(json.plan).toEqual(['w8-s0', 'w8-s1', 'w16-s0', 'w16-s1']);
  expect(await readdir(folder)).toEqual(['sweep.yaml']);
});

it('trains into runs/ and its name, with JSON alone on stdout and progress on stderr', async () => {
  const folder = await folderWith({ 'sweep.yaml': `${tinyBase}seeds: [0, 1]` });
  const { status, stdout, stderr } = await isoflop(['sweep', 'sweep.yaml', '--json'], { cwd: folder });
  expect(status).toBe(0);
  const result = JSON.parse(stdout) as SweepResult;
  expect(result).toMatchObject({ name: 'sweep', folder: 'runs/sweep', csv: 'runs/sweep/runs.csv', failed: [] });
  expect(result.runs.map(({ name, status: how }) => [name, how])).toEqual([
    ['s0', 'done'],
    ['s1', 'done'],
  ]);
  const told = stderr.trim().split('\n').slice(1);
  expect(
    told.filter((line) => /^s[01]: [\d.]+K? tokens, loss \d\.\d{4}, \d+ tokens\/s$/.test(line)).length,
  ).toBeGreaterThan(5);
  expect(told.filter((line) => /^s[01]: done at 1\.28K tokens, loss \d\.\d{4}$/.test(line))).toHaveLength(2);
  expect(stderr).not.toContain('\u001B');

  // And what it says next is a command that works.
  const again = await isoflop(['sweep', 'sweep.yaml', '--resume'], { cwd: folder });
  expect(again.stdout).toBe(
    'sweep: 2 of 2 runs done; their evaluations are in runs/sweep/runs.csv\nNext: isoflop fit runs/sweep/runs.csv --finals\n',
  );
  const refused = await isoflop(['sweep', 'sweep.yaml'], { cwd: folder });
  expect([refused.status, refused.stdout]).toEqual([2, '']);
  expect(refused.stderr).toContain('error: runs/sweep already holds this sweep. Go on with it by --resume');
});

it('tells of what diverged and of what failed, and how to fit the rest', async () => {
  const folder = await folderWith({
    'sweep.yaml': `${tinyBase}runs:
  - { name: a, model: { width: 8 } }
  - { name: b, model: { width: 16 } }
  - { name: c, model: { width: 12 } }
  - { name: d, model: { width: 20 } }
  - { name: wild, schedule: { rate: 10000 }, optimizer: { clip: 0 } }
  - { name: missing, corpus: { kind: text, path: none.txt } }`,
  });
  const { status, stdout, stderr } = await isoflop(['sweep', 'sweep.yaml', '--jobs', '2'], { cwd: folder });
  expect(status).toBe(1);
  const [head, diverged, failed, next] = stdout.split('\n');
  expect(head).toBe('sweep: 4 of 6 runs done; their evaluations are in runs/sweep/runs.csv');
  expect(diverged).toBe('  diverged: wild');
  expect(failed).toMatch(/^ {2}failed: missing: There is no file ".*none\.txt"\. Check the path\.$/);
  expect(next).toBe(`Next: isoflop fit runs/sweep/runs.csv --finals --where 'status == "done"'`);
  expect(stderr).toMatch(/^missing could not be timed: There is no file/m);
  // As a shell would pass it; the law has to have as many parameters as four runs allow.
  const fit = await jsonOf<{ data: { used: number } }>(
    [
      'fit',
      'runs/sweep/runs.csv',
      '--finals',
      '--where',
      'status == "done"',
      '--law',
      'loss ~ E + A/params^0.5',
      '--start',
      'E=1',
      '--json',
      '--no-calibration',
    ],
    { cwd: folder },
  );
  expect(fit.data.used).toBe(4);
});

it.each([
  [['--jobs', '0'], '--jobs "0" is not valid. It takes a whole number from 1.'],
  [['--jobs', '1.5'], '--jobs "1.5" is not valid. It takes a whole number from 1.'],
  [['--engine', 'gpu'], 'There is no engine "gpu".'],
])('%j is refused', async (options, message) => {
  const folder = await folderWith({ 'sweep.yaml': tinyBase });
  const { status, stdout, stderr } = await isoflop(['sweep', 'sweep.yaml', ...options], { cwd: folder });
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toContain(message);
  expect(await readdir(folder)).toEqual(['sweep.yaml']);
});

it('a mistake in a sweep ends with 2 and its line', async () => {
  const folder = await folderWith({ 'sweep.yaml': `${tinyBase}seedz: [0]` });
  const { status, stderr } = await isoflop(['sweep', join(folder, 'sweep.yaml')]);
  expect([status, stderr]).toEqual([
    2,
    `error: ${join(folder, 'sweep.yaml')}, line 11: there is no seedz. Did you mean seeds?\n`,
  ]);
});
