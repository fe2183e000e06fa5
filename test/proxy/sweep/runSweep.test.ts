import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { expect, it } from 'vitest';
import { fitLaw, findLaw, readRuns, selectCheckpoints } from '../../../src/index.ts';
import { runSweep, type SweepOptions } from '../../../src/proxy/sweep/runSweep.ts';
import { metricsColumns } from '../../../src/proxy/train/metrics.ts';
import type { RunProgress } from '../../../src/proxy/train/run.ts';
import { folderFor, planOf, tinyBase, worker } from '../tiny.ts';

const options: SweepOptions = { worker, jobs: 2 };

it('trains every run, and its CSV is one that isoflop reads and fits', async () => {
  const plan = await planOf(`${tinyBase}sizes: [1K, 2K, 4K]\ntokens: [640, 2560]`);
  const folder = await folderFor();
  const told = new Map<string, number>();
  const ended: string[] = [];
  const result = await runSweep(plan, folder, {
    ...options,
    onProgress: ({ name, row }: RunProgress) => told.set(name, (told.get(name) ?? 0) + Number(row !== undefined)),
    onResult: ({ name }) => ended.push(name),
  });
  const names = plan.runs.map(({ name }) => name);
  expect(result.failed).toEqual([]);
  // In the order of the plan, whoever ended first.
  expect(result.runs.map(({ name, status }) => [name, status])).toEqual(names.map((name) => [name, 'done']));
  expect([...ended].sort()).toEqual([...names].sort());
  expect([...told.keys()].sort()).toEqual([...names].sort());
  expect((await readdir(folder)).sort()).toEqual([...names, 'result.json', 'runs.csv', 'sweep.json'].sort());
  for (const name of names)
    expect(
      (await readdir(join(folder, name))).filter((file) => !file.startsWith('events.out.tfevents.')).sort(),
    ).toEqual(['config.json', 'metrics.csv', 'metrics.json', 'result.json', 'start.json', 'weights.safetensors']);

  const text = await readFile(result.csv, 'utf8');
  const rows = parse(text, { columns: true }) as unknown as Record<string, string>[];
  expect(Object.keys(rows[0])).toEqual(metricsColumns);
  const own = await Promise.all(names.map((name) => readFile(join(folder, name, 'metrics.csv'), 'utf8')));
  expect(text).toBe([own[0].split('\n')[0], ...own.flatMap((one) => one.trim().split('\n').slice(1)), ''].join('\n'));
  expect(rows.filter(({ status }) => status === 'done').map(({ run }) => run)).toEqual(names);

  const runs = await readRuns(result.csv);
  expect(runs.rows).toBe(rows.length);
  const finals = selectCheckpoints(runs, { finals: true });
  expect(finals.rows).toBe(6);
  // The rate of the last step is a tenth of the peak: these are ends of runs, and no warning says otherwise.
  expect(finals.warnings.map(({ code }) => code)).not.toContain('BEFORE_DECAY');
  expect(selectCheckpoints(runs, { all: true }).warnings.map(({ code }) => code)).toContain('BEFORE_DECAY');
  const afterWarmup = selectCheckpoints(runs, { afterWarmup: 'learningRate' });
  expect(afterWarmup.warnings.map(({ code }) => code)).not.toContain('WARMUP_NOT_SEEN');
  expect(afterWarmup.rows).toBeLessThan(runs.rows);
  const fit = fitLaw(findLaw('tokens'), finals);
  expect(fit.theta.every(Number.isFinite)).toBe(true);
  expect(Array.from(finals.quantities.loss ?? [])).toEqual(result.runs.map(({ loss }) => loss));
});

it('is not done twice: refused without resume, and with it nothing is left to do', async () => {
  const plan = await planOf(`${tinyBase}seeds: [0, 1]`);
  const folder = await folderFor();
  const first = await runSweep(plan, folder, options);
  const csv = await readFile(first.csv, 'utf8');
  await expect(runSweep(plan, folder, options)).rejects.toMatchObject({
    code: 'RUN_EXISTS',
    details: { folder, why: 'this sweep' },
  });
  const told: string[] = [];
  const second = await runSweep(plan, folder, {
    // With nothing to do no process is started, so this is never looked for.
    worker: '/nowhere/worker.js',
    resume: true,
    onProgress: ({ name }) => told.push(name),
    onResult: ({ name }) => told.push(name),
  });
  expect(second).toEqual(first);
  expect(told).toEqual([]);
  expect(await readFile(first.csv, 'utf8')).toBe(csv);
  expect(await readdir(folder)).not.toContain('sweep.lock');
});

it('keeps another sweep out of its folder', async () => {
  const folder = await folderFor();
  await runSweep(await planOf(`${tinyBase}seeds: [0]`), folder, options);
  const before = await readFile(join(folder, 'runs.csv'), 'utf8');
  const other = await planOf(`${tinyBase.replace('rate: 0.02', 'rate: 0.01')}seeds: [0]`);
  for (const resume of [false, true])
    await expect(runSweep(other, folder, { ...options, resume })).rejects.toMatchObject({
      code: 'RUN_EXISTS',
      details: { folder, why: 'another sweep' },
    });
  expect(await readFile(join(folder, 'runs.csv'), 'utf8')).toBe(before);
});

it('waits for nobody: a folder in which a process works is left alone', async () => {
  const folder = await folderFor();
  await writeFile(join(folder, 'sweep.lock'), String(process.ppid));
  await expect(runSweep(await planOf(tinyBase), folder, options)).rejects.toMatchObject({ code: 'SWEEP_RUNNING' });
  expect(await readdir(folder)).toEqual(['sweep.lock']);
});

it('tells of a run that cannot be trained, and the others finish', async () => {
  const plan = await planOf(
    `${tinyBase}seeds: [0, 1]\nruns:\n  - name: missing\n    corpus: { kind: bin, path: no.bin, vocabulary: 16 }\n  - seed: 2`,
  );
  const folder = await folderFor();
  for (const jobs of [1, 2]) {
    const own = join(folder, String(jobs));
    const result = await runSweep(plan, own, { ...options, jobs });
    expect(result.runs.map(({ name }) => name)).toEqual(['s0', 's1', 'run1']);
    expect(result.failed).toEqual([
      { name: 'missing', error: expect.stringMatching(/^There is no file ".*no\.bin"\. Check the path\.$/) as unknown },
    ]);
    expect(JSON.parse(await readFile(join(own, 'result.json'), 'utf8'))).toEqual({
      runs: result.runs,
      failed: result.failed,
    });
    expect(await readdir(own)).not.toContain('missing');
  }
});

it('takes no run of another config for its own', async () => {
  const folder = await folderFor();
  const one = await planOf(`${tinyBase}seeds: [0]`);
  await runSweep(one, folder, options);
  // As if somebody had thrown the plan away to train another one.
  await rm(join(folder, 'sweep.json'));
  await rm(join(folder, 's0/result.json'));
  const other = await planOf(`${tinyBase.replace('rate: 0.02', 'rate: 0.01')}seeds: [0]`);
  const { runs, failed } = await runSweep(other, folder, options);
  expect(runs).toEqual([]);
  expect(failed).toMatchObject([{ name: 's0', error: expect.stringContaining('another run') as unknown }]);
});
