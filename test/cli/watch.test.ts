import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { curvesCsv, simulateCurve, simulateFamily, type SimulatedRun } from '../../scripts/simulatedCurves.ts';
import type { RunCurve } from '../../src/watch/curve.ts';
import type { CheckedRegistration } from '../../src/watch/registration.ts';
import type { WatchState } from '../../src/watch/watchRun.ts';
import { folderWith, isoflop, jsonOf, outcomeOf, start } from './run.ts';

/** The lines of the log of a run, the header first. */
const linesOf = (run: RunCurve): string[] => curvesCsv([run]).trim().split('\n');
const csv = (runs: readonly RunCurve[], rows?: number): string => {
  const [header] = linesOf(runs[0]);
  return `${[header, ...runs.flatMap((run) => linesOf(run).slice(1).slice(0, rows))].join('\n')}\n`;
};

const family = simulateFamily(6, { rows: 60 });
const large = (options: Partial<SimulatedRun> = {}): RunCurve =>
  simulateCurve({ params: 1.5e9, plannedTokens: 3e10, seed: 6999, rows: 60, ...options });
const plan = ['--params', '1.5B', '--tokens', '30B'];

describe('isoflop watch', () => {
  let folder = '';
  const within = (...args: string[]) => isoflop(['watch', ...args], { cwd: folder });
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'isoflop-cli-watch-'));
    await writeFile(join(folder, 'family.csv'), csv(family));
    await isoflop(['fit', 'family.csv', '--finals', '--confidence', '0.9', '--out', 'fit.json'], { cwd: folder });
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('registers before the run, once, and holds the run against it', async () => {
    const register = ['big.csv', '--register', '--fit', 'fit.json', '--family', 'family.csv', ...plan];
    const first = await within(...register, '--json');
    expect(first.status, first.stderr).toBe(0);
    const made = JSON.parse(first.stdout) as CheckedRegistration & { file: string };
    expect(made).toMatchObject({
      file: 'big.csv.band.json',
      late: null,
      curves: 15,
      run: { params: 1.5e9, tokens: 3e10 },
    });
    expect(made.band.map(({ loss }) => loss !== null)).toEqual(Array(10).fill(true));
    expect(await within(...register)).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/there already/) as string,
    });

    await writeFile(join(folder, 'big.csv'), csv([large()], 30));
    const late = await within(...register, '--force');
    expect(late.status).toBe(0);
    expect(late.stderr).toContain('WATCH_REGISTERED_LATE');
    const state = await jsonOf<WatchState>(
      ['watch', 'big.csv', '--family', 'family.csv', '--target-loss', '2.5', '--json'],
      { cwd: folder },
    );
    expect(state).toMatchObject({
      state: 'running',
      share: 0.5,
      params: 1.5e9,
      alarms: [],
      registration: { isLate: true },
    });
    expect(state.decision?.verdict).toBe('continue');
    const text = await within(
      'big.csv',
      '--family',
      'family.csv',
      '--target-loss',
      '2.5',
      '--flops-per-second',
      '1e15',
      '--price-per-hour',
      '2',
      '--figure',
      'big.svg',
    );
    expect(text.status, text.stderr).toBe(0);
    expect(text.stdout).toMatch(/^run-6999 at 50\.0% of 30B tokens, 1\.5B parameters: running\n/);
    expect(text.stdout).toMatch(/\n {2}together {7}2\.\d{4}, 2\.\d{4} to 2\.\d{4}/);
    expect(text.stdout).toMatch(/\n {2}left {8}1\.35e\+20 FLOP, 37\.5 h, 75\.00 at your price\n/);
    expect(text.stderr).toContain('wrote big.svg');
    expect(await readFile(join(folder, 'big.svg'), 'utf8')).toContain('Registered, 90% of runs');

    const path = join(folder, 'big.csv.band.json');
    const honest = await readFile(path, 'utf8');
    await writeFile(path, honest.replace(/"upper": [\d.]+/, '"upper": 99'));
    expect(await within('big.csv')).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/was changed after it was registered/) as string,
    });
    await writeFile(path, honest);
    expect(await within('big.csv', '--params', '7B')).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/registered for parameters 1\.5e9, but the run has 7e9/) as string,
    });
  });

  it('ends with 3 under --strict when an alarm was raised', async () => {
    await writeFile(join(folder, 'bad.csv'), csv([large({ fault: 'no number' })]));
    const bad = await within('bad.csv', '--tokens', '30B', '--strict');
    expect([bad.status, bad.stdout.includes('ALARM diverged')]).toEqual([3, true]);
    expect((await within('bad.csv', '--tokens', '30B')).status).toBe(0);
    await writeFile(join(folder, 'good.csv'), csv([large()], 30));
    expect((await within('good.csv', '--fit', 'fit.json', '--tokens', '30B', '--strict')).status).toBe(0);
  });

  it.each([
    [['big.csv', '--register'], /no fit is named/],
    [['big.csv', '--register', '--fit', 'fit.json', '--follow'], /both given/],
    [['big.csv', '--out', 'band.json'], /Add --register/],
    [['none.csv'], /does not say how many tokens/],
    [['none.csv', '--register', '--fit', 'fit.json', '--params', '1B'], /does not say how many tokens/],
    [['none.csv', '--register', '--fit', 'fit.json', '--tokens', '1B'], /needs params/],
    [['family.csv', '--tokens', '1B'], /holds 15 runs: run-6000, .*Name one of them with --run/],
    [['good.csv', '--tokens', '1B', '--price-per-hour', '3'], /Give --flops-per-second too/],
    [['good.csv', '--tokens', '1B', '--columns', 'loss=perplexity'], /no column "perplexity"/],
    [['good.csv', '--tokens', '1B', '--band', 'none.json'], /There is no file "none.json"/],
  ])('says what is wrong with %j', async (args, message) => {
    const { status, stdout, stderr } = await within(...args);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
  });

  it('follows a run from before its first row to its end, a line for each change', async () => {
    const own = await folderWith();
    const child = start(
      ['watch', 'run.csv', '--tokens', '30B', '--follow', '--interval', '0.05', '--json', '--strict'],
      { cwd: own },
    );
    const outcome = outcomeOf(child);
    const [header, first, ...rest] = linesOf(large({ fault: 'spike' }));
    let told = 0;
    await new Promise<void>((resolve) => {
      child.stdout?.on('data', (chunk: string) => {
        told += chunk.split('\n').length - 1;
        if (told >= 1) resolve();
      });
    });
    await appendFile(
      join(own, 'run.csv'),
      `${header}\n${first}\n${rest.slice(0, 30).join('\n')}\n${rest[30].slice(0, 20)}`,
    );
    while (told < 2) await new Promise((resolve) => setTimeout(resolve, 20));
    await appendFile(join(own, 'run.csv'), `${rest[30].slice(20)}\n${rest.slice(31).join('\n')}\n`);
    const { status, stdout, stderr } = await outcome;
    expect(status, stderr).toBe(3);
    const states = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as WatchState);
    expect(states.map(({ state }) => state)).toEqual(['waiting', 'running', 'ended']);
    expect(states.map(({ rows }) => rows)).toEqual([0, 31, 60]);
    expect(states[2].alarms.map(({ kind }) => kind)).toContain('loss-spike');
  });

  it('ends well when it is interrupted', async () => {
    const child = start(['watch', 'good.csv', '--tokens', '30B', '--follow', '--interval', '30'], { cwd: folder });
    const outcome = outcomeOf(child);
    child.stdout?.once('data', () => child.kill('SIGINT'));
    const { status, stdout } = await outcome;
    expect(status).toBe(0);
    expect(stdout).toMatch(/^run-6999 50\.0% {2}loss 2\.\d{4} {2}end 2\.\d{4} \(2\.\d{4} to 2\.\d{4}\)\n$/);
  });
});
